#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/json.h"

namespace roundel {

/// A generalist that comes with Roundel: its weights, and the card beside them.
struct ShippedModel {
  std::string name;
  std::filesystem::path weights;  ///< NAME.safetensors
  std::string title, goodFor, licence;
  std::string sha256;  ///< of the weights' file, as the card says
};

/// Where what comes with the program lies: ROUNDEL_RESOURCES, else the nearest folder "resources" or "share/roundel" beside the program or
/// above it. Empty: none.
std::filesystem::path resourceFolder();

/// The models of resourceFolder()/models, by name. One whose card cannot be read, or whose weights are missing, is left out and named.
std::vector<ShippedModel> shippedModels(std::vector<Warning>* warnings = nullptr);

}  // namespace roundel
