#pragma once
#include <torch/torch.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nn/sam_3d.h"
#include "weights/state_dict.h"
#include "weights/state_dict_comparison.h"

namespace roundel {

/// What an architecture of the family for volumes needs; none for another family.
std::optional<std::vector<ExpectedTensor>> neededTensors3d(const std::string& architecture);

/// The sizes that the tensors speak of. What shapes cannot say (eight heads in the decoder, three layers for the predicted IoU) is as
/// published. Nothing where they are those of no such network.
std::optional<nn::Sam3dOptions> sam3dOptionsOf(const StateDict& weights);

/// The network with the file's weights. Throws Error(BadInput, "bad-weights") where a tensor is missing or has another shape.
std::shared_ptr<const nn::Sam3d> loadSam3d(const nn::Sam3dOptions& options, const StateDict& weights, torch::Device device);

}  // namespace roundel
