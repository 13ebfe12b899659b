#include <algorithm>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/hash.h"
#include "weights/safetensors.h"

namespace roundel {
namespace {

void sortForFile(std::vector<NamedTensor>& tensors) {
  std::sort(tensors.begin(), tensors.end(), [](const NamedTensor& a, const NamedTensor& b) {
    const auto left = bytesOfDtype(a.tensor.dtype), right = bytesOfDtype(b.tensor.dtype);
    return left != right ? left > right : a.name < b.name;
  });
}

std::string makeHeader(const std::vector<NamedTensor>& tensors, const Json& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) {
    Json& texts = header["__metadata__"] = Json::object();
    for (const auto& [key, value] : metadata.items())
      texts[key] = value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  std::size_t position = 0;
  for (const auto& [name, tensor] : tensors) {
    const auto need = static_cast<std::size_t>(tensor.elementCount()) * bytesOfDtype(tensor.dtype);
    if (bytesOfDtype(tensor.dtype) == 0 || need != tensor.bytes.size() || header.contains(name))
      throw Error(ErrorKind::Defect, "bad-tensor",
                  "Tensor " + name + " cannot be written: its type, shape and bytes do not agree, or it comes twice.");
    header[name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {position, position + need}}};
    position += need;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

}  // namespace

void writeSafetensors(const std::filesystem::path& path, std::vector<NamedTensor> tensors, const Json& metadata) {
  sortForFile(tensors);
  const std::string header = makeHeader(tensors, metadata);
  AtomicFile file(path);
  const std::uint64_t length = header.size();
  file.write(&length, sizeof length);
  file.write(header.data(), header.size());
  for (const auto& [name, tensor] : tensors) file.write(tensor.bytes.data(), tensor.bytes.size());
  file.finish();
}

std::string contentSha256(std::vector<NamedTensor> tensors) {
  std::sort(tensors.begin(), tensors.end(), [](const NamedTensor& a, const NamedTensor& b) { return a.name < b.name; });
  Sha256 hash;
  for (const auto& [name, tensor] : tensors) hash.update(tensor.bytes.data(), tensor.bytes.size());
  return hash.hex();
}

}  // namespace roundel
