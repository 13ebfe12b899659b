#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"

namespace roundel::cli {

/// Flags of `generalist adapt`.
struct AdaptFlags {
  std::string project;
  std::string generalist = "builtin-2d";
  std::string out;
  int cases = 20;
  int steps = 600;
  int folds = 2;
  double learningRate = 1e-3;
  std::uint64_t seed = 1;

  void declare(CLI::App& app);
};

/// Fine-tunes a generalist of crops on prompts that are simulated from a study's labelled cases. Cross-fitted first, so that the document
/// says what it is worth on cases that it did not see: `folds` models, each measured on the cases of its own fold.
Outcome adaptGeneralist(const AdaptFlags& flags, Context& context);

}  // namespace roundel::cli
