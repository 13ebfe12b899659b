#pragma once
#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "quality/quality_features.h"

namespace roundel {

/// One class of one labelled case that a model predicted which had not been trained on it.
struct DiceSample {
  std::string caseName;
  int classIndex = 0;
  QualityFeatures features;
  double measuredDice = 0;
};

struct DiceEstimatorSettings {
  double ridge = 5.0;          ///< samples' worth of pull of every standardised weight towards 0
  double classPull = 5.0;      ///< samples' worth of pull of a class's offset towards 0
  double isotonicPull = 60.0;  ///< samples at which calibration curve and regression count alike
  int leastSamples = 12;       ///< below it the estimate is the shrunken mean of the class
};

/// Estimates the Dice of a pseudo-label from what is known of it, calibrated on labelled cases.
///
/// Ridge regression of logit(Dice) on standardised features, with an offset for every class that is shrunk towards 0; absent
/// features count as average. On top a monotone calibration curve (isotonic regression of Dice on the regression's leave-one-
/// case-group-out values), mixed in with weight n / (n + isotonicPull), because in Dice itself the mean of the logits is biased.
class DiceEstimator {
 public:
  /// Throws Error(BadInput, "no-samples") on none, Error(Defect, "bad-sample") on a Dice outside [0, 1].
  static DiceEstimator fit(std::span<const DiceSample> samples, const DiceEstimatorSettings& settings = {});

  /// In [0, 1]. A class that was never seen gets the offset 0.
  double estimate(const QualityFeatures& features, int classIndex) const;
  /// What a predictor says that knows nothing of the pseudo-label: the mean of all samples, and of its class (the mean of all
  /// where the class has none).
  double globalMean() const { return m_globalMean; }
  double classMean(int classIndex) const;
  int sampleCount() const { return m_count; }

  Json toJson() const;
  static DiceEstimator fromJson(const Json& json);

 private:
  void fitRegression(std::span<const DiceSample> samples, const DiceEstimatorSettings& settings);
  void fitCurve(std::span<const DiceSample> samples, const DiceEstimatorSettings& settings);
  double linear(const QualityFeatures& features, int classIndex) const;

  int m_count = 0;
  double m_globalMean = 0;
  std::vector<double> m_classSums, m_classCounts;
  bool m_regression = false;
  double m_intercept = 0;
  std::array<double, kQualityFeatureCount> m_means{}, m_deviations{}, m_weights{};
  std::vector<double> m_offsets;               ///< per class
  std::vector<double> m_curveAt, m_curveDice;  ///< knots of the calibration curve over linear values
  double m_curveShare = 0;
  double m_classPull = 0;
};

/// The estimate of every sample by an estimator that saw no sample of the same fold; cases are dealt to `folds` folds by a hash
/// of their names. With fewer cases than folds every case is its own fold; one case alone gets its own mean.
/// `means`: what the mean predictors fitted on the same other folds say.
struct CrossFitted {
  std::vector<double> estimates, globalMeans, classMeans;
};
CrossFitted crossFitted(std::span<const DiceSample> samples, int folds = 5, const DiceEstimatorSettings& settings = {});

}  // namespace roundel
