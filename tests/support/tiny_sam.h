#pragma once
#include <filesystem>

namespace roundel::test {

/// Writes the weights of a small Segment Anything network (64 pixels, 16 channels; the published keys, numbers drawn from each key) as
/// safetensors. `seed` makes another one of the same shapes.
void writeTinySam(const std::filesystem::path& file, int seed = 1);

}  // namespace roundel::test
