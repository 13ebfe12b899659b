#include "edit/byte_codec.h"

#include <array>
#include <vector>

#include "core/error.h"

namespace roundel {
namespace {

constexpr std::uint64_t kLargestAxis = std::uint64_t{1} << 20;  ///< three of these still fit a 64-bit count

}  // namespace

void damagedEdit() {
  throw Error(ErrorKind::BadInput, "damaged-edit", "An edit in a stroke journal or history is damaged.",
              {.remedy = "The labels that were stored are not touched by it; go on from them."});
}

void putNumber(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(static_cast<unsigned char>(value) | 0x80);
  out += static_cast<char>(value);
}

std::uint64_t takeNumber(std::string_view& in) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (in.empty()) damagedEdit();
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    if (shift == 63 && byte > 1) damagedEdit();
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  damagedEdit();
}

void putText(std::string& out, std::string_view text) {
  putNumber(out, text.size());
  out += text;
}

std::string takeText(std::string_view& in) {
  const std::uint64_t length = takeNumber(in);
  if (length > in.size()) damagedEdit();
  std::string text(in.substr(0, static_cast<std::size_t>(length)));
  in.remove_prefix(static_cast<std::size_t>(length));
  return text;
}

void putSize(std::string& out, const Size& size) {
  for (const std::int64_t extent : {size.x, size.y, size.z}) putNumber(out, static_cast<std::uint64_t>(extent));
}

Size takeSize(std::string_view& in) {
  std::array<std::int64_t, 3> extents{};
  for (auto& extent : extents) {
    const std::uint64_t number = takeNumber(in);
    if (number > kLargestAxis) damagedEdit();
    extent = static_cast<std::int64_t>(number);
  }
  return {extents[0], extents[1], extents[2]};
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

Mask takeRuns(std::string_view& in, const Size& size) {
  const std::uint64_t count = takeNumber(in);
  if (count > in.size() / 2) damagedEdit();  // a run takes two bytes or more
  const auto pixels = static_cast<std::uint64_t>(size.count());
  std::vector<Mask::Run> runs;
  runs.reserve(static_cast<std::size_t>(count));
  std::uint64_t end = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t gap = takeNumber(in);
    const std::uint64_t length = takeNumber(in);
    if (gap > pixels - end || length == 0 || length > pixels - end - gap) damagedEdit();
    runs.push_back({static_cast<std::int64_t>(end + gap), static_cast<std::int64_t>(length)});
    end += gap + length;
  }
  return Mask(size, std::move(runs));
}

}  // namespace roundel
