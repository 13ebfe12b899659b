#pragma once
#include <filesystem>

namespace roundel::test {

/// Writes the weights of a small SAM-Med3D (32 voxels a side, 48 channels; the published keys, numbers drawn from each key) as safetensors.
void writeTinySam3d(const std::filesystem::path& file, int seed = 1);

}  // namespace roundel::test
