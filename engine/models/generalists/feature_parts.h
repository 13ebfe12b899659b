#pragma once
#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "models/generalist.h"
#include "models/generalists/image_predictor.h"

namespace roundel {

// An embedding's tensors as they lie on disk, in half precision, and the size of the picture they were made from.

EmbeddingPart packedFeature(const std::string& name, const torch::Tensor& tensor);
/// float16 on the processor; nothing where the parts hold no such tensor of that shape.
std::optional<torch::Tensor> unpackedFeature(const std::vector<EmbeddingPart>& parts, const FeatureShape& wanted);

EmbeddingPart packedImageSize(Size size);
std::optional<Size> unpackedImageSize(const std::vector<EmbeddingPart>& parts);

}  // namespace roundel
