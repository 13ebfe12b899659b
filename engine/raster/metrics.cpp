#include "raster/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "raster/distance_map.h"
#include "raster/morphology.h"
#include "raster/percentile.h"

namespace roundel {
namespace {

PixelBox hull(const PixelBox& a, const PixelBox& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1),
          std::max(a.y1, b.y1), std::min(a.z0, b.z0), std::max(a.z1, b.z1)};
}

/// Calls visit(flat index within the box) for every pixel of a mask that lies inside the box.
template <class Visit>
void forEachPixel(const Mask& mask, const PixelBox& box, Visit visit) {
  const Size size = mask.size();
  const std::int64_t nx = box.x1 - box.x0, ny = box.y1 - box.y0;
  for (const auto& run : mask.runs())
    for (std::int64_t at = run.start; at < run.start + run.length;) {
      const std::int64_t row = at / size.x, end = std::min((row + 1) * size.x, run.start + run.length);
      const std::int64_t base = ((row / size.y - box.z0) * ny + row % size.y - box.y0) * nx - box.x0 - row * size.x;
      for (; at < end; ++at) visit(static_cast<std::size_t>(base + at));
    }
}

/// Distance of every pixel of `from` to the nearest pixel of `to`, in the order of the pixels.
std::vector<double> distancesBetween(const Mask& from, const Mask& to, const PixelBox& box, const std::array<double, 3>& spacing) {
  const Size size{box.x1 - box.x0, box.y1 - box.y0, box.z1 - box.z0};
  std::vector<std::uint8_t> inside(static_cast<std::size_t>(size.count()), 0);
  forEachPixel(to, box, [&](std::size_t i) { inside[i] = 1; });
  const auto squared = squaredDistanceTo(size, inside, spacing);
  std::vector<double> distances;
  forEachPixel(from, box, [&](std::size_t i) { distances.push_back(std::sqrt(squared[i])); });
  return distances;
}

double meanOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Pixels of the mask with a neighbour that is neither in it nor ignored.
Mask surfaceOf(const Mask& mask, const Mask& ignore) { return subtract(mask, interior(ignore.empty() ? mask : unite(mask, ignore))); }

void measureDistances(const Mask& prediction, const Mask& truth, const Geometry& grid, const Mask& ignore, MaskMetrics& metrics) {
  const Mask predictedSurface = surfaceOf(prediction, ignore), trueSurface = surfaceOf(truth, ignore);
  if (predictedSurface.empty() || trueSurface.empty()) return;
  const std::array<double, 3> spacing = grid.hasSpacing() ? grid.spacingMm : std::array<double, 3>{1, 1, 1};
  const PixelBox box = hull(predictedSurface.bounds(), trueSurface.bounds());
  std::vector<double> there = distancesBetween(predictedSurface, trueSurface, box, spacing);
  const std::vector<double> back = distancesBetween(trueSurface, predictedSurface, box, spacing);
  metrics.asd = meanOf(there);
  metrics.asdReversed = meanOf(back);
  there.insert(there.end(), back.begin(), back.end());
  metrics.assd = meanOf(there);
  metrics.hd = *std::max_element(there.begin(), there.end());
  metrics.hd95 = percentile(there, 95);
}

double ratio(std::int64_t part, std::int64_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

}  // namespace

MaskMetrics compareMasks(const Mask& prediction, const Mask& truth, const Geometry& grid, const MetricOptions& options) {
  if (prediction.size() != truth.size() || truth.size() != grid.size)
    throw Error(ErrorKind::BadInput, "size-mismatch", "The prediction and the truth do not have the size of their image.");
  if (!options.ignore.empty()) {
    const Mask seen = subtract(prediction, options.ignore), known = subtract(truth, options.ignore);
    MetricOptions counts{.distances = Distances::Skip};
    MaskMetrics metrics = compareMasks(seen, known, grid, counts);
    if (options.distances == Distances::Measure && !seen.empty() && !known.empty())
      measureDistances(seen, known, grid, options.ignore, metrics);
    return metrics;
  }
  MaskMetrics metrics;
  metrics.unit = grid.hasSpacing() ? "mm" : "px";
  metrics.predictedPixels = prediction.area();
  metrics.truePixels = truth.area();
  metrics.commonPixels = overlapArea(prediction, truth);
  if (metrics.predictedPixels > 0) metrics.precision = ratio(metrics.commonPixels, metrics.predictedPixels);
  if (metrics.truePixels == 0) {
    metrics.falsePositive = metrics.predictedPixels > 0;
    return metrics;
  }
  metrics.dice = diceOf(prediction, truth);
  metrics.iou = ratio(metrics.commonPixels, metrics.predictedPixels + metrics.truePixels - metrics.commonPixels);
  metrics.recall = ratio(metrics.commonPixels, metrics.truePixels);
  metrics.volumeDifference = ratio(metrics.predictedPixels - metrics.truePixels, metrics.truePixels);
  if (options.distances == Distances::Measure && metrics.predictedPixels > 0) measureDistances(prediction, truth, grid, {}, metrics);
  return metrics;
}

std::vector<std::optional<MaskMetrics>> compareCase(std::span<const Mask> predicted, const Annotation& truth, const Geometry& grid,
                                                    Distances distances) {
  if (predicted.size() != truth.classes.size())
    throw Error(
        ErrorKind::BadInput, "size-mismatch",
        "The prediction has " + std::to_string(predicted.size()) + " classes and the truth " + std::to_string(truth.classes.size()) + ".");
  std::vector<std::optional<MaskMetrics>> result(predicted.size());
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const ClassAnnotation& known = truth.classes[i];
    if (known.state == ClassState::NotAnnotated) continue;
    const Mask mask = known.state == ClassState::Present ? known.mask : Mask(grid.size);
    result[i] = compareMasks(predicted[i], mask, grid, {.distances = distances, .ignore = truth.ignore});
  }
  return result;
}

std::optional<double> diceOf(const Mask& a, const Mask& b) {
  const std::int64_t total = a.area() + b.area();
  if (total == 0) return std::nullopt;
  return ratio(2 * overlapArea(a, b), total);
}

std::optional<double> meanPairwiseDice(std::span<const Mask> masks) {
  double sum = 0;
  int pairs = 0;
  for (std::size_t a = 0; a < masks.size(); ++a)
    for (std::size_t b = a + 1; b < masks.size(); ++b, ++pairs) sum += diceOf(masks[a], masks[b]).value_or(1.0);
  return pairs > 0 ? std::optional(sum / pairs) : std::nullopt;
}

std::optional<double> meanOfPresent(std::span<const std::optional<double>> values) {
  double sum = 0;
  std::int64_t count = 0;
  for (const auto& value : values)
    if (value) {
      sum += *value;
      ++count;
    }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

}  // namespace roundel
