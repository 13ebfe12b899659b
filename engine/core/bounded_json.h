#pragma once
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace roundel {

/// Foreign JSON. Unlike roundel::Json its keys are sorted, so that an object with very many keys is no trap.
using ForeignJson = nlohmann::json;

/// What a foreign document may cost. The defaults read a COCO file of 1 GB.
struct JsonLimits {
  std::uintmax_t bytes = std::uintmax_t{1} << 30;
  int depth = 64;
  std::int64_t values = 400'000'000;
};

/// Parses by events, so that depth and number of values are refused before they cost memory.
/// Throws Error(BadInput, "bad-document" | "document-too-large") that names the file.
ForeignJson parseForeignJson(std::string_view text, const std::filesystem::path& file, JsonLimits limits = {});
ForeignJson readForeignJson(const std::filesystem::path& file, JsonLimits limits = {});

/// The names of the outermost object's entries; none where the file is no JSON object within the limits.
std::set<std::string> outermostKeys(const std::filesystem::path& file, JsonLimits limits = {});

/// The entry of an object, where it is of the type; otherwise nothing.
const ForeignJson* member(const ForeignJson& object, const std::string& key);
std::optional<std::int64_t> integerMember(const ForeignJson& object, const std::string& key);
std::optional<double> numberMember(const ForeignJson& object, const std::string& key);
/// Text as UTF-8.
std::optional<std::string> textMember(const ForeignJson& object, const std::string& key);
const ForeignJson* arrayMember(const ForeignJson& object, const std::string& key);
const ForeignJson* objectMember(const ForeignJson& object, const std::string& key);

/// The value as a whole number, also where the file writes 512.0; nothing otherwise.
std::optional<std::int64_t> asInteger(const ForeignJson& value);

}  // namespace roundel
