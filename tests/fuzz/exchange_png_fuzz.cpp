#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "exchange/label_png.h"

/// Checksums stop random changes early; the corpus therefore matters less here than the header's sizes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto pixels = roundel::labelsFromPng(std::string_view(reinterpret_cast<const char*>(data), size), "x");
    if (pixels.values.size() != static_cast<std::size_t>(pixels.size.count())) __builtin_trap();
  } catch (const roundel::Error& error) {
    if (error.kind() == roundel::ErrorKind::Defect) __builtin_trap();
  }
  return 0;
}
