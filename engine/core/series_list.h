#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace roundel {

/// The slices of one volume whose folder holds other files too (a second series, reports): what a case points to in place of
/// a folder. A small file of this program's own; nothing else is read as one.
///   {"schema": "roundel.series/1", "files": ["/scans/a/IM0001", ...]}
/// Paths are absolute, or relative to the folder of the list.
struct SeriesList {
  std::vector<std::filesystem::path> files;
};

/// Whether the bytes begin as a series list does.
bool looksLikeSeriesList(std::string_view bytes);
/// Absolute paths. Throws Error(BadInput, "bad-document") where the file is damaged, "unreadable-file" where it is not there.
SeriesList readSeriesList(const std::filesystem::path& list);
/// Whole file or nothing. Throws Error(BadInput, "bad-path") where a path is no UTF-8, and what writeJsonAtomically throws.
void writeSeriesList(const std::filesystem::path& list, const SeriesList& series);

}  // namespace roundel
