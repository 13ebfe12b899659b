#include "train/prototypes.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "raster/distance_map.h"
#include "raster/resample.h"

namespace roundel {
namespace {

constexpr double kLeastShare = 0.25;  // of a cell, to take part in k-means
constexpr double kSlack = 0.04;       // of the picture's longer side: how far anatomy lies elsewhere in another case
constexpr double kFarthest = 8;       // of the penalty of a wrong place, in units of the logit

/// Feature vectors with weights: cells of one or several cases.
struct Cells {
  std::vector<std::vector<float>> vectors;
  std::vector<double> weights;
};

std::vector<float> vectorAt(const FeatureMap& map, std::size_t cell) {
  const auto cells = static_cast<std::size_t>(map.size.count());
  std::vector<float> vector;
  for (int c = 0; c < map.channels; ++c) vector.push_back(map.values[static_cast<std::size_t>(c) * cells + cell]);
  return vector;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

std::vector<float> unit(std::vector<float> vector) {
  const double length = std::sqrt(std::max(dot(vector, vector), 1e-12));
  for (float& value : vector) value = static_cast<float>(static_cast<double>(value) / length);
  return vector;
}

/// Weighted mean of the cells that `belongs` says, of unit length; empty where there are none.
template <class Belongs>
std::vector<float> meanVector(const Cells& cells, const Belongs& belongs) {
  std::vector<float> sum;
  for (std::size_t i = 0; i < cells.vectors.size(); ++i) {
    if (!belongs(i)) continue;
    sum.resize(cells.vectors[i].size());
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<float>(cells.weights[i]) * cells.vectors[i][c];
  }
  return sum.empty() ? sum : unit(std::move(sum));
}

/// k prototypes by k-means on the sphere, begun with the vectors that are farthest from those chosen before.
std::vector<std::vector<float>> clustered(const Cells& cells, int k) {
  std::vector<std::vector<float>> centres;
  if (const auto mean = meanVector(cells, [](std::size_t) { return true; }); !mean.empty()) centres.push_back(mean);
  if (k <= 1 || centres.empty()) return centres;
  const auto nearestTo = [&](const std::vector<float>& vector) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < centres.size(); ++j)
      if (dot(vector, centres[j]) > dot(vector, centres[best])) best = j;
    return best;
  };
  while (static_cast<int>(centres.size()) < k) {
    std::size_t farthest = 0;
    double least = 2;
    for (std::size_t i = 0; i < cells.vectors.size(); ++i) {
      if (cells.weights[i] < kLeastShare) continue;
      if (const double cosine = dot(cells.vectors[i], centres[nearestTo(cells.vectors[i])]); cosine < least) least = cosine, farthest = i;
    }
    if (least > 0.999) break;
    centres.push_back(unit(cells.vectors[farthest]));
  }
  for (int pass = 0; pass < 10; ++pass) {
    std::vector<std::size_t> of;
    for (const auto& vector : cells.vectors) of.push_back(nearestTo(vector));
    for (std::size_t j = 0; j < centres.size(); ++j)
      if (const auto mean = meanVector(cells, [&](std::size_t i) { return of[i] == j; }); !mean.empty()) centres[j] = mean;
  }
  return centres;
}

void addCells(Cells& cells, const FeatureMap& map, const std::vector<float>& share) {
  for (std::size_t i = 0; i < share.size(); ++i)
    if (share[i] > 1e-3f) cells.vectors.push_back(vectorAt(map, i)), cells.weights.push_back(static_cast<double>(share[i]));
}

std::vector<float> shareOfCells(const std::vector<std::uint8_t>& mask, Size size, Size cells) {
  const std::vector<float> values(mask.begin(), mask.end());
  return resampled(values, size, cells, Interpolation::Area);
}

struct Centre {
  double x = 0, y = 0, z = 0, spread = 0, weight = 0;
};

template <class Weight>
Centre centreOf(Size size, const Weight& weight) {
  Centre centre;
  double squares = 0;
  std::size_t at = 0;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x, ++at) {
        const double w = weight(at), dx = static_cast<double>(x), dy = static_cast<double>(y), dz = static_cast<double>(z);
        centre.x += w * dx, centre.y += w * dy, centre.z += w * dz;
        squares += w * (dx * dx + dy * dy + dz * dz), centre.weight += w;
      }
  if (centre.weight <= 0) return centre;
  centre.x /= centre.weight, centre.y /= centre.weight, centre.z /= centre.weight;
  centre.spread = std::sqrt(std::max(0.0, squares / centre.weight - centre.x * centre.x - centre.y * centre.y - centre.z * centre.z));
  return centre;
}

}  // namespace

