#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/prompt.h"
#include "project/decision.h"

namespace roundel {

/// The machine's label of one class in one case, as a run's folder tells it.
struct MachineLabel {
  Mask mask, cleaned;
  std::vector<Prompt> prompts;
  std::optional<double> estimatedDice, agreement;
  Verdict verdict = Verdict::Review;
  bool moved = false;  ///< of prompts that a person moved
};

/// The same without masks: what a list shows.
struct MachineNote {
  bool found = false;
  std::optional<double> estimatedDice, agreement;
  Verdict verdict = Verdict::Review;
};

struct MachineCase {
  std::string name;
  std::filesystem::path file;
  std::vector<MachineNote> notes;  ///< one a class of the round
  std::string reason = {};         ///< why it deserves a look, in the engine's words

  std::optional<double> estimatedDice() const;  ///< mean over the classes that were found
  std::optional<double> agreement() const;
  int count(Verdict verdict) const;
};

/// What the machine labelled in one go: a round of a run, or a model that was applied to new images.
struct MachineSource {
  std::string run;    ///< empty: applied to new images
  int round = 0;      ///< of the run
  std::string title;  ///< id of the run, or name of the folder of what was applied
  std::filesystem::path folder;

  bool ofRun() const { return !run.empty(); }
};

/// All of a study, the newest run first, its last round first; then what was applied, the newest first.
std::vector<MachineSource> machineSources(const std::filesystem::path& study);

struct MachineRound {
  std::vector<std::string> classes;
  std::vector<MachineCase> cases;  ///< the lowest estimated Dice first; those of which nothing is known last
};
/// Files that are damaged are passed over.
MachineRound readMachineRound(const MachineSource& source, const std::filesystem::path& study);
/// Throws Error(BadInput, ...).
std::vector<MachineLabel> readMachineLabels(const std::filesystem::path& file);

/// The study's case of an image that was predicted on.
struct PredictedCase {
  std::string name;       ///< empty: none
  bool mirrored = false;  ///< the study looks at it mirrored, and predictions are on the file's own side
};
/// Turns what `predict` wrote (`predictions.json`) into a source of machine's labels in `folder`. Returns how many cases came of it.
int takeInPredictions(const std::filesystem::path& predictions, const std::filesystem::path& folder,
                      const std::function<PredictedCase(const std::string& image)>& caseOf);

}  // namespace roundel
