#include "weights/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <tuple>

#include "core/error.h"
#include "core/files.h"
#include "weights/refusal.h"
#include "weights/safetensors_header.h"

namespace roundel {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

constexpr std::uint64_t kMaximumHeaderBytes = 100'000'000;  // the limit of the format's own reader

/// Where a tensor lies behind the header, in bytes.
struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  const std::string* name = nullptr;
};

/// `payload` is everything behind the header.
TensorView viewOfEntry(const std::filesystem::path& path, const SafetensorsEntry& entry, std::span<const std::byte> payload) {
  const std::string subject = "tensor " + shownName(entry.name);
  const auto refuse = [&](const std::string& reason) { refuseSafetensors(path, subject + " " + reason); };
  std::uint64_t need = bytesOfDtype(entry.dtype);
  if (need == 0) refuse("has the unknown type " + shownName(entry.dtype));
  TensorView view{.dtype = entry.dtype, .shape = {}, .bytes = {}};
  bool zero = false;
  for (const std::uint64_t count : entry.shape) {
    if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) refuse("has an impossible shape");
    view.shape.push_back(static_cast<std::int64_t>(count));
    if (count == 0) zero = true;
    else if (need > std::numeric_limits<std::uint64_t>::max() / count) refuse("has more elements than can be counted");
    else need *= count;
  }
  if (zero) need = 0;
  if (entry.begin > entry.end) refuse("ends before it begins");
  if (entry.end > payload.size()) refuse("reaches beyond the end of the file");
  if (entry.end - entry.begin != need)
    refuse("needs " + std::to_string(need) + " bytes for its shape, but has " + std::to_string(entry.end - entry.begin));
  view.bytes = payload.subspan(entry.begin, need);
  return view;
}

void checkExtents(const std::filesystem::path& path, std::vector<Extent> extents, std::size_t payloadBytes) {
  std::sort(extents.begin(), extents.end(),
            [](const Extent& a, const Extent& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  std::uint64_t position = 0;
  for (const auto& extent : extents) {
    if (extent.begin < position) refuseSafetensors(path, "tensor " + shownName(*extent.name) + " overlaps another one");
    if (extent.begin > position) refuseSafetensors(path, "there is a hole before tensor " + shownName(*extent.name));
    position = extent.end;
  }
  if (position != payloadBytes) refuseSafetensors(path, std::to_string(payloadBytes - position) + " bytes at its end belong to no tensor");
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

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) { return open(MappedFile::open(path)); }

SafetensorsFile SafetensorsFile::open(const MappedFile& mapped) {
  const auto& path = mapped.path();
  const auto bytes = mapped.bytes();
  std::uint64_t headerBytes = 0;
  if (bytes.size() < sizeof headerBytes)
    refuseSafetensors(path, "it holds " + std::to_string(bytes.size()) + " bytes, fewer than the length of a header takes");
  std::memcpy(&headerBytes, bytes.data(), sizeof headerBytes);
  if (headerBytes > kMaximumHeaderBytes)
    refuseSafetensors(path, "its header claims " + std::to_string(headerBytes) + " bytes, more than the format allows");
  if (headerBytes > bytes.size() - 8) refuseSafetensors(path, "its header is longer than the file");
  const auto payload = bytes.subspan(8 + headerBytes);
  SafetensorsHeader header =
      parseSafetensorsHeader(path, {reinterpret_cast<const char*>(bytes.data()) + 8, static_cast<std::size_t>(headerBytes)});

  SafetensorsFile file;
  file.m_path = path;
  file.m_mapping = mapped.owner();
  file.m_metadata = std::move(header.metadata);
  std::vector<Extent> extents;
  extents.reserve(header.entries.size());
  for (const SafetensorsEntry& entry : header.entries) {
    file.m_tensors.emplace_hint(file.m_tensors.end(), entry.name, viewOfEntry(path, entry, payload));
    extents.push_back({entry.begin, entry.end, &entry.name});
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