Prototypes::Prototypes(std::span<const FeatureMap> features, std::span<const std::vector<ClassAnnotation>> labels,
                       std::span<const Size> sizes, int classCount, const PrototypeOptions& options)
    : m_options(options), m_channels(features.empty() ? 0 : features.front().channels) {
  std::vector<Cells> classes(static_cast<std::size_t>(classCount));
  Cells shell, rest;
  std::vector<std::vector<Centre>> places(classes.size());
  double longest = 0;
  for (std::size_t i = 0; i < features.size(); ++i) {
    const Size size = sizes[i];
    const auto pixels = static_cast<std::size_t>(size.count());
    longest = std::max(longest, static_cast<double>(std::max({size.x, size.y, size.z})));
    std::vector<std::uint8_t> foreground(pixels);
    for (std::size_t c = 0; c < labels[i].size(); ++c)
      if (labels[i][c].state == ClassState::Present) labels[i][c].mask.paintInto(foreground);
    const Centre middle = centreOf(size, [&](std::size_t at) { return static_cast<double>(foreground[at]); });
    for (std::size_t c = 0; c < labels[i].size(); ++c) {
      if (labels[i][c].state != ClassState::Present) continue;
      const auto mask = labels[i][c].mask.toBytes();
      addCells(classes[c], features[i], shareOfCells(mask, size, features[i].size));
      Centre own = centreOf(size, [&](std::size_t at) { return static_cast<double>(mask[at]); });
      own.x -= middle.x, own.y -= middle.y, own.z -= middle.z;
      places[c].push_back(own);
    }
    const auto distance = squaredDistanceTo(size, foreground);
    std::vector<std::uint8_t> near(pixels), far(pixels);
    for (std::size_t at = 0; at < pixels; ++at) {
      const bool close = distance[at] <= m_options.shell * m_options.shell;
      near[at] = foreground[at] == 0 && close, far[at] = !close;
    }
    addCells(shell, features[i], shareOfCells(near, size, features[i].size));
    addCells(rest, features[i], shareOfCells(far, size, features[i].size));
  }
  for (const auto& cells : classes) m_classes.push_back(clustered(cells, m_options.perClass));
  for (const auto* cells : {&shell, &rest})
    for (auto& vector : clustered(*cells, m_options.perClass)) m_ground.push_back(std::move(vector));
  const double slack = kSlack * longest;
  for (const auto& seen : places) {
    Place place;
    for (const Centre& one : seen) place.x += one.x, place.y += one.y, place.z += one.z, place.spread += one.spread;
    if (const auto count = static_cast<double>(seen.size()); count > 0)
      place = {.x = place.x / count, .y = place.y / count, .z = place.z / count, .spread = place.spread / count + slack, .known = true};
    m_places.push_back(place);
  }
}

std::vector<float> Prototypes::nearest(const FeatureMap& features, std::span<const std::vector<float>> vectors, Size size) {
  const auto cells = static_cast<std::size_t>(features.size.count());
  std::vector<float> best(cells, -1.0f);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::vector<float> own = vectorAt(features, cell);
    const double length = std::sqrt(std::max(dot(own, own), 1e-12));
    for (const auto& vector : vectors) best[cell] = std::max(best[cell], static_cast<float>(dot(own, vector) / length));
  }
  return resampled(best, features.size, size, Interpolation::Linear);
}

Prediction Prototypes::propagate(const FeatureMap& features, Size size) const {
  if (features.channels != m_channels) throw Error(ErrorKind::BadInput, "size-mismatch", "Features of two generalists cannot be compared.");
  const auto pixels = static_cast<std::size_t>(size.count()), classes = m_classes.size();
  const std::vector<float> ground = nearest(features, m_ground, size);
  std::vector<std::vector<float>> scores;
  for (const auto& vectors : m_classes) scores.push_back(vectors.empty() ? std::vector<float>() : nearest(features, vectors, size));
  // Where the foreground lies, before places count.
  const Centre middle = centreOf(size, [&](std::size_t at) {
    double most = 0;
    for (std::size_t c = 0; c < classes; ++c)
      most = std::max(most, scores[c].empty() ? 0.0 : static_cast<double>(scores[c][at] - ground[at]));
    return most * most;
  });
  for (std::size_t c = 0; c < classes; ++c)
    if (!scores[c].empty() && m_places[c].known && middle.weight > 0)
      lowerElsewhere(scores[c], size, m_places[c], {middle.x, middle.y, middle.z});
  // For a class its own cosine, against it the ground's and every other class's.
  Prediction prediction{.size = size, .classCount = static_cast<int>(classes), .probabilities = std::vector<float>(classes * pixels)};
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t at = 0; at < pixels && !scores[c].empty(); ++at) {
      float against = ground[at];
      for (std::size_t other = 0; other < classes; ++other)
        if (other != c && !scores[other].empty()) against = std::max(against, scores[other][at]);
      const double logit = static_cast<double>(scores[c][at] - against) / m_options.temperature;
      prediction.probabilities[c * pixels + at] = static_cast<float>(1 / (1 + std::exp(-logit)));
    }
  return prediction;
}

void Prototypes::lowerElsewhere(std::vector<float>& scores, Size size, const Place& place, const std::array<double, 3>& centre) const {
  std::size_t at = 0;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x, ++at) {
        const double dx = static_cast<double>(x) - centre[0] - place.x, dy = static_cast<double>(y) - centre[1] - place.y,
                     dz = static_cast<double>(z) - centre[2] - place.z;
        const double far = std::min(0.5 * (dx * dx + dy * dy + dz * dz) / (place.spread * place.spread), kFarthest);
        scores[at] -= static_cast<float>(m_options.temperature * m_options.position * far);
      }
}

}  // namespace roundel
