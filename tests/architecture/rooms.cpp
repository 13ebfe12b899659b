#include "architecture/house.h"

namespace roundel::house {

const std::map<std::string, Room>& rooms() {
  static const std::set<std::string> below = {"core",    "raster",   "phantom", "device",  "fabric",  "nn",
                                              "weights", "models",   "prompts", "train",   "imaging", "edit",
                                              "project", "exchange", "refine",  "quality", "rounds",  "report"};
  static const std::set<std::string> belowCli = [] {
    auto all = below;
    all.insert("service");
    return all;
  }();
  static const std::map<std::string, Room> table = {
      // Lowest: the standard library and nlohmann-json alone.
      {"core", {}},
      {"raster", {{"core"}, {}}},
      {"phantom", {{"core", "raster"}, {}}},
      {"fabric", {{"core"}, {}}},
      // LibTorch alone: these build with the preset `gpu`.
      {"device", {{"core"}, {"Torch"}}},
      {"nn", {{"core", "device"}, {"Torch"}}},
      {"weights", {{"core", "nn"}, {"Torch", "zlib"}}},
      {"models", {{"core", "raster", "device", "nn", "weights"}, {"Torch"}}},
      {"prompts", {{"core", "raster"}, {}}},
      // train makes the scenes that generalists learn from while it learns.
      {"train", {{"core", "raster", "phantom", "device", "fabric", "nn", "weights", "models", "prompts"}, {"Torch"}}},
      // Files and the project folder.
      {"imaging", {{"core", "raster"}, {"GDCM", "HDF5", "libpng", "libjpeg", "libtiff", "zlib"}}},
      {"edit", {{"core", "raster"}, {}}},
      {"project", {{"core", "raster"}, {"SQLite", "zlib"}}},
      {"exchange", {{"core", "raster", "imaging", "project"}, {"zlib", "pugixml"}}},
      // From a prediction to a judged pseudo-label.
      {"refine", {{"core", "raster", "models", "prompts"}, {"OpenCV", "Eigen"}}},
      {"quality", {{"core", "raster", "models", "prompts", "refine"}, {}}},
      {"rounds",
       {{"core", "raster", "phantom", "device", "fabric", "weights", "models", "prompts", "train", "imaging", "edit", "project", "exchange",
         "refine", "quality"},
        {"zlib"}}},
      {"report", {{"core", "raster", "imaging", "project", "models", "prompts", "quality", "rounds"}, {"libharu"}}},
      // The two that speak to the outside.
      {"service", {below, {"spdlog"}}},
      {"cli", {belowCli, {"CLI11", "spdlog"}}},
      // The desktop, in folders of its own beside engine/: no LibTorch. VTK stays behind the viewer's headers.
      {"viewer", {{"core", "raster"}, {"Qt", "VTK"}}},
      {"ui", {{"core", "raster", "imaging", "edit", "project", "viewer"}, {"Qt"}}},
      {"app", {{"ui"}, {"Qt"}}},
  };
  return table;
}

}  // namespace roundel::house
