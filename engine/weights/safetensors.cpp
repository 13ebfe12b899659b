#include "weights/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <set>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

constexpr std::uint64_t kMaximumHeaderBytes = 100'000'000;  // the limit of the format's own reader
constexpr std::size_t kMaximumDepth = 4;                    // header, tensor, list: three are needed

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& reason) {
  const std::string shown = displayPath(path);
  throw Error(ErrorKind::BadInput, "bad-weights", shown + " is not a sound safetensors file: " + reason + ".",
              {.path = shown, .remedy = "Fetch or export the file again."});
}

/// Looks over the JSON before it is built: nothing nested deep, no key twice in one object.
class HeaderCheck : public nlohmann::json_sax<Json> {
 public:
  std::string reason = "its header is not valid JSON";

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }
  bool key(string_t& name) override {
    if (m_keys.back().insert(name).second) return true;
    reason = "its header names " + sanitisedUtf8(name) + " twice";
    return false;
  }

 private:
  bool enter() {
    m_keys.emplace_back();
    if (m_keys.size() <= kMaximumDepth) return true;
    reason = "its header is nested deeper than the format allows";
    return false;
  }
  bool leave() {
    m_keys.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> m_keys;
};

struct Mapping {
  const std::byte* data = nullptr;
  std::size_t bytes = 0;
  std::shared_ptr<const void> owner;
};

Mapping mapFile(const std::filesystem::path& path) {
  const std::string shown = displayPath(path);
  const auto unreadable = [&](int number) {
    throw Error(ErrorKind::BadInput, "unreadable-file", "Cannot read " + shown + ": " + std::strerror(number) + ".", {.path = shown});
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) unreadable(errno);
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(file);
    unreadable(S_ISDIR(status.st_mode) ? EISDIR : EINVAL);
  }
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (bytes < 8) {
    ::close(file);
    refuse(path, "it holds " + std::to_string(bytes) + " bytes, fewer than the length of a header takes");
  }
  void* data = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0);
  const int number = errno;
  ::close(file);
  if (data == MAP_FAILED) unreadable(number);
  return {static_cast<const std::byte*>(data), bytes,
          std::shared_ptr<const void>(data, [bytes](const void* address) { ::munmap(const_cast<void*>(address), bytes); })};
}

Json parseHeader(const std::filesystem::path& path, std::string_view text) {
  if (text.empty()) refuse(path, "its header is empty");
  if (!isUtf8(text)) refuse(path, "its header is not valid UTF-8");
  if (text.front() != '{') refuse(path, "its header is no JSON object");
  HeaderCheck check;
  try {
    if (!Json::sax_parse(text, &check)) refuse(path, check.reason);
    return Json::parse(text);
  } catch (const nlohmann::json::exception&) {
    refuse(path, "its header is not valid JSON");
  }
}

bool isCount(const Json& value) { return value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0); }

struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string name;
};

/// One tensor's entry of the header; `payload` is everything behind the header.
TensorView readEntry(const std::filesystem::path& path, const std::string& name, const Json& entry, std::span<const std::byte> payload,
                     Extent& extent) {
  const std::string subject = "tensor " + name;
  if (!entry.is_object()) refuse(path, subject + " is not described by an object");
  for (const char* field : {"dtype", "shape", "data_offsets"})
    if (!entry.contains(field)) refuse(path, subject + " has no \"" + field + "\"");
  const Json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];
  if (!dtype.is_string() || bytesOfDtype(dtype.get<std::string>()) == 0) refuse(path, subject + " has the unknown type " + dtype.dump());
  if (!shape.is_array() || !std::all_of(shape.begin(), shape.end(), isCount))
    refuse(path, subject + " has a shape that is no list of sizes");
  if (!offsets.is_array() || offsets.size() != 2 || !isCount(offsets[0]) || !isCount(offsets[1]))
    refuse(path, subject + " has offsets that are no pair of numbers");

  TensorView view{.dtype = dtype.get<std::string>(), .shape = {}, .bytes = {}};
  std::uint64_t need = bytesOfDtype(view.dtype);
  bool zero = false;
  for (const auto& size : shape) {
    const auto count = size.get<std::uint64_t>();
    if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) refuse(path, subject + " has an impossible shape");
    view.shape.push_back(static_cast<std::int64_t>(count));
    if (count == 0) zero = true;
    else if (need > std::numeric_limits<std::uint64_t>::max() / count) refuse(path, subject + " has more elements than can be counted");
    else need *= count;
  }
  if (zero) need = 0;
  extent = {offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>(), name};
  if (extent.begin > extent.end) refuse(path, subject + " ends before it begins");
  if (extent.end > payload.size()) refuse(path, subject + " reaches beyond the end of the file");
  if (extent.end - extent.begin != need)
    refuse(path, subject + " needs " + std::to_string(need) + " bytes for its shape, but has " + std::to_string(extent.end - extent.begin));
  view.bytes = payload.subspan(extent.begin, need);
  return view;
}

