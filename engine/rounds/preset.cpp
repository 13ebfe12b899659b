#include "rounds/preset.h"

#include "core/error.h"
#include "train/train_plan.h"

namespace roundel {

const std::vector<Preset>& presets() {
  static const std::vector<Preset> list{
      {.name = "quick",
       .sentence = "Minutes on two processor cores: narrow network, small pictures; rounds go on from the last one",
       .longSide = 256,
       .startFromLast = true,
       .labelledToo = true},
      {.name = "standard",
       .sentence = "An hour or so: wider network, larger pictures; rounds go on from the last one",
       .longSide = 384,
       .startFromLast = true,
       .labelledToo = true},
      {.name = "paper",
       .sentence = "As published: 31 M parameters, every round from scratch on pseudo-labels alone; for a GPU",
       .longSide = 384,
       .startFromLast = false,
       .missesAreAbsent = true,
       .labelledToo = false},
  };
  return list;
}

const Preset& findPreset(const std::string& name) {
  for (const auto& preset : presets())
    if (preset.name == name) return preset;
  throw Error(ErrorKind::Usage, "unknown-preset", "There is no preset named " + name + ".", {.remedy = "Known: quick, standard, paper."});
}

std::vector<ParamSpec> trainParamSpecs() { return trainParams(); }

}  // namespace roundel
