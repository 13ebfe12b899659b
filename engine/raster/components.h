#pragma once
#include <cstdint>
#include <vector>

#include "core/mask.h"

namespace roundel {

/// Which pixels touch: those that share a side or face (4 in a picture, 6 in a volume), or a corner too (8, 26).
enum class Connectivity { Faces, Corners };

/// One connected component of a mask.
struct Component {
  std::int64_t area = 0;        ///< pixels
  std::int64_t firstPixel = 0;  ///< flat index of its first pixel in row-major order
  std::int64_t lastPixel = 0;   ///< flat index of its last one
  PixelBox bounds;
};

/// The connected components of a mask, in the order of their first pixels.
struct Components {
  Size size;
  std::vector<Component> list;
  std::vector<Mask::Run> runs;      ///< the mask's runs, cut at the ends of rows, in row-major order
  std::vector<std::int32_t> ofRun;  ///< index into `list` for every run

  Mask mask(int component) const;
  /// Index of the component with the largest area, the first one of equals; -1: there is none.
  int largest() const;
};

/// Union-find over run lengths: time follows the number of runs, not of pixels.
Components connectedComponents(const Mask& mask, Connectivity connectivity);

}  // namespace roundel
