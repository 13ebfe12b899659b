#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace roundel {

/// Regular files under a folder, hidden ones left out, links to folders not followed; by path, numbers in names by value
/// (9 before 10). A file that is named itself gives itself.
/// Throws Error(BadInput, "unreadable-file" | "too-many-files") - a million is the limit.
std::vector<std::filesystem::path> filesUnder(const std::filesystem::path& folder);
/// .png .jpg .jpeg .tif .tiff .bmp .dcm .nii .nii.gz .nrrd .nhdr .mha .mhd .hdr .ima, and names without extension that begin as
/// DICOM does.
bool isImageName(const std::filesystem::path& file);
/// Whether the file has DICOM's mark at byte 128.
bool beginsAsDicom(const std::filesystem::path& file);
/// Extension in lower case, with its dot.
std::string lowerExtension(const std::filesystem::path& file);
/// File name without extension; .nii.gz counts as one, and an unknown ending stays ("1.2.840.1").
std::string imageStem(const std::filesystem::path& file);
/// The name without what label files are often marked with: _mask, _label, _seg, _gt ...
std::string withoutLabelEnding(const std::string& stem);
/// How labels name these images: each by its file's name, with as many of its folders before it as tell it apart from the others
/// ("b/x.png" beside "a/x.png"). UTF-8.
std::vector<std::string> imageReferences(const std::vector<std::filesystem::path>& images);
/// Whether a comes before b where digits count by value.
bool naturallyBefore(const std::string& a, const std::string& b);

}  // namespace roundel
