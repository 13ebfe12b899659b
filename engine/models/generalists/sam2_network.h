#pragma once
#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "models/generalists/architectures.h"
#include "nn/sam2.h"

namespace roundel {

// SAM 2 in image mode and its weight files, which hold the whole video network.

std::vector<ExpectedTensor> neededTensors(const nn::HieraOptions& trunk);
/// Whether a key belongs to the memory of videos, which the published files hold and image mode does not ask for.
bool isSam2VideoMemory(const std::string& key);
/// "sam2.1_hiera_tiny" for weights with the tensors that SAM 2.1 brought, "sam2_hiera_tiny" for those without: SAM 2.0's, or image mode
/// alone.
std::string sam2FileName(const std::string& architecture, const StateDict& weights);
/// The trunk that weights speak of where it is none of the published four: "20 blocks, the first 64 wide". Empty where it is one of them
/// or where there is none.
std::string unpublishedHiera(const StateDict& weights);

/// The network with the file's weights (StateDictSource).
std::shared_ptr<const nn::Sam2> loadSam2(const nn::HieraOptions& trunk, const StateDict& weights, torch::Device device);

}  // namespace roundel
