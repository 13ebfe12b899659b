#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "core/image.h"
#include "raster/stored_image.h"

namespace roundel {

/// What an HDF5 file of the literature holds (see hdf5_reader.h).
struct Hdf5Volume {
  Geometry geometry;                 ///< kept in the attribute `geometry` of every data set, so that nothing is lost
  bool oriented = true;              ///< the geometry says how the volume lies in the patient
  PixelValues image;                 ///< one channel, on the geometry
  std::optional<PixelValues> label;  ///< on the same grid
};

/// `image` and `label` with the sides (x, y, z), a picture as (y, x); packed with gzip by slices. Whole file or nothing; the same
/// input gives the same bytes (no times are written).
/// Throws Error(Resource, "disk-full" | "not-writable") and Error(Defect, "bad-image") where values do not fit the size.
void writeHdf5(const std::filesystem::path& path, const Hdf5Volume& volume);

}  // namespace roundel
