#pragma once
#include <filesystem>
#include <string>

namespace roundel::test {

/// Writes the weights of a small Segment Anything network (64 pixels, 16 channels; the published keys, numbers drawn from each key) as
/// safetensors. `seed` makes another one of the same shapes.
void writeTinySam(const std::filesystem::path& file, int seed = 1);

/// The same for a published SAM 2 ("sam2.1_hiera_tiny": 156 MB), image mode alone. There is no smaller one: its frame is fixed.
void writeSam2(const std::filesystem::path& file, const std::string& name, int seed = 1);

}  // namespace roundel::test
