#pragma once
#include "core/mask.h"
#include "core/random.h"

namespace roundel {

/// Independent pixels, each in with probability `share`.
inline Mask randomMask(Size size, double share, std::uint64_t seed) {
  Random random(seed, "random-mask");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (auto& byte : bytes) byte = random.uniform() < share;
  return Mask::fromBytes(size, bytes);
}

/// A mask drawn with characters: every '#' is in.
inline Mask drawnMask(const std::vector<std::string>& rows) {
  const Size size{static_cast<std::int64_t>(rows.front().size()), static_cast<std::int64_t>(rows.size()), 1};
  std::vector<std::uint8_t> bytes;
  for (const auto& row : rows)
    for (const char each : row) bytes.push_back(each == '#');
  return Mask::fromBytes(size, bytes);
}

}  // namespace roundel
