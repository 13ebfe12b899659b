#include "rounds/advisor.h"

namespace roundel {

RunAdvice adviseRun(const StudyState& state) {
  RunAdvice advice;
  if (state.unlabelled == 0) {
    advice.strategy = "supervised";
    advice.reasons.push_back("Every case has labels: there is nothing that the machine could label and learn from.");
  } else if (!state.learntGeneralists.empty()) {
    advice.strategy = "sam-carries-the-burden";
    advice.generalists = {state.learntGeneralists.front()};
    advice.rounds = 2;
    advice.reasons.push_back(
        "A generalist with learnt weights is installed: it refines what the network proposes for the cases without labels.");
  } else {
    advice.strategy = "pseudo-labels";
    advice.rounds = 2;
    advice.reasons.push_back(
        "The network learns from its own labels of the other cases, as far as they look good. They are not refined: on the radiographs "
        "that "
        "were measured, refinement without learnt weights made them worse.");
  }
  if (state.gpu) advice.preset = "standard";
  advice.reasons.push_back(state.gpu ? "A GPU can be used: the network may be wider and the pictures larger."
                                     : "No GPU can be used: the network is narrow and the pictures are small, so that it takes minutes.");
  if (state.validation == 0)
    advice.reasons.push_back("Nothing measures the network while it learns: too few cases have labels to keep one back.");
  return advice;
}

}  // namespace roundel
