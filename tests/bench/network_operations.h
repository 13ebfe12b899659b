#pragma once
#include <algorithm>

#include "nn/vit_encoder.h"

namespace roundel::bench {

/// Operations (a multiplication and an addition are two) that SAM's ViT encoder takes for one image: products alone, each token once, the
/// windows' keys with the padding that belongs to them. What an implementation pads or repeats beside that is its own loss.
inline double operationsOf(const nn::VitOptions& vit) {
  const double tokens = static_cast<double>(vit.grid()) * vit.grid(), dim = vit.dim, out = vit.outChannels;
  double products = tokens * 3 * vit.patch * vit.patch * dim;
  const auto isGlobal = [&](int i) { return std::find(vit.globalBlocks.begin(), vit.globalBlocks.end(), i) != vit.globalBlocks.end(); };
  for (int i = 0; i < vit.depth; ++i) {
    const double side = isGlobal(i) ? vit.grid() : vit.window;
    products += tokens * dim * (4 + 2 * vit.mlpRatio) * dim;               // queries, keys, values; the way out; perceptron
    products += tokens * side * side * dim * 2 + tokens * 2 * side * dim;  // attention; relative positions
  }
  return 2 * (products + tokens * dim * out + tokens * 9 * out * out);
}

}  // namespace roundel::bench
