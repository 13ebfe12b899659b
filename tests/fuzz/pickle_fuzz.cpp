// The pickle inside a checkpoint, without the archive around it.
#include <filesystem>
#include <span>

#include "core/error.h"
#include "weights/pickle_reader.h"
#include "weights/pytorch_nesting.h"
#include "weights/pytorch_tensor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path file = "model.pth";
  try {
    const auto graph = roundel::pickle::read(std::as_bytes(std::span(data, size)), file);
    const auto weights = roundel::findWeights(graph, file);
    for (const auto& [name, value] : weights.tensors) roundel::describeTensor(graph, value, file, name);
  } catch (const roundel::Error&) {
  }
  return 0;
}
