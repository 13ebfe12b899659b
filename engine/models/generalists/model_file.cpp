#include "models/generalists/model_file.h"

#include "core/error.h"
#include "core/files.h"

namespace roundel {

ModelFile openModelFile(const std::filesystem::path& file, Checksums checksums) {
  ModelFile result{.state = readStateDict(file, checksums), .shapes = {}, .extension = {}};
  for (const auto& [key, tensor] : result.state.tensors) result.shapes[key] = tensor.shape;
  result.extension = result.state.format == "safetensors" ? ".safetensors" : ".pth";
  return result;
}

void requireNumbers(const ModelFile& file, const Architecture& architecture, Job& job) {
  const TensorShapes needed = neededTensors(architecture, file.shapes);
  std::int64_t done = 0;
  for (const auto& [key, shape] : needed) {
    job.throwIfStopped();
    job.progress(done++, static_cast<std::int64_t>(needed.size()), "looking at every weight");
    const auto found = file.state.tensors.find(key);
    const std::string shown = displayPath(file.state.path);
    const auto refuse = [&](const std::string& what) {
      throw Error(ErrorKind::BadInput, "bad-weights", shown + ": the weights of " + key + " " + what,
                  {.path = shown, .remedy = "The file is damaged or was saved from a training that failed; get it again."});
    };
    if (found == file.state.tensors.end()) continue;
    const std::string& type = found->second.dtype;
    if (type != "F32" && type != "F16" && type != "BF16" && type != "F64") refuse("are no real numbers but " + type + ".");
    if (!allFinite(found->second)) refuse("hold values that are no finite numbers.");
  }
}

}  // namespace roundel
