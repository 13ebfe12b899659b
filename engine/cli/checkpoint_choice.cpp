#include "cli/checkpoint_choice.h"

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "project/project.h"
#include "rounds/runner.h"

namespace roundel::cli {
namespace {

/// The checkpoint of the round that was promoted, as it was then.
std::filesystem::path promotedCheckpoint(const std::filesystem::path& study) {
  const Project project = Project::open(study, Access::ReadOnly);
  const std::string remedy = "Promote a round: roundel promote " + displayPath(study) + " --run ID --round N";
  const auto model = project.promotedModel();
  if (!model)
    throw Error(ErrorKind::BadInput, "no-model", "No round was made the model of the study yet.",
                {.path = displayPath(study), .remedy = remedy});
  const auto path = project.folder() / model->path;
  if (!std::filesystem::is_regular_file(path))
    throw Error(ErrorKind::BadInput, "model-missing", "The model of the study is not where it was.",
                {.path = displayPath(path), .remedy = remedy});
  if (sha256OfFile(path) != model->sha256)
    throw Error(ErrorKind::BadInput, "model-changed", "The file of the study's model has other content than when it was promoted.",
                {.path = displayPath(path), .remedy = remedy});
  return path;
}

}  // namespace

std::filesystem::path checkpointFrom(const std::filesystem::path& model) {
  if (!std::filesystem::is_directory(model)) return model;
  if (std::filesystem::exists(model / "project.db")) return promotedCheckpoint(model);
  if (std::filesystem::exists(model / "model.safetensors")) return model / "model.safetensors";
  const int last = lastTrainedRound(model);
  if (last < 0)
    throw Error(ErrorKind::BadInput, "no-model", "There is no trained specialist in " + displayPath(model) + ".",
                {.path = displayPath(model),
                 .remedy = "Give a model.safetensors, a folder of roundel train, a run's folder, or a study with a promoted round."});
  return checkpointOf(model, last);
}

}  // namespace roundel::cli
