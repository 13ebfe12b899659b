#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/geometry.h"
#include "core/mask.h"

namespace roundel {

// From a volume's own voxels to the cube that a network for volumes sees, and back (ALGORITHMS.md 9.1): resampled to a spacing, in
// canonical order (axis 0 runs to the patient's right, 1 to the front, 2 up: "RAS+"), cut out around the target.

/// Voxel coordinates, centres at integers.
using VolumePoint = std::array<double, 3>;

/// A volume's resampled, canonical grid.
struct VolumeFrame {
  Size imageSize;
  Size resampledSize;  ///< still in the image's order of axes; covers the same part of the world
  /// The image's axis (0 x, 1 y, 2 z) that runs nearest to the canonical one, and whether it runs against it.
  std::array<std::size_t, 3> axis{0, 1, 2};
  std::array<bool, 3> reversed{};
  std::array<std::int64_t, 3> size{};  ///< in canonical order

  /// Of a voxel x, y, z of the image.
  VolumePoint toFrame(const VolumePoint& voxel) const;
};

/// `spacingMm` 0, or a volume whose spacing is not known: its own voxels stay. Throws Error(BadInput, "bad-geometry") where the spacing is
/// no positive number or the resampled volume would not fit any memory.
VolumeFrame volumeFrame(const Geometry& geometry, double spacingMm);

/// A cube of the canonical grid; it may reach beyond the volume.
struct CubeCrop {
  std::array<std::int64_t, 3> first{};  ///< its first voxel
  std::int64_t side = 0;

  bool holds(const VolumePoint& inFrame) const;
  bool operator==(const CubeCrop&) const = default;
};

/// The voxel nearest to the centre gets the index side / 2, as published (torchio's CropOrPad); never moved to stay inside.
CubeCrop cropAround(const VolumePoint& centre, std::int64_t side);
/// Whether any voxel of the crop is one of the volume.
bool overlaps(const CubeCrop& crop, const VolumeFrame& frame);

/// The crop in canonical order, [axis 0][axis 1][axis 2]; `volume` is the resampled one in the image's order. Voxels beyond the volume are
/// NaN: what stands for them is a matter of normalisation.
std::vector<float> cropped(std::span<const float> volume, const VolumeFrame& frame, const CubeCrop& crop);

enum class VolumeProbability { No, Yes };

/// A mask on the image's own grid, with its soft form where that is wanted.
struct VolumeMask {
  Mask mask;
  std::vector<float> probability;
};

/// The way back: logits of a crop, [axis 0][axis 1][axis 2], interpolated linearly at the centres of the image's voxels; above 0 is inside,
/// outside of the crop is outside. (The published code resamples the finished mask to the nearest voxel; between its own voxels that
/// gives steps.)
VolumeMask onImage(std::span<const float> logits, const VolumeFrame& frame, const CubeCrop& crop, VolumeProbability soft);

}  // namespace roundel
