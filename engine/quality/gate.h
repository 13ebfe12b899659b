#pragma once
#include <optional>
#include <vector>

namespace roundel {

enum class GateMode { None, Threshold, Quantile };
enum class GateAnswer { Accept, Review, Reject };

/// Sorts pseudo-labels by their estimated Dice.
struct GateOptions {
  GateMode mode = GateMode::Threshold;
  double accept = 0.7;  ///< estimate (or its quantile among all) from which a label is accepted
  double reject = 0.3;  ///< estimate (or quantile) below which it is rejected
};

/// One answer an estimate, in order; without an estimate a label is to be reviewed. None accepts all.
std::vector<GateAnswer> gated(const std::vector<std::optional<double>>& estimates, const GateOptions& options);

}  // namespace roundel
