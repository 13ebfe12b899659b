#include "models/generalists/model_export.h"

#include <torch/torch.h>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "models/generalists/architectures.h"
#include "weights/checkpoint.h"
#include "weights/tensor_bytes.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

ExportedModel filesIn(const fs::path& out, const std::string& name) {
  std::error_code failure;
  fs::create_directories(out, failure);
  return {.weights = out / (name + ".safetensors"), .description = out / (name + ".json")};
}

/// The description last: where it is, the weights are whole.
void describe(const ExportedModel& files, Json json, const std::vector<NamedTensor>& tensors) {
  json["schema"] = "roundel.weights/1";
  json["weights"] = files.weights.filename().string();
  json["content_sha256"] = contentSha256(tensors);
  json["tensors"] = tensors.size();
  writeJsonAtomically(files.description, json);
}

}  // namespace

ExportedModel exportGeneralist(const InstalledModel& model, const fs::path& out, Job& job) {
  const StateDict weights = readStateDict(model.weights);
  const Architecture& architecture = findArchitecture(model.architecture);
  requireArchitecture(weights, architecture);
  const ExportedModel files = filesIn(out, model.name);
  NamedTorchTensors tensors;
  for (const auto& one : neededTensors(architecture, weights)) {
    job.throwIfStopped();
    tensors.emplace_back(one.key, viewOf(weights.tensors.at(one.key), weights.mapping).to(torch::kFloat));
  }
  const TensorsForFile stored = forFile(tensors);
  writeSafetensors(files.weights, stored.named, {{"architecture", architecture.name}, {"licence", licenceOf(model).name}});
  Json json = toJson(model);
  json["kind"] = "generalist";
  json["title"] = architecture.title;
  json["licence"] = licenceOf(model).name;
  json["non_commercial"] = licenceOf(model).nonCommercial;
  describe(files, std::move(json), stored.named);
  return files;
}

ExportedModel exportShipped(const ShippedModel& model, const fs::path& out, Job& job) {
  job.throwIfStopped();
  if (sha256OfFile(model.weights) != model.sha256)
    throw Error(ErrorKind::BadInput, "bad-weights", displayPath(model.weights) + " is not the file that came with Roundel.",
                {.path = displayPath(model.weights), .remedy = "Install Roundel again."});
  const SafetensorsFile file = SafetensorsFile::open(model.weights);
  const ExportedModel files = filesIn(out, model.name);
  std::vector<NamedTensor> tensors;
  for (const auto& [key, tensor] : file.tensors()) tensors.push_back({key, tensor});
  writeSafetensors(files.weights, tensors, file.metadata());
  describe(files,
           {{"name", model.name},
            {"kind", "generalist"},
            {"title", model.title},
            {"good_for", model.goodFor},
            {"licence", model.licence},
            {"sha256", model.sha256}},
           tensors);
  return files;
}

ExportedModel exportSpecialist(const fs::path& checkpoint, const std::string& name, const fs::path& out, Job& job) {
  job.throwIfStopped();
  const SafetensorsFile file = SafetensorsFile::open(checkpoint);
  const CheckpointHeader header = readCheckpointHeader(file);
  const ExportedModel files = filesIn(out, name);
  std::vector<NamedTensor> tensors;
  for (const auto& [key, tensor] : file.tensors()) tensors.push_back({key, tensor});
  writeSafetensors(files.weights, tensors, file.metadata());
  Json json = toJson(header);
  json["kind"] = "specialist";
  describe(files, std::move(json), tensors);
  return files;
}

}  // namespace roundel