void checkExtents(const std::filesystem::path& path, std::vector<Extent> extents, std::size_t payloadBytes) {
  std::sort(extents.begin(), extents.end(),
            [](const Extent& a, const Extent& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  std::uint64_t position = 0;
  for (const auto& extent : extents) {
    if (extent.begin < position) refuse(path, "tensor " + extent.name + " overlaps another one");
    if (extent.begin > position) refuse(path, "there is a hole before tensor " + extent.name);
    position = extent.end;
  }
  if (position != payloadBytes) refuse(path, std::to_string(payloadBytes - position) + " bytes at its end belong to no tensor");
}

}  // namespace

std::int64_t TensorView::elementCount() const {
  std::int64_t count = 1;
  for (const auto size : shape) count *= size;
  return count;
}

std::size_t bytesOfDtype(const std::string& dtype) {
  static const std::map<std::string, std::size_t> kBytes{{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
                                                         {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
                                                         {"U32", 4},  {"F32", 4}, {"F64", 8}, {"I64", 8},     {"U64", 8}};
  const auto found = kBytes.find(dtype);
  return found == kBytes.end() ? 0 : found->second;
}

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) {
  const Mapping mapping = mapFile(path);
  std::uint64_t headerBytes = 0;
  std::memcpy(&headerBytes, mapping.data, sizeof headerBytes);
  if (headerBytes > kMaximumHeaderBytes)
    refuse(path, "its header claims " + std::to_string(headerBytes) + " bytes, more than the format allows");
  if (headerBytes > mapping.bytes - 8) refuse(path, "its header is longer than the file");
  const Json header = parseHeader(path, {reinterpret_cast<const char*>(mapping.data) + 8, static_cast<std::size_t>(headerBytes)});
  const std::span<const std::byte> payload(mapping.data + 8 + headerBytes, mapping.bytes - 8 - headerBytes);

  SafetensorsFile file;
  file.m_path = path;
  file.m_mapping = mapping.owner;
  std::vector<Extent> extents;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      if (!entry.is_object() || !std::all_of(entry.begin(), entry.end(), [](const Json& value) { return value.is_string(); }))
        refuse(path, "its metadata is no object of texts");
      file.m_metadata = entry;
      continue;
    }
    file.m_tensors.emplace(name, readEntry(path, name, entry, payload, extents.emplace_back()));
  }
  checkExtents(path, std::move(extents), payload.size());
  return file;
}

const TensorView& SafetensorsFile::tensor(const std::string& name) const {
  const auto found = m_tensors.find(name);
  if (found != m_tensors.end()) return found->second;
  throw Error(ErrorKind::BadInput, "bad-weights", displayPath(m_path) + " has no tensor " + name + ".", {.path = displayPath(m_path)});
}

namespace {

template <class Value>
std::vector<Value> valuesOf(const SafetensorsFile& file, const std::string& name, const char* dtype) {
  const TensorView& view = file.tensor(name);
  if (view.dtype != dtype)
    throw Error(ErrorKind::BadInput, "bad-weights",
                "Tensor " + name + " in " + displayPath(file.path()) + " is " + view.dtype + " where " + dtype + " is needed.",
                {.path = displayPath(file.path())});
  std::vector<Value> values(view.bytes.size() / sizeof(Value));
  if (!values.empty()) std::memcpy(values.data(), view.bytes.data(), view.bytes.size());
  return values;
}

}  // namespace

std::vector<float> SafetensorsFile::floats(const std::string& name) const { return valuesOf<float>(*this, name, "F32"); }
std::vector<std::int64_t> SafetensorsFile::integers(const std::string& name) const { return valuesOf<std::int64_t>(*this, name, "I64"); }

}  // namespace roundel
