#pragma once
#include <optional>
#include <string>
#include <vector>

namespace roundel {

/// Whether a training ended because it was done or because its steps were used up.
struct Convergence {
  bool converged = true;
  std::string sentence;
};

/// A plain test on the curves. With validation: the best mean Dice of the last quarter of the validations is more than 0.01 above
/// the best before it -> still rising. Without: the median loss of a tenth of the steps fell by more than 10 % from 40 % to 70 %
/// of the steps, where the learning rate is still high, or from there to the end -> still falling. Fewer than 20 steps: cannot be told,
/// counted as not converged. A falling learning rate flattens every curve at its end, so "not converged" is to be believed and "converged"
/// less so.
Convergence judgeConvergence(const std::vector<float>& losses, const std::vector<double>& validationDice, bool stoppedEarly);

/// Mean of the last tenth.
double tailMean(const std::vector<float>& losses);

}  // namespace roundel
