#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/mask.h"

namespace roundel {

/// What can be said of one pseudo-label (one class of one case) without its truth. What is not known has no value.
struct QualityFeatures {
  std::optional<double> score = {};            ///< the generalist's own opinion, 0..1
  std::optional<double> agreement = {};        ///< Dice of specialist and generalist
  std::optional<double> stability = {};        ///< Dice under jittered prompts
  std::optional<double> entropy = {};          ///< mean binary entropy of the specialist's probabilities at the mask, in bits, 0..1
  std::optional<double> meanProbability = {};  ///< of the specialist inside the mask
  std::optional<double> sizeZ = {};            ///< how many deviations the size lies from the labelled cases' (SizeModel)
  std::optional<double> disagreement = {};     ///< of several generalists, 0..1

  bool operator==(const QualityFeatures&) const = default;
};

inline constexpr int kQualityFeatureCount = 7;
/// The names, in the order of `values`.
const std::array<std::string, kQualityFeatureCount>& qualityFeatureNames();
std::array<std::optional<double>, kQualityFeatureCount> values(const QualityFeatures& features);
/// An object with every name; absent values are null.
Json toJson(const QualityFeatures& features);
QualityFeatures qualityFeaturesFromJson(const Json& json);

/// Entropy and mean probability of one class's map [height][width] at its mask. Entropy is averaged over the mask and every pixel
/// outside it that the specialist gives more than a tenth. None where there is no such pixel.
/// Throws Error(Defect, "size-mismatch").
struct ProbabilitySummary {
  std::optional<double> entropy, meanProbability;
};
ProbabilitySummary summarise(std::span<const float> classMap, const Mask& mask);

/// How large a class is in the labelled cases: mean and deviation of the logarithm of its share of the image. Deviations are
/// shrunk towards the one of all classes, because a class may be in few cases.
class SizeModel {
 public:
  /// `areas[case][class]`: share of the image in 0..1; 0: absent or not annotated.
  static SizeModel fit(std::span<const std::vector<double>> areas);
  /// None for an area of 0 or a class that no labelled case has.
  std::optional<double> zScore(int classIndex, double area) const;

 private:
  struct Entry {
    int count = 0;
    double mean = 0, deviation = 0;
  };
  std::vector<Entry> m_classes;
};

}  // namespace roundel
