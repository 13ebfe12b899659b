#include "quality/gate.h"

#include <algorithm>

namespace roundel {

std::vector<GateAnswer> gated(const std::vector<std::optional<double>>& estimates, const GateOptions& options) {
  double accept = options.accept, reject = options.reject;
  if (options.mode == GateMode::Quantile) {
    std::vector<double> known;
    for (const auto& estimate : estimates)
      if (estimate) known.push_back(*estimate);
    std::sort(known.begin(), known.end());
    const auto at = [&](double share) {
      if (known.empty()) return 0.0;
      return known[static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(known.size() - 1) + 0.5)];
    };
    accept = at(options.accept), reject = at(options.reject);
  }
  std::vector<GateAnswer> answers;
  for (const auto& estimate : estimates)
    answers.push_back(options.mode == GateMode::None ? GateAnswer::Accept
                      : !estimate                    ? GateAnswer::Review
                      : *estimate >= accept          ? GateAnswer::Accept
                      : *estimate < reject           ? GateAnswer::Reject
                                                     : GateAnswer::Review);
  return answers;
}

}  // namespace roundel
