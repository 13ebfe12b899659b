#include "train/generalist_adaptation.h"

#include <algorithm>

#include "models/generalists/architectures.h"
#include "models/generalists/crop_model_card.h"
#include "models/generalists/model_folder.h"
#include "raster/volume_slices.h"

namespace roundel {

GeneralistPlan adaptationPlan(const std::filesystem::path& weights, const Adaptation& adaptation) {
  Json params = cropModelParams(weights);
  params["steps"] = adaptation.steps;
  params["learning_rate"] = adaptation.learningRate;
  params["warmup"] = std::min(20, adaptation.steps);
  params["fall"] = 0.7;
  params["average"] = 0.98;
  // A few labelled cases on two cores, whatever it was trained with.
  const int most = params.value("dimensions", 2) == 3 ? 8 : 16, perScene = params.value("per_scene", 4);
  if (params.value("batch", most) > most) params["batch"] = std::max(perScene, most / perScene * perScene);
  return makeGeneralistPlan(adaptation.seed, params, Json::object());
}

PromptableScene studyScene(Image image, std::span<const Mask> masks) {
  PromptableScene scene{.family = "study", .image = std::move(image), .structures = {}};
  const bool volume = scene.image.geometry.size.z > 1;
  if (volume) scene.image.values = greyOf(scene.image.values);  // as the generalist will see it
  const std::int64_t least = volume ? kSmallestVolumeStructure : kSmallestStructure;
  for (const auto& mask : masks)
    if (mask.area() >= least) scene.structures.push_back(mask);
  return scene;
}

std::optional<ShippedModel> adaptableModel(const std::string& name) {
  for (const auto& model : shippedModels())
    if (model.name == name) return model;
  for (const auto& model : ModelFolder().list())
    if (model.name == name && (model.architecture == kCropNetwork || model.architecture == kCubeNetwork))
      return ShippedModel{.name = model.name,
                          .weights = model.weights,
                          .title = {},
                          .goodFor = {},
                          .licence = {},
                          .sha256 = model.sha256,
                          .dimensions = model.architecture == kCubeNetwork ? 3 : 2};
  return {};
}

}  // namespace roundel
