#pragma once
#include <torch/torch.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "core/json.h"
#include "models/generalists/prompt_crop.h"
#include "nn/crop_network.h"
#include "nn/cube_network.h"
#include "weights/tensor_bytes.h"

namespace roundel {

/// The network's form from a plan's parameters ("side", "width" ...).
nn::CropNetworkOptions cropNetworkOptions(const Json& params);
nn::CubeNetworkOptions cubeNetworkOptions(const Json& params);
/// 2 or 3: whether the plan's parameters are those of a network of crops or of cubes.
int dimensionsOf(const Json& params);

/// A prompt of a crop as the prompt encoder takes it.
nn::FramePrompt framed(const CropPrompt& prompt);
/// Prompts of cubes as it takes them: places in the order of the tensor's axes, a box as its two corners.
nn::PromptPoints cubePoints(std::span<const CropPrompt> prompts);

/// What a file of a network of crops says beside its weights, as JSON texts of its metadata.
struct CropModelCard {
  std::string name;
  Json plan = Json::object();  ///< with every parameter
  Json curve = Json::array();  ///< of the training
  Json environment = Json::object();
};

/// Writes the weights in half precision. Throws as writeSafetensors().
void writeCropModel(const std::filesystem::path& path, const NamedTorchTensors& weights, const CropModelCard& card);

struct CropModel {
  CropModelCard card;
  std::string sha256;  ///< of the file
  std::shared_ptr<const nn::CropNetwork> network;

  double margin() const { return card.plan.at("params").at("margin").get<double>(); }
};

struct CubeModel {
  CropModelCard card;
  std::string sha256;  ///< of the file
  std::shared_ptr<const nn::CubeNetwork> network;

  double margin() const { return card.plan.at("params").at("margin").get<double>(); }
};

/// The card alone.
CropModelCard readCropModelCard(const std::filesystem::path& path);
/// Throws Error(BadInput, "bad-weights") where the file is not one of these or a tensor does not fit.
CropModel readCropModel(const std::filesystem::path& path, torch::Device device);
CubeModel readCubeModel(const std::filesystem::path& path, torch::Device device);

}  // namespace roundel
