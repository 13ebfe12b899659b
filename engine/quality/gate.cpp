#include "quality/gate.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace roundel {

std::string toString(GateDecision decision) {
  switch (decision) {
    case GateDecision::Accepted: return "accepted";
    case GateDecision::Review: return "review";
    case GateDecision::Rejected: return "rejected";
  }
  return "review";
}

GateDecision gateDecisionFromString(const std::string& text) {
  for (const auto decision : {GateDecision::Accepted, GateDecision::Review, GateDecision::Rejected})
    if (toString(decision) == text) return decision;
  throw Error(ErrorKind::BadInput, "bad-decision", "There is no decision named " + text + ".",
              {.remedy = "Known: accepted, review, rejected."});
}

std::vector<GateDecision> gate(std::span<const std::optional<double>> estimates, const GateSettings& settings) {
  if (!(settings.accept >= 0 && settings.accept <= 1 && settings.reject >= 0 && settings.reject <= settings.accept))
    throw Error(ErrorKind::Usage, "bad-parameter", "The gate's bounds must lie between 0 and 1, and reject may not lie above accept.");
  if (settings.rule == GateRule::Everything) return std::vector<GateDecision>(estimates.size(), GateDecision::Accepted);
  std::vector<double> known;
  for (const auto& estimate : estimates)
    if (estimate && std::isfinite(*estimate)) known.push_back(*estimate);
  double accept = settings.accept, reject = settings.reject;
  if (settings.rule == GateRule::Quantile && !known.empty()) {
    std::sort(known.begin(), known.end());
    // The smallest value that is no longer among the worst share; equal estimates share their fate.
    const auto bound = [&](double share) {
      const auto at = static_cast<std::size_t>(std::floor(share * static_cast<double>(known.size())));
      return at < known.size() ? known[at] : 2.0;
    };
    accept = bound(settings.accept), reject = bound(settings.reject);
  }
  std::vector<GateDecision> out;
  for (const auto& estimate : estimates) {
    if (!estimate || !std::isfinite(*estimate)) out.push_back(GateDecision::Review);
    else out.push_back(*estimate >= accept ? GateDecision::Accepted : *estimate < reject ? GateDecision::Rejected : GateDecision::Review);
  }
  return out;
}

std::vector<ParamSpec> gateParams() {
  const GateSettings defaults;
  return {
      {.name = "gate",
       .type = ParamType::Choice,
       .defaultValue = "threshold",
       .choices = {"everything", "threshold", "quantile"},
       .sentence = "How pseudo-labels are let through: all, by their estimated Dice, or by their rank in the round."},
      {.name = "accept",
       .type = ParamType::Real,
       .defaultValue = defaults.accept,
       .minimum = 0,
       .maximum = 1,
       .sentence = "Estimated Dice from which a pseudo-label is accepted; with quantile, the share of the worst that is not."},
      {.name = "reject",
       .type = ParamType::Real,
       .defaultValue = defaults.reject,
       .minimum = 0,
       .maximum = 1,
       .sentence = "Estimated Dice below which a pseudo-label is rejected; with quantile, the share of the worst that is."},
  };
}

GateSettings gateSettings(const Params& params) {
  const auto rule = params.at("gate").get<std::string>();
  return {.rule = rule == "everything" ? GateRule::Everything
                  : rule == "quantile" ? GateRule::Quantile
                                       : GateRule::Threshold,
          .accept = params.at("accept").get<double>(),
          .reject = params.at("reject").get<double>()};
}

}  // namespace roundel
