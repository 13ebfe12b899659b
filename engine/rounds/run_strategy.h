#pragma once
#include <string>
#include <vector>

#include "core/param_spec.h"

namespace roundel {

/// What the rounds of a run train on.
enum class RoundTargets {
  LabelledOnly,  ///< true labels alone
  AllLabels,     ///< true labels of the unlabelled cases too: full supervision, where labels allow
  PseudoLabels,  ///< the machine's labels of the unlabelled cases
  Beliefs,       ///< the machine's probabilities of every pixel of the unlabelled cases (SemiSAM-O1)
};

/// How pseudo-labels are made from the specialist's predictions.
enum class Refinement {
  None,        ///< cleaned predictions as they are
  Generalist,  ///< prompts -> generalist, twice
  Selection    ///< cleaned predictions, but only those that agree with the generalist (Mean Teacher + SAM selection)
};

/// A strategy of `run`: how rounds are put together (ALGORITHMS.md 6.1, 6.7). What happens inside a training step is a
/// TrainingStrategy of train/.
struct RunStrategy {
  std::string name;
  std::string sentence;
  std::string trainingStrategy = "supervised";  ///< of the rounds after the first; round 0 is supervised always
  std::string specialist = "unet2d";            ///< kind of network; the control arm always takes unet2d
  RoundTargets targets = RoundTargets::PseudoLabels;
  Refinement refinement = Refinement::None;
  std::string generalist = {};         ///< default where refinement needs one
  std::vector<ParamSpec> params = {};  ///< beyond runParams()
};

/// builtin_run_strategies.cpp: one entry each.
const std::vector<RunStrategy>& runStrategies();
/// Throws Error(Usage, "unknown-strategy") that names the nearest one.
const RunStrategy& findRunStrategy(const std::string& name);

/// Parameters of every run: sizes, starts, cleaning, refining, gate. Training's own come from train/.
const std::vector<ParamSpec>& runParams();

}  // namespace roundel
