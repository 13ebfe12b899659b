#pragma once
#include <filesystem>
#include <vector>

#include "imaging/decoded_image.h"
#include "imaging/source_file.h"

namespace roundel {

// What the limited process runs. Everybody else goes through DecodeClient (decode_client.h): these functions trust libraries
// that known files bring down.

/// Reads one file of any kind, told apart by its bytes and not by its name; or a folder that holds one DICOM series, or a list of its
/// slices (core/series_list.h); or, given several paths, those slices as one series. Throws Error(BadInput, "unreadable-image" |
/// "several-series").
DecodedImage readImage(const std::vector<std::filesystem::path>& paths, const DecodeContext& context);

/// The header of one file. Throws Error(BadInput, "unreadable-image").
ImageProbe probeImage(const std::filesystem::path& path, const DecodeContext& context);

}  // namespace roundel
