#pragma once
#include <algorithm>
#include <cmath>

#include "core/prediction.h"
#include "core/random.h"

namespace roundel::bench {

/// Probabilities as a specialist gives them for a panoramic radiograph: two rows of overlapping ellipses with soft borders, and
/// per class a few false islands. At 3000 x 1500 with 32 classes 576 MB, of which about 1 % is above 0.5.
inline Prediction dentalPrediction(std::int64_t width, std::int64_t height, int classes) {
  Prediction prediction{{width, height, 1}, classes, {}};
  prediction.probabilities.assign(static_cast<std::size_t>(width * height * classes), 0.002F);
  const int perRow = (classes + 1) / 2;
  const double w = static_cast<double>(width), h = static_cast<double>(height);
  const auto paint = [&](int index, double cx, double cy, double rx, double ry, double top) {
    for (auto y = static_cast<std::int64_t>(std::max(0.0, cy - 1.3 * ry));
         y < std::min<std::int64_t>(height, static_cast<std::int64_t>(cy + 1.3 * ry)); ++y)
      for (auto x = static_cast<std::int64_t>(std::max(0.0, cx - 1.3 * rx));
           x < std::min<std::int64_t>(width, static_cast<std::int64_t>(cx + 1.3 * rx)); ++x) {
        const double dx = (static_cast<double>(x) - cx) / rx, dy = (static_cast<double>(y) - cy) / ry;
        const double value = top / (1 + std::exp(40 * (std::sqrt(dx * dx + dy * dy) - 1)));
        float& stored = prediction.probabilities[static_cast<std::size_t>((index * height + y) * width + x)];
        stored = std::max(stored, static_cast<float>(value));
      }
  };
  for (int index = 0; index < classes; ++index) {
    Random random(1, "dental-prediction", 0, static_cast<std::uint64_t>(index));
    const double cx = w * (0.1 + 0.8 * (index % perRow + 0.5) / perRow), cy = h * (index < perRow ? 0.38 : 0.62);
    paint(index, cx, cy, 0.55 * 0.8 * w / perRow, 0.13 * h, 0.97);
    for (int island = 0; island < 3; ++island) paint(index, random.uniform(0, w), random.uniform(0, h), 12, 9, random.uniform(0.55, 0.9));
  }
  return prediction;
}

}  // namespace roundel::bench
