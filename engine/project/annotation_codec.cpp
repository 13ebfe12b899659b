#include "project/annotation_codec.h"

#include <zlib.h>

#include "core/error.h"

namespace roundel {
namespace {

// Layout: "RLB1", length of the plain bytes (number), then zlib of the plain bytes:
//   size x, y, z · number of classes · for each: id, state, [number of runs, (gap, length)...] · runs of `ignore`
// Numbers are base 128, lowest first (LEB128); a gap counts from the end of the run before.
constexpr std::string_view kMagic = "RLB1";
constexpr std::uint64_t kLargestPlain = std::uint64_t{1} << 30;
constexpr std::uint64_t kLargestRatio = 1100;  ///< zlib cannot compress by more than 1032
constexpr std::uint64_t kLargestAxis = std::uint64_t{1} << 20;

[[noreturn]] void damaged() {
  throw Error(ErrorKind::BadInput, "damaged-project", "A label version in the project's database is damaged.",
              {.remedy = "Run `roundel verify` on the project to learn which case it is."});
}

void putNumber(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(static_cast<unsigned char>(value) | 0x80);
  out += static_cast<char>(value);
}

std::uint64_t takeNumber(std::string_view& in) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 63; shift += 7) {
    if (in.empty()) damaged();
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  damaged();
}

void putRuns(std::string& out, const Mask& mask) {
  putNumber(out, mask.runs().size());
  std::int64_t end = 0;
  for (const auto& run : mask.runs()) {
    putNumber(out, static_cast<std::uint64_t>(run.start - end));
    putNumber(out, static_cast<std::uint64_t>(run.length));
    end = run.start + run.length;
  }
}

Mask takeRuns(std::string_view& in, Size size) {
  const std::uint64_t count = takeNumber(in);
  if (count > in.size() / 2) damaged();  // a run takes two bytes or more
  const auto pixels = static_cast<std::uint64_t>(size.count());
  std::vector<Mask::Run> runs;
  runs.reserve(static_cast<std::size_t>(count));
  std::uint64_t end = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t gap = takeNumber(in), length = takeNumber(in);
    if (gap > pixels - end || length > pixels - end - gap) damaged();
    runs.push_back({static_cast<std::int64_t>(end + gap), static_cast<std::int64_t>(length)});
    end += gap + length;
  }
  return Mask(size, std::move(runs));
}

std::string inflated(std::string_view packed) {
  if (!packed.starts_with(kMagic)) damaged();
  packed.remove_prefix(kMagic.size());
  const std::uint64_t bytes = takeNumber(packed);
  if (bytes > kLargestPlain || bytes > (packed.size() + 1) * kLargestRatio) damaged();
  std::string plain(static_cast<std::size_t>(bytes), '\0');
  uLongf length = static_cast<uLongf>(bytes);
  if (::uncompress(reinterpret_cast<Bytef*>(plain.data()), &length, reinterpret_cast<const Bytef*>(packed.data()),
                   static_cast<uLong>(packed.size())) != Z_OK ||
      length != bytes)
    damaged();
  return plain;
}

}  // namespace

std::string packLabels(const StoredLabels& labels) {
  const Annotation& annotation = labels.annotation;
  std::string plain;
  for (const std::int64_t extent : {annotation.size.x, annotation.size.y, annotation.size.z})
    putNumber(plain, static_cast<std::uint64_t>(extent));
  putNumber(plain, annotation.classes.size());
  for (std::size_t i = 0; i < annotation.classes.size(); ++i) {
    putNumber(plain, static_cast<std::uint64_t>(labels.classIds.at(i)));
    putNumber(plain, static_cast<std::uint64_t>(annotation.classes[i].state));
    if (annotation.classes[i].state == ClassState::Present) putRuns(plain, annotation.classes[i].mask);
  }
  putRuns(plain, annotation.ignore);

  std::string packed(kMagic);
  putNumber(packed, plain.size());
  const std::size_t head = packed.size();
  uLongf length = ::compressBound(static_cast<uLong>(plain.size()));
  packed.resize(head + length);
  if (::compress2(reinterpret_cast<Bytef*>(packed.data() + head), &length, reinterpret_cast<const Bytef*>(plain.data()),
                  static_cast<uLong>(plain.size()), Z_DEFAULT_COMPRESSION) != Z_OK)
    throw Error(ErrorKind::Resource, "out-of-memory", "There was not enough memory to store the labels.");
  packed.resize(head + length);
  return packed;
}

StoredLabels unpackLabels(std::string_view bytes) {
  const std::string plain = inflated(bytes);
  std::string_view in = plain;
  std::array<std::uint64_t, 3> extent{};
  for (auto& one : extent) {
    one = takeNumber(in);
    if (one > kLargestAxis) damaged();  // three of these still fit a 64-bit count
  }
  const Size size{static_cast<std::int64_t>(extent[0]), static_cast<std::int64_t>(extent[1]), static_cast<std::int64_t>(extent[2])};
  const std::uint64_t count = takeNumber(in);
  if (count > in.size() / 2) damaged();
  StoredLabels labels{.classIds = {}, .annotation = Annotation::empty(size, static_cast<int>(count))};
  for (auto& one : labels.annotation.classes) {
    labels.classIds.push_back(static_cast<std::int64_t>(takeNumber(in)));
    const std::uint64_t state = takeNumber(in);
    if (state > static_cast<std::uint64_t>(ClassState::Present)) damaged();
    one.state = static_cast<ClassState>(state);
    if (one.state == ClassState::Present) one.mask = takeRuns(in, size);
  }
  labels.annotation.ignore = takeRuns(in, size);
  if (!in.empty()) damaged();
  return labels;
}

Annotation inClassOrder(StoredLabels labels, const std::vector<std::int64_t>& classIds) {
  if (labels.classIds == classIds) return std::move(labels.annotation);
  Annotation ordered = Annotation::empty(labels.annotation.size, static_cast<int>(classIds.size()));
  for (std::size_t i = 0; i < classIds.size(); ++i)
    for (std::size_t k = 0; k < labels.classIds.size(); ++k)
      if (labels.classIds[k] == classIds[i]) ordered.classes[i] = std::move(labels.annotation.classes[k]);
  ordered.ignore = std::move(labels.annotation.ignore);
  return ordered;
}

}  // namespace roundel
