#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/param_spec.h"

namespace roundel {

/// What becomes of a pseudo-label: trained on, shown to a person first, or left out.
enum class GateDecision { Accepted, Review, Rejected };

std::string toString(GateDecision decision);
GateDecision gateDecisionFromString(const std::string& text);

enum class GateRule {
  Everything,  ///< the paper: all are accepted
  Threshold,   ///< by the estimated Dice itself
  Quantile     ///< by rank among all pseudo-labels of the round, for estimates that order well but are off
};

struct GateSettings {
  GateRule rule = GateRule::Threshold;
  double accept = 0.7;  ///< Threshold: estimate from which it is accepted. Quantile: share of the worst that is not accepted
  double reject = 0.4;  ///< Threshold: estimate below which it is rejected. Quantile: share of the worst that is rejected
};

/// One decision an estimate, in order. Without an estimate: Review, except under Everything.
/// Throws Error(Usage, "bad-parameter") where the bounds lie outside [0, 1] or reject > accept.
std::vector<GateDecision> gate(std::span<const std::optional<double>> estimates, const GateSettings& settings);

/// gate, accept, reject.
std::vector<ParamSpec> gateParams();
GateSettings gateSettings(const Params& params);

}  // namespace roundel
