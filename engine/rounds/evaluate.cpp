#include "rounds/evaluate.h"

#include "raster/resample.h"

namespace roundel {

std::vector<Mask> masksOf(const Prediction& prediction, Size size) {
  std::vector<Mask> masks;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size.count()));
  for (int c = 0; c < prediction.classCount; ++c) {
    const auto map = prediction.classMap(c);
    const std::vector<float> values =
        prediction.size == size ? std::vector<float>(map.begin(), map.end()) : resampled(map, prediction.size, size, Interpolation::Linear);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = values[i] > 0.5f;
    masks.push_back(Mask::fromBytes(size, bytes));
  }
  return masks;
}

std::vector<Score> scoresOf(std::span<const Mask> predicted, const Annotation& truth, const Geometry& grid, const LabelSet& classes,
                            const ScoreLabels& labels, Distances distances) {
  std::vector<Score> scores;
  const auto metrics = compareCase(predicted, truth, grid, distances);
  for (std::size_t c = 0; c < metrics.size(); ++c) {
    if (!metrics[c]) continue;
    const auto add = [&](const char* metric, const std::optional<double>& value, const std::string& unit) {
      scores.push_back({.caseName = labels.caseName,
                        .className = classes[static_cast<int>(c)].name,
                        .split = labels.split,
                        .arm = labels.arm,
                        .metric = metric + labels.suffix,
                        .value = value,
                        .unit = unit,
                        .estimated = false});
    };
    add("dice", metrics[c]->dice, "");
    add("iou", metrics[c]->iou, "");
    if (distances == Distances::Measure) {
      add("hd95", metrics[c]->hd95, metrics[c]->unit);
      add("assd", metrics[c]->assd, metrics[c]->unit);
    }
  }
  return scores;
}

}  // namespace roundel
