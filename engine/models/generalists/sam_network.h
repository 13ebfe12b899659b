#pragma once
#include <torch/torch.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/generalists/architectures.h"
#include "nn/sam.h"

namespace roundel {

/// Options of an architecture of the 2-D family; kUnpublishedSam's are read off the tensors. Nothing for another family, or where
/// the tensors are those of no such network.
std::optional<nn::SamOptions> samOptionsOf(const std::string& architecture, const StateDict& weights);
std::vector<ExpectedTensor> neededTensors(const nn::SamOptions& options);

/// The network with the file's weights (StateDictSource).
std::shared_ptr<const nn::Sam> loadSam(const nn::SamOptions& options, const StateDict& weights, torch::Device device);

}  // namespace roundel
