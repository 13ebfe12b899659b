#pragma once
#include <filesystem>
#include <string>

#include "core/job.h"
#include "models/generalists/model_folder.h"
#include "models/generalists/shipped_models.h"

namespace roundel {

struct ExportedModel {
  std::filesystem::path weights;      ///< safetensors
  std::filesystem::path description;  ///< JSON, schema "roundel.weights/1"
};

/// Writes OUT/NAME.safetensors, every tensor under its published name, and OUT/NAME.json: architecture, licence, SHA-256, what its
/// pictures go through. Existing files of these names are replaced. Throws as ModelFolder::verify and writeSafetensors.
ExportedModel exportGeneralist(const InstalledModel& model, const std::filesystem::path& out, Job& job);

/// The same for a generalist that comes with Roundel. Throws Error(BadInput, "bad-weights") where its file is not what came.
ExportedModel exportShipped(const ShippedModel& model, const std::filesystem::path& out, Job& job);

/// The same for a trained specialist's checkpoint (docs/CHECKPOINTS.md): classes, working size, normalisation, pixel pipeline, plan.
/// `name` is what the files are called.
ExportedModel exportSpecialist(const std::filesystem::path& checkpoint, const std::string& name, const std::filesystem::path& out,
                               Job& job);

}  // namespace roundel
