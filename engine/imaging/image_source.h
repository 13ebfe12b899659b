#pragma once
#include <filesystem>
#include <functional>
#include <vector>

#include "imaging/decode_client.h"
#include "raster/pixel_pipeline.h"

namespace roundel {

/// Where a case's image lies: one file, a folder with one DICOM series, or the slices of a series.
struct ImageReference {
  std::vector<std::filesystem::path> files;
  int volume = 0;  ///< of a 4-D file
};

/// An image that went through the pipeline, with what was done to it.
struct LoadedImage {
  Image image;                     ///< see applyPixelPipeline
  PixelPipelineSettings settings;  ///< every automatic choice made: what may be stored with the case
  PatientFacts patient;
  std::vector<Warning> warnings;
};

/// From a case's file to the picture: the one place for display, generalist and training. The file is opened by the limited
/// process behind `client`, never here. Throws Error(BadInput, "unreadable-image" ...), and Cancelled where a stop was requested meanwhile.
LoadedImage loadImage(DecodeClient& client, const ImageReference& reference, const PixelPipelineSettings& settings = {},
                      const std::function<bool()>& stopRequested = {});

/// The same from an image that is decoded already.
LoadedImage renderImage(const DecodedImage& decoded, const PixelPipelineSettings& settings = {});

/// A label map of the same file kinds: indices of palettes, stored integers, no pipeline.
/// Throws Error(BadInput, "unreadable-image") where the file holds colours or fractions.
DecodedImage loadLabelMap(DecodeClient& client, const std::filesystem::path& path);

}  // namespace roundel
