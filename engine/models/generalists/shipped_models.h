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
  int dimensions = 2;  ///< 2: looks at pictures (CropGeneralist); 3: at volumes (CubeGeneralist)
};

/// A shipped model that was fine-tuned on the labels of a study and lies with it: STUDY/generalists/NAME (`generalist adapt`).
struct AdaptedModel {
  ShippedModel model;
  std::string base;                     ///< the generalist that it was
  std::vector<std::string> learntFrom;  ///< names of the cases whose labels it saw
};

/// Where what comes with the program lies: ROUNDEL_RESOURCES, else the nearest folder "resources" or "share/roundel" beside the program or
/// above it. Empty: none.
std::filesystem::path resourceFolder();

/// The models of resourceFolder()/models, by name. One whose card cannot be read, or whose weights are missing, is left out and named.
std::vector<ShippedModel> shippedModels(std::vector<Warning>* warnings = nullptr);

/// Those of a study, by name; likewise. Empty for an empty folder.
std::vector<AdaptedModel> adaptedModels(const std::filesystem::path& study, std::vector<Warning>* warnings = nullptr);
inline constexpr const char* kAdaptedFolder = "generalists";
inline constexpr const char* kAdaptationFile = "adaptation.json";

}  // namespace roundel
