#pragma once
#include <vector>

#include "core/json.h"
#include "imaging/dicom_facts.h"

namespace roundel {

/// What a segmentation object (DICOM PS3.3 A.51, A.101: Segmentation and Label Map Segmentation Storage) says besides its pixels; null for
/// every other object:
///   {"type": "BINARY" | "FRACTIONAL" | "LABELMAP", "largest": number of a full pixel (FRACTIONAL), "series": [keys of the series that it
///    names], "segments": [{"number", "label", "type"}], "frames": [{"segment": number, 0 for LABELMAP, "position": [x, y, z]}],
///    "row": [x, y, z], "column": [x, y, z]}
/// Frames are listed in the file's order, or in that of `order` where it is not empty. Without planes there are no positions, and frames
/// of different orientation have none either.
Json segmentationOf(const DicomFile& dicom, const DicomScopes& scopes, const std::vector<SlicePlacement>& planes,
                    const std::vector<std::size_t>& order, const std::string& salt);

}  // namespace roundel
