#pragma once
#include <filesystem>
#include <vector>

#include "imaging/decoded_image.h"
#include "imaging/source_file.h"

namespace roundel {

/// One DICOM object: a radiograph, a slice, or all frames of a multi-frame object. Frames whose planes differ only in their
/// position are put in the order of their positions (`source.frame_order` says how); others keep the order of the file.
/// Frames with different rescales come out as floats with the rescale applied. Throws Error(BadInput, "unreadable-image").
DecodedImage readDicom(const SourceFile& file, const DecodeContext& context);
ImageProbe probeDicom(const SourceFile& file, const DecodeContext& context);

/// Slices of one series as a volume, sorted by position along the normal (`source.slice_order` holds the indices into `paths`
/// in that order). Gaps, missing and doubled slices become warnings. Slices of different size, kind or series are refused.
/// Throws Error(BadInput, "unreadable-image").
DecodedImage readDicomSeries(const std::vector<std::filesystem::path>& paths, const DecodeContext& context);

/// The DICOM files right inside a folder that hold pixels, by name. Throws Error(BadInput, "unreadable-image") where there are none, or
/// where they belong to more than one series (the sentence says how many).
std::vector<std::filesystem::path> seriesFiles(const std::filesystem::path& folder, const DecodeContext& context);

}  // namespace roundel
