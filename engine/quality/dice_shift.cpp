#include "quality/dice_shift.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"

namespace roundel {
namespace {

constexpr int kMostSteps = 200;   // to each side
constexpr double kStep = 0.02;    // logits
constexpr double kSpared = 5e-4;  // error in Dice that a logit of movement must at least spare

double moved(double estimate, double logits) {
  const double bounded = std::clamp(estimate, 1e-3, 1 - 1e-3);
  return 1 / (1 + (1 - bounded) / bounded * std::exp(-logits));
}

}  // namespace

DiceShift DiceShift::fit(std::span<const EstimateOfTruth> samples) {
  DiceShift out;
  if (samples.empty()) return out;
  std::set<std::string> cases;
  for (const auto& sample : samples) cases.insert(sample.caseName);
  out.m_cases = static_cast<int>(cases.size()), out.m_samples = static_cast<int>(samples.size());
  const auto costOf = [&](double logits) {
    double sum = 0;
    for (const auto& sample : samples) sum += std::abs(moved(sample.estimate, logits) - sample.measured);
    return sum / out.m_samples + kSpared * std::abs(logits);
  };
  double best = 0, least = costOf(0);
  for (int i = 1; i <= kMostSteps; ++i)
    for (const double logits : {i * kStep, -i * kStep})
      if (const double cost = costOf(logits); cost < least) least = cost, best = logits;
  out.m_logits = best * out.m_cases / (out.m_cases + kShiftPull);
  for (const auto& sample : samples) {
    out.m_errorBefore += std::abs(sample.estimate - sample.measured) / out.m_samples;
    out.m_errorAfter += std::abs(out.apply(sample.estimate) - sample.measured) / out.m_samples;
  }
  return out;
}

double DiceShift::apply(double estimate) const { return m_cases == 0 ? estimate : moved(estimate, m_logits); }

Json DiceShift::toJson() const {
  return {{"logits", m_logits}, {"cases", m_cases}, {"samples", m_samples}, {"error_before", m_errorBefore}, {"error_after", m_errorAfter}};
}

DiceShift DiceShift::fromJson(const Json& json) {
  DiceShift out;
  try {
    json.at("logits").get_to(out.m_logits), json.at("cases").get_to(out.m_cases), json.at("samples").get_to(out.m_samples);
    json.at("error_before").get_to(out.m_errorBefore), json.at("error_after").get_to(out.m_errorAfter);
  } catch (const Json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "The document holds no shift of estimates.");
  }
  return out;
}

}  // namespace roundel
