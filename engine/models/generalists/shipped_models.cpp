#include "models/generalists/shipped_models.h"

#include <algorithm>
#include <cstdlib>

#include "core/error.h"
#include "core/files.h"

namespace roundel {

namespace fs = std::filesystem;

fs::path resourceFolder() {
  if (const char* given = std::getenv("ROUNDEL_RESOURCES"); given != nullptr && *given != 0) return given;
  std::error_code code;
  fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
  // A test program lies a few folders deeper than the program itself.
  for (int up = 0; up < 8 && !folder.empty(); ++up) {
    for (const char* below : {"resources", "share/roundel"})
      if (fs::is_directory(folder / below / "models", code)) return folder / below;
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return {};
}

std::vector<ShippedModel> shippedModels(std::vector<Warning>* warnings) {
  std::vector<ShippedModel> models;
  const fs::path folder = resourceFolder();
  std::error_code code;
  if (folder.empty()) return models;
  for (const auto& entry : fs::directory_iterator(folder / "models", code)) {
    if (entry.path().extension() != ".json" || entry.path().stem().extension() == ".plan") continue;
    try {
      const Json card = readJson(entry.path(), 1 << 20);
      ShippedModel model{.name = card.at("name"),
                         .weights = entry.path().parent_path() / (entry.path().stem().string() + ".safetensors"),
                         .title = card.at("title"),
                         .goodFor = card.at("good_for"),
                         .licence = card.at("licence"),
                         .sha256 = card.at("sha256"),
                         .dimensions = card.value("dimensions", 2)};
      if (!fs::exists(model.weights))
        throw Error(ErrorKind::BadInput, "unreadable-file", "The weights " + displayPath(model.weights) + " are missing.");
      models.push_back(std::move(model));
    } catch (const std::exception& error) {
      if (warnings != nullptr)
        warnings->push_back({"bad-model", "", "The shipped model " + displayPath(entry.path()) + " is left out: " + error.what()});
    }
  }
  std::sort(models.begin(), models.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return models;
}

std::vector<AdaptedModel> adaptedModels(const fs::path& study, std::vector<Warning>* warnings) {
  std::vector<AdaptedModel> models;
  std::error_code code;
  if (study.empty()) return models;
  for (const auto& entry : fs::directory_iterator(study / kAdaptedFolder, code)) {
    const fs::path said = entry.path() / kAdaptationFile, weights = entry.path() / "model.safetensors";
    if (!fs::exists(said, code)) continue;  // not finished
    try {
      const Json card = readJson(said, 1 << 24);
      if (!fs::exists(weights))
        throw Error(ErrorKind::BadInput, "unreadable-file", "The weights " + displayPath(weights) + " are missing.");
      AdaptedModel adapted{
          .model = {.name = entry.path().filename().string(), .weights = weights}, .base = card.at("base"), .learntFrom = {}};
      adapted.model.title = adapted.base + " adapted to the labels of this study";
      adapted.model.goodFor = "The classes of this study.";
      adapted.model.sha256 = card.at("sha256");
      adapted.model.dimensions = card.value("dimensions", 2);
      for (const auto& name : card.at("learnt_from")) adapted.learntFrom.push_back(name.get<std::string>());
      models.push_back(std::move(adapted));
    } catch (const std::exception& error) {
      if (warnings != nullptr)
        warnings->push_back({"bad-model", "", "The adapted model " + displayPath(entry.path()) + " is left out: " + error.what()});
    }
  }
  std::sort(models.begin(), models.end(), [](const auto& a, const auto& b) { return a.model.name < b.model.name; });
  return models;
}

}  // namespace roundel
