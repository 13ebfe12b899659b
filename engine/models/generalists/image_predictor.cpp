#include "models/generalists/image_predictor.h"

#include "core/error.h"
#include "models/generalists/sam2_predictor.h"
#include "models/generalists/sam_predictor.h"

namespace roundel {

nn::DecodedMasks bestOf(const nn::DecodedMasks& masks) {
  const torch::Tensor best = masks.iou.argmax(1, /*keepdim=*/true);
  auto shape = masks.logits.sizes().vec();
  shape[1] = 1;
  return {masks.logits.gather(1, best.view({-1, 1, 1, 1}).expand(shape)), masks.iou.gather(1, best), masks.objectScore};
}

std::shared_ptr<const ImagePredictor> loadPredictor(const InstalledModel& model, const StateDict& weights, torch::Device device) {
  if (const auto trunk = nn::sam2Options(model.architecture))
    return std::make_shared<const Sam2Predictor>(loadSam2(*trunk, weights, device), *trunk);
  if (const auto options = samOptionsOf(model.architecture, weights))
    return std::make_shared<const SamPredictor>(loadSam(*options, weights, device), *options, model.architecture);
  throw Error(ErrorKind::BadInput, "bad-weights", "The weights of " + model.name + " are not the file that was taken in.",
              {.remedy = "Look at them with: roundel models verify " + model.name});
}

}  // namespace roundel
