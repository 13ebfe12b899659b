#pragma once
#include <array>
#include <cstdint>

namespace roundel::nn {

/// One level of a U-Net whose axes need not be treated alike: [slices, rows, columns].
struct UNetStage {
  std::array<std::int64_t, 3> stride{1, 1, 1};  ///< of its first convolution, 1 or 2 an axis: what it leaves of the level before
  std::array<std::int64_t, 3> kernel{3, 3, 3};  ///< of its convolutions, 1 or 3 an axis
  bool operator==(const UNetStage&) const = default;
};

}  // namespace roundel::nn
