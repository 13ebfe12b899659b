// Weights that somebody sent: what opens must be safe to read to the last byte.
#include <filesystem>
#include <span>

#include "core/error.h"
#include "weights/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path path = "model.safetensors";
  static volatile unsigned sink = 0;
  try {
    const auto file = roundel::SafetensorsFile::open(roundel::MappedFile::over(path, std::as_bytes(std::span(data, size))));
    for (const auto& [name, tensor] : file.tensors())
      for (const std::byte byte : tensor.bytes) sink = sink + std::to_integer<unsigned>(byte);
  } catch (const roundel::Error&) {
  }
  return 0;
}
