#include "train/released_o1.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "raster/percentile.h"
#include "raster/resample.h"

namespace roundel {
namespace {

constexpr std::size_t kVoters = 5;
constexpr double kUncertainFrom = 90;  // percent

void toUnitLength(std::vector<float>& vector) {
  double square = 0;
  for (const float v : vector) square += static_cast<double>(v) * static_cast<double>(v);
  const auto scale = static_cast<float>(1 / std::sqrt(std::max(square, 1e-24)));
  for (float& v : vector) v *= scale;
}

double cosineOf(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// The first voxel of a cell along one axis.
std::int64_t firstOf(std::int64_t cell, std::int64_t cells, std::int64_t side) { return cell * side / cells; }

/// The ground (0) or the class, plus one, that holds the first voxel of every cell.
std::vector<int> cellLabels(const std::vector<ClassAnnotation>& labels, Size size, Size cells) {
  std::vector<int> found(static_cast<std::size_t>(cells.count()), 0);
  std::size_t at = 0;
  for (std::int64_t z = 0; z < cells.z; ++z)
    for (std::int64_t y = 0; y < cells.y; ++y)
      for (std::int64_t x = 0; x < cells.x; ++x, ++at)
        for (std::size_t c = 0; c < labels.size(); ++c)
          if (labels[c].state == ClassState::Present &&
              labels[c].mask.contains(firstOf(x, cells.x, size.x), firstOf(y, cells.y, size.y), firstOf(z, cells.z, size.z)))
            found[at] = static_cast<int>(c) + 1;
  return found;
}

Size sizeOfLabels(const std::vector<ClassAnnotation>& labels) {
  for (const auto& one : labels)
    if (one.mask.size().x > 0) return one.mask.size();
  return {};
}

}  // namespace

PixelBox centredPart(Size size, std::int64_t side) {
  const auto low = [side](std::int64_t whole) { return std::max<std::int64_t>(0, (whole - side) / 2); };
  PixelBox box{low(size.x), low(size.y), 0, 0, low(size.z), 0};
  box.x1 = std::min(box.x0 + side, size.x), box.y1 = std::min(box.y0 + side, size.y), box.z1 = std::min(box.z0 + side, size.z);
  return box;
}

ReleasedPrototypes::ReleasedPrototypes(std::span<const FeatureMap> features, std::span<const std::vector<ClassAnnotation>> labels,
                                       int classCount)
    : m_vectors(static_cast<std::size_t>(classCount) + 1) {
  for (std::size_t i = 0; i < features.size(); ++i) {
    const FeatureMap& map = features[i];
    const auto cells = static_cast<std::size_t>(map.size.count());
    const std::vector<int> of = cellLabels(labels[i], sizeOfLabels(labels[i]), map.size);
    for (std::size_t k = 0; k < m_vectors.size(); ++k) {
      std::vector<float> sum(static_cast<std::size_t>(map.channels));
      std::size_t count = 0;
      for (std::size_t cell = 0; cell < cells; ++cell) {
        if (of[cell] != static_cast<int>(k)) continue;
        ++count;
        for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += map.values[c * cells + cell];
      }
      if (count == 0) continue;
      toUnitLength(sum);
      if (m_vectors[k].empty()) m_vectors[k].resize(sum.size());
      for (std::size_t c = 0; c < sum.size(); ++c) m_vectors[k][c] += sum[c];
    }
  }
  for (auto& vector : m_vectors) toUnitLength(vector);
}

Prediction ReleasedPrototypes::propagate(const FeatureMap& features, const PixelBox& part, Size size) const {
  const auto cells = static_cast<std::size_t>(features.size.count()), voxels = static_cast<std::size_t>(size.count());
  std::vector<std::size_t> best(cells);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    std::vector<float> own;
    for (std::size_t c = 0; c < static_cast<std::size_t>(features.channels); ++c) own.push_back(features.values[c * cells + cell]);
    toUnitLength(own);
    std::vector<double> scores;
    for (const auto& vector : m_vectors) scores.push_back(vector.empty() ? 0 : cosineOf(own, vector));
    best[cell] = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  }
  Prediction labels{.size = size,
                    .classCount = static_cast<int>(m_vectors.size()) - 1,
                    .probabilities = std::vector<float>(voxels * (m_vectors.size() - 1))};
  for (std::int64_t z = part.z0; z < part.z1; ++z)
    for (std::int64_t y = part.y0; y < part.y1; ++y)
      for (std::int64_t x = part.x0; x < part.x1; ++x) {
        const std::int64_t cx = (x - part.x0) * features.size.x / (part.x1 - part.x0),
                           cy = (y - part.y0) * features.size.y / (part.y1 - part.y0),
                           cz = (z - part.z0) * features.size.z / (part.z1 - part.z0);
        const std::size_t label = best[static_cast<std::size_t>((cz * features.size.y + cy) * features.size.x + cx)];
        if (label > 0) labels.probabilities[(label - 1) * voxels + static_cast<std::size_t>((z * size.y + y) * size.x + x)] = 1;
      }
  return labels;
}

std::vector<float> meanFeature(const FeatureMap& features) {
  const auto cells = static_cast<std::size_t>(features.size.count());
  std::vector<float> mean;
  for (std::size_t c = 0; c < static_cast<std::size_t>(features.channels); ++c)
    mean.push_back(static_cast<float>(std::accumulate(features.values.begin() + static_cast<std::ptrdiff_t>(c * cells),
                                                      features.values.begin() + static_cast<std::ptrdiff_t>((c + 1) * cells), 0.0) /
                                      static_cast<double>(cells)));
  toUnitLength(mean);
  return mean;
}

double meanEntropy(const Prediction& belief) {
  double sum = 0;
  for (const float value : belief.probabilities) {
    const auto p = static_cast<double>(value);
    sum -= p * std::log(p + 1e-8) + (1 - p) * std::log(1 - p + 1e-8);
  }
  return sum / static_cast<double>(belief.size.count());
}

Prediction certain(const Prediction& belief) {
  Prediction labels = belief;
  const auto voxels = static_cast<std::size_t>(belief.size.count()), classes = static_cast<std::size_t>(belief.classCount);
  for (std::size_t at = 0; at < voxels; ++at) {
    std::size_t best = classes;
    for (std::size_t c = 0; c < classes; ++c) {
      const float p = belief.probabilities[c * voxels + at];
      if (p > 0.5f && (best == classes || p > belief.probabilities[best * voxels + at])) best = c;
      labels.probabilities[c * voxels + at] = 0;
    }
    if (best < classes) labels.probabilities[best * voxels + at] = 1;
  }
  return labels;
}

Prediction certain(const std::vector<ClassAnnotation>& labels, Size size) {
  const auto voxels = static_cast<std::size_t>(size.count());
  Prediction made{.size = size, .classCount = static_cast<int>(labels.size()), .probabilities = std::vector<float>(voxels * labels.size())};
  for (std::size_t c = 0; c < labels.size(); ++c)
    if (labels[c].state == ClassState::Present)
      for (const auto& run : labels[c].mask.runs())
        std::fill_n(made.probabilities.begin() + static_cast<std::ptrdiff_t>(c * voxels) + run.start, run.length, 1.0f);
  return made;
}

std::vector<Prediction> releasedRefinement(const std::vector<ReleasedCase>& cases, std::vector<bool>& replaced) {
  std::vector<double> uncertainties;
  for (const auto& one : cases)
    if (!one.labelled) uncertainties.push_back(one.uncertainty);
  replaced.assign(cases.size(), false);
  std::vector<Prediction> result;
  for (const auto& one : cases) result.push_back(one.labels);
  if (uncertainties.empty()) return result;
  const double limit = percentile(uncertainties, kUncertainFrom);
  std::vector<std::size_t> sure;
  for (std::size_t i = 0; i < cases.size(); ++i)
    if (cases[i].labelled || cases[i].uncertainty < limit) sure.push_back(i);
  if (sure.size() < kVoters) return result;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].labelled || cases[i].uncertainty < limit) continue;
    std::vector<std::pair<double, std::size_t>> near;
    for (const std::size_t j : sure) near.emplace_back(cosineOf(cases[i].feature, cases[j].feature), j);
    std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    near.resize(kVoters);
    const Size size = cases[i].labels.size;
    const auto voxels = static_cast<std::size_t>(size.count()), classes = static_cast<std::size_t>(cases[i].labels.classCount);
    std::vector<float> votes(voxels * classes), ground(voxels);
    double all = 0;
    for (const auto& [cosine, j] : near) {
      const auto weight = static_cast<float>(std::max(cosine, 0.0));
      all += static_cast<double>(weight);
      const Prediction other = resampled(cases[j].labels, size, Interpolation::Nearest, 1);
      for (std::size_t at = 0; at < voxels; ++at) {
        bool any = false;
        for (std::size_t c = 0; c < classes; ++c)
          if (other.probabilities[c * voxels + at] > 0.5f) votes[c * voxels + at] += weight, any = true;
        if (!any) ground[at] += weight;
      }
    }
    if (all < 1e-8) continue;
    replaced[i] = true;
    for (std::size_t at = 0; at < voxels; ++at) {
      std::size_t best = classes;
      for (std::size_t c = 0; c < classes; ++c) {
        const float most = best == classes ? ground[at] : votes[best * voxels + at];
        if (votes[c * voxels + at] > most) best = c;
        result[i].probabilities[c * voxels + at] = 0;
      }
      if (best < classes) result[i].probabilities[best * voxels + at] = 1;
    }
  }
  return result;
}

}  // namespace roundel
