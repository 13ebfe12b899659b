#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace roundel {

/// A tensor as a safetensors header describes it; nothing is checked against the file yet.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;  ///< at most 32 dimensions
  std::uint64_t begin = 0;           ///< bytes from the end of the header
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  ///< sorted by name
  Json metadata = Json::object();         ///< "__metadata__": texts
};

/// Reads the header by events, so that what does not belong there is refused before it costs memory.
/// Throws Error(BadInput, "bad-weights") where it is empty, no UTF-8, no JSON object, nested deep, names a key twice, or describes
/// a tensor otherwise than by "dtype", "shape" and "data_offsets". Unknown fields of a tensor are ignored.
SafetensorsHeader parseSafetensorsHeader(const std::filesystem::path& path, std::string_view text);

/// Throws Error(BadInput, "bad-weights"): "FILE is not a sound safetensors file: REASON." `reason` has no full stop.
[[noreturn]] void refuseSafetensors(const std::filesystem::path& path, const std::string& reason);

}  // namespace roundel
