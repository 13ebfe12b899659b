#pragma once
#include <string>
#include <vector>

#include "core/json.h"
#include "core/param_spec.h"

namespace roundel {

/// How much work a run may be: what a preset means for the rounds. What it means inside a training is train/'s business.
struct Preset {
  std::string name;
  std::string sentence;
  int longSide = 256;            ///< px, of the specialist's pictures
  bool startFromLast = true;     ///< a round goes on from the last round's specialist; else from scratch (the paper)
  bool missesAreAbsent = false;  ///< a class that was not found counts as absent (the paper); a weak specialist misses much
  bool labelledToo = true;       ///< a round trains on the labelled cases beside the pseudo-labels
};

const std::vector<Preset>& presets();
/// Throws Error(Usage, "unknown-preset").
const Preset& findPreset(const std::string& name);

/// The parameters of a training, for `--set`.
std::vector<ParamSpec> trainParamSpecs();

}  // namespace roundel
