#pragma once
#include <string>
#include <vector>

namespace roundel {

/// What an advice depends on.
struct StudyState {
  int labelled = 0, unlabelled = 0, validation = 0;  ///< cases
  bool gpu = false;                                  ///< a CUDA device can be used
  /// Generalists with learnt weights that fit the study, by name, the one to take first: they know what outlines look like.
  std::vector<std::string> learntGeneralists;
};

/// A run that needs no choices, and why it is this one.
struct RunAdvice {
  std::string strategy;
  std::vector<std::string> generalists = {};  ///< empty: the strategy's own
  std::string preset = "quick";
  int rounds = 1;
  std::vector<std::string> reasons;  ///< sentences without numbers, so that they can be translated
};

RunAdvice adviseRun(const StudyState& state);

}  // namespace roundel
