#pragma once
#include <filesystem>

#include "core/json.h"

namespace roundel {

/// Every parameter of the plan that a network of crops was trained by, from its file. Throws as readCropModelCard() (crop_model.h).
Json cropModelParams(const std::filesystem::path& path);

}  // namespace roundel
