#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "core/image.h"
#include "core/mask.h"
#include "models/generalists/shipped_models.h"
#include "phantom/scenes.h"
#include "train/generalist_plan.h"

namespace roundel {

/// How a promptable network of crops is fine-tuned on the labels of a study.
struct Adaptation {
  int steps = 600;
  double learningRate = 1e-3;  ///< after 20 steps of warm-up; it falls over most of the rest
  std::uint64_t seed = 1;
};

/// Form and simulated prompts of the weights, the adaptation's steps. Throws Error(BadInput, "bad-weights").
GeneralistPlan adaptationPlan(const std::filesystem::path& weights, const Adaptation& adaptation);

/// A labelled picture as a scene to be pointed at: its structures of kSmallestStructure pixels and more.
PromptableScene studyScene(Image image, std::span<const Mask> masks);

/// Cross-fitting: whether the model of this fold must not see labelled picture `index`. Of fold `kWholeStudy` it sees all.
inline constexpr int kWholeStudy = -1;
inline bool heldOut(std::size_t index, int folds, int fold) {
  return fold != kWholeStudy && static_cast<int>(index % static_cast<std::size_t>(folds)) == fold;
}

/// The weights of a generalist that can be adapted: one that Roundel trained itself, shipped or taken in. Nothing for any other name, known
/// or not.
std::optional<ShippedModel> adaptableModel(const std::string& name);

}  // namespace roundel
