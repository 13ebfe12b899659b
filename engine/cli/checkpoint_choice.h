#pragma once
#include <filesystem>

namespace roundel::cli {

/// The checkpoint that a person means by a path: a file, a study (its promoted round), a run's folder (its last round) or a training's
/// folder. Throws Error(BadInput, "no-model" | "model-missing" | "model-changed").
std::filesystem::path checkpointFrom(const std::filesystem::path& model);

}  // namespace roundel::cli
