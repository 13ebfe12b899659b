#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

/// What is known of a pseudo-label without its truth. Values that could not be had are empty; the estimator puts in the mean.
struct QualityFeatures {
  std::optional<double> score;        ///< the generalist's own opinion, predicted IoU in [0, 1]
  std::optional<double> agreement;    ///< Dice of specialist and generalist
  std::optional<double> entropy;      ///< mean entropy of the specialist in and around the mask, nats
  std::optional<double> stability;    ///< mean Dice under jittered prompts
  std::optional<double> probability;  ///< the specialist's mean probability inside its mask
  std::optional<double> logArea;      ///< logarithm of the mask's share of the image
};

/// The names of the features, in the order in which the estimator keeps them.
const std::vector<std::string>& qualityFeatureNames();

/// One pseudo-label with a truth.
struct QualitySample {
  int caseIndex = 0;
  int classIndex = 0;
  QualityFeatures features;
  double dice = 0;  ///< measured
};

/// Estimates the Dice of a pseudo-label from its features.
///
/// A ridge regression of logit(Dice), clamped to [0.02, 0.98], on standardised features, with an offset a class that is shrunk
/// towards none the fewer samples it has, and a straight line on top that takes out what the logit's curve adds on average.
/// The ridge is chosen by leaving cases out. With fewer than `kFewest` samples it always says the mean.
class DiceEstimator {
 public:
  static constexpr int kFewest = 12;

  static DiceEstimator fit(const std::vector<QualitySample>& samples, int classCount);

  /// In [0, 1].
  double estimate(int classIndex, const QualityFeatures& features) const;
  /// What a predictor that always says the mean would say: of the class, or of all where the class was never seen.
  double meanOf(int classIndex) const;
  int sampleCount() const { return m_samples; }

  friend Json toJson(const DiceEstimator& estimator);
  friend DiceEstimator diceEstimatorFromJson(const Json& json);

 private:
  static constexpr std::size_t kFeatures = 6;
  using Row = std::array<double, kFeatures>;

  static DiceEstimator fitWith(const std::vector<QualitySample>& samples, int classCount, double ridge);
  Row standardised(const QualityFeatures& features) const;
  double raw(int classIndex, const QualityFeatures& features) const;

  int m_samples = 0;
  double m_ridge = 1;
  double m_mean = 0.5;                 ///< of the measured Dice
  std::vector<double> m_classMean;     ///< shrunk towards m_mean
  std::vector<double> m_classOffset;   ///< in logits
  double m_intercept = 0;
  Row m_weight{}, m_featureMean{}, m_featureDeviation{};
  double m_lineOffset = 0, m_lineSlope = 1;
};

Json toJson(const DiceEstimator& estimator);
/// Throws Error(BadInput, "bad-document").
DiceEstimator diceEstimatorFromJson(const Json& json);

}  // namespace roundel
