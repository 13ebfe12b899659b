#include "train/prepared_file.h"

#include "core/error.h"
#include "core/files.h"

namespace roundel {

void refusePrepared(const std::filesystem::path& path, const std::string& reason) {
  throw Error(ErrorKind::BadInput, "bad-prepared-study", displayPath(path) + " is no prepared study: " + reason + ".",
              {.path = displayPath(path), .remedy = "Make it again with roundel prepare STUDY --out FILE.safetensors."});
}

TensorView preparedTensor(const SafetensorsFile& file, const std::string& name, const char* dtype, const std::vector<std::int64_t>& shape) {
  if (!file.has(name)) refusePrepared(file.path(), "the tensor " + name + " is missing");
  const TensorView& tensor = file.tensor(name);
  if (tensor.dtype != dtype || tensor.shape != shape)
    refusePrepared(file.path(), "the tensor " + name + " has another type or shape than its header says");
  return tensor;
}

std::span<const std::uint8_t> bytesAt(const TensorView& tensor, std::size_t start, std::size_t count) {
  return {reinterpret_cast<const std::uint8_t*>(tensor.bytes.data()) + start, count};
}

}  // namespace roundel
