#include "quality/quality_features.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace roundel {

namespace {

/// Cases that the deviation of all classes counts as when a class's own is shrunk towards it.
constexpr double kDeviationWeight = 4;
/// No labelled set is so uniform that a size off by five percent would be an outlier.
constexpr double kLeastDeviation = 0.05;

double binaryEntropy(double p) {
  if (p <= 0 || p >= 1) return 0;
  return -(p * std::log2(p) + (1 - p) * std::log2(1 - p));
}

}  // namespace

const std::array<std::string, kQualityFeatureCount>& qualityFeatureNames() {
  static const std::array<std::string, kQualityFeatureCount> names{"score",  "agreement",   "stability", "entropy", "mean_probability",
                                                                   "size_z", "disagreement"};
  return names;
}

std::array<std::optional<double>, kQualityFeatureCount> values(const QualityFeatures& f) {
  return {f.score, f.agreement, f.stability, f.entropy, f.meanProbability, f.sizeZ, f.disagreement};
}

Json toJson(const QualityFeatures& features) {
  Json json = Json::object();
  const auto all = values(features);
  for (std::size_t i = 0; i < all.size(); ++i)
    json[qualityFeatureNames()[i]] = all[i] && std::isfinite(*all[i]) ? Json(*all[i]) : Json(nullptr);
  return json;
}

QualityFeatures qualityFeaturesFromJson(const Json& json) {
  const auto read = [&](std::size_t i) {
    const auto found = json.find(qualityFeatureNames()[i]);
    return found == json.end() || found->is_null() ? std::nullopt : std::optional(found->get<double>());
  };
  return {.score = read(0),
          .agreement = read(1),
          .stability = read(2),
          .entropy = read(3),
          .meanProbability = read(4),
          .sizeZ = read(5),
          .disagreement = read(6)};
}

ProbabilitySummary summarise(std::span<const float> classMap, const Mask& mask) {
  if (classMap.size() != static_cast<std::size_t>(mask.size().count()))
    throw Error(ErrorKind::Defect, "size-mismatch", "A probability map and its mask have different sizes.");
  const auto in = mask.toBytes();
  double entropy = 0, probability = 0;
  std::int64_t near = 0, inside = 0;
  for (std::size_t i = 0; i < classMap.size(); ++i) {
    const auto p = static_cast<double>(classMap[i]);
    if (in[i]) probability += p, ++inside;
    if (in[i] || p > 0.1) entropy += binaryEntropy(p), ++near;
  }
  ProbabilitySummary summary;
  if (near > 0) summary.entropy = entropy / static_cast<double>(near);
  if (inside > 0) summary.meanProbability = probability / static_cast<double>(inside);
  return summary;
}

SizeModel SizeModel::fit(std::span<const std::vector<double>> areas) {
  SizeModel model;
  std::size_t classes = 0;
  for (const auto& entry : areas) classes = std::max(classes, entry.size());
  model.m_classes.resize(classes);
  std::vector<double> squares(classes, 0);
  for (const auto& entry : areas)
    for (std::size_t c = 0; c < entry.size(); ++c)
      if (entry[c] > 0) model.m_classes[c].mean += std::log(entry[c]), ++model.m_classes[c].count;
  for (auto& entry : model.m_classes) entry.mean /= std::max(1, entry.count);
  double pooled = 0;
  int freedom = 0;
  for (const auto& entry : areas)
    for (std::size_t c = 0; c < entry.size(); ++c)
      if (entry[c] > 0) squares[c] += std::pow(std::log(entry[c]) - model.m_classes[c].mean, 2);
  for (std::size_t c = 0; c < classes; ++c) pooled += squares[c], freedom += std::max(0, model.m_classes[c].count - 1);
  // One case a class tells nothing of the spread; a third is the spread of anatomical structures in general.
  const double variance = freedom > 0 ? pooled / freedom : std::pow(0.33, 2);
  for (std::size_t c = 0; c < classes; ++c) {
    auto& entry = model.m_classes[c];
    const double own = std::max(0, entry.count - 1);
    entry.deviation = std::max(kLeastDeviation, std::sqrt((squares[c] + kDeviationWeight * variance) / (own + kDeviationWeight)));
  }
  return model;
}

std::optional<double> SizeModel::zScore(int classIndex, double area) const {
  if (area <= 0 || classIndex < 0 || static_cast<std::size_t>(classIndex) >= m_classes.size()) return std::nullopt;
  const auto& entry = m_classes[static_cast<std::size_t>(classIndex)];
  if (entry.count == 0) return std::nullopt;
  return (std::log(area) - entry.mean) / entry.deviation;
}

}  // namespace roundel
