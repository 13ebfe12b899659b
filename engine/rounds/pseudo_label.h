#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/prompt.h"
#include "project/decision.h"

namespace roundel {

/// Where the mask of a pseudo-label comes from.
enum class MaskOrigin {
  None,     ///< the specialist found nothing: the class counts as absent
  Cleaned,  ///< the specialist's cleaned prediction
  Refined,  ///< the generalist's answer
  Moved     ///< its answer to prompts that a person moved
};

std::string toString(MaskOrigin origin);
MaskOrigin maskOriginFromString(const std::string& text);

/// The machine's label of one class in one case, with what is known of its quality. Values that could not be had are empty.
struct ClassPseudoLabel {
  Mask mask;     ///< on the image's grid
  Mask cleaned;  ///< what the specialist said, cleaned, on the image's grid
  MaskOrigin origin = MaskOrigin::None;
  std::vector<Prompt> prompts = {};         ///< call by call, in pixels of the image; without mask prompts
  std::optional<double> score = {};         ///< the generalist's own opinion (predicted IoU)
  std::optional<double> agreement = {};     ///< Dice of specialist and generalist
  std::optional<double> entropy = {};       ///< mean entropy of the specialist's probabilities at the mask, bits
  std::optional<double> disagreement = {};  ///< of several generalists
  std::optional<double> stability = {};     ///< mean Dice of masks under jittered prompts
  std::optional<double> probability = {};   ///< the specialist's mean probability inside its cleaned mask
  std::optional<double> estimatedDice = {};
  Verdict verdict = Verdict::Review;  ///< of the gate, or of a person
  bool decidedByPerson = false;
};

/// The pseudo-labels of one case: one entry a class of the study.
struct CasePseudoLabels {
  std::string caseName;
  Size size;
  std::vector<ClassPseudoLabel> classes;
};

Json toJson(const CasePseudoLabels& labels);
CasePseudoLabels casePseudoLabelsFromJson(const Json& json);

/// Files of one case inside a stage's folder carry its number in the plan, never its name.
std::filesystem::path caseFile(const std::filesystem::path& folder, int caseIndex, const std::string& extension = ".json");

}  // namespace roundel
