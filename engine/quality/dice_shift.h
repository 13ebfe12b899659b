#pragma once
#include <span>
#include <string>

#include "core/json.h"

namespace roundel {

/// An estimated Dice beside the measured one, of a pseudo-label whose truth is known.
struct EstimateOfTruth {
  std::string caseName;
  double estimate = 0;
  double measured = 0;
};

/// How far all estimates are off for one specialist, and the remedy.
///
/// The estimator is calibrated on specialists of folds, which learnt from fewer cases and in fewer steps than the one whose
/// pseudo-labels are judged; so its estimates are too low as a whole, although they order well. Cases with truth that this very
/// specialist did not learn from (the validation cases) say by how much: their estimates are moved on the scale of logit(Dice)
/// to where their mean absolute error is least, and the move is shrunk by cases / (cases + kShiftPull). Moving them until their mean is
/// that of the measurements would let a few masks on the wrong structure, with a Dice of 0, pull down the estimates of all the good ones.
class DiceShift {
 public:
  static DiceShift fit(std::span<const EstimateOfTruth> samples);

  /// In [0, 1]; keeps the order of estimates.
  double apply(double estimate) const;

  double logits() const { return m_logits; }
  int cases() const { return m_cases; }
  /// logits, cases, samples, and the mean absolute error on these very samples, before and after.
  Json toJson() const;
  /// Throws Error(BadInput, "bad-document").
  static DiceShift fromJson(const Json& json);

 private:
  double m_logits = 0;
  int m_cases = 0, m_samples = 0;
  double m_errorBefore = 0, m_errorAfter = 0;
};

/// Cases' worth of pull towards no shift.
inline constexpr double kShiftPull = 2;

}  // namespace roundel
