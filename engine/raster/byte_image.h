#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace roundel {

/// An 8-bit picture as published preprocessing has it: rows of pixels of `channels` values, [y][x][channel].
struct ByteImage {
  int width = 0, height = 0, channels = 1;
  std::vector<std::uint8_t> values;  ///< width * height * channels

  std::size_t rowLength() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels); }
};

}  // namespace roundel
