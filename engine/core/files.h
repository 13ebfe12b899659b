#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "core/json.h"

namespace roundel {

/// Writes the whole file or nothing: to a temporary file beside it, synced, then renamed over it. A kill at any moment leaves
/// the old file or the new one. Throws Error(Resource, "disk-full" | "not-writable") with the path.
void writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);
/// The same with indented JSON and a newline at the end.
void writeJsonAtomically(const std::filesystem::path& path, const Json& json);

/// Throws Error(BadInput, "unreadable-file") with the path; files above `maximumBytes` are refused ("file-too-large").
std::string readFile(const std::filesystem::path& path, std::uintmax_t maximumBytes = std::uintmax_t{1} << 32);
/// Throws Error(BadInput, "bad-document") where the file is no JSON.
Json readJson(const std::filesystem::path& path, std::uintmax_t maximumBytes = std::uintmax_t{1} << 32);

/// A path for people and documents: UTF-8, every byte that is not UTF-8 replaced by U+FFFD.
std::string displayPath(const std::filesystem::path& path);
/// Whether the text is valid UTF-8.
bool isUtf8(std::string_view text);
/// The text with every byte that is not UTF-8 replaced by U+FFFD.
std::string sanitisedUtf8(std::string_view text);

}  // namespace roundel
