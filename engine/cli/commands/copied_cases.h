#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/hash.h"
#include "exchange/study.h"
#include "project/project.h"

namespace roundel::cli {

/// Case names as the project writes them.
inline std::set<std::string> namesOf(const ImportedStudy& study) {
  std::set<std::string> names;
  for (const auto& one : study.cases) names.insert(safeCaseName(one.name));
  return names;
}

/// SHA-256 of a file; of a folder (a series) over its files' names and content.
inline std::string contentOf(const std::filesystem::path& image) {
  if (!std::filesystem::is_directory(image)) return sha256OfFile(image);
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(image))
    if (entry.is_regular_file()) files[entry.path().lexically_relative(image).native()] = sha256OfFile(entry.path());
  Sha256 hash;
  for (const auto& [name, content] : files) hash.update(content + " " + name + "\n");
  return hash.hex();
}

/// The same of the slices of a series that share their folder with other files: what their copy will hold.
inline std::string contentOf(const std::vector<std::filesystem::path>& slices) {
  std::map<std::string, std::string> files;
  for (const auto& slice : slices) files[slice.filename().native()] = sha256OfFile(slice);
  Sha256 hash;
  for (const auto& [name, content] : files) hash.update(content + " " + name + "\n");
  return hash.hex();
}

/// The list of a series' slices in the study, relative to its folder: the same for the same slices.
inline std::filesystem::path seriesListOf(const std::vector<std::filesystem::path>& slices) {
  constexpr std::size_t kHashLength = 16;
  Sha256 hash;
  for (const auto& slice : slices) hash.update(std::filesystem::weakly_canonical(slice).native() + "\n");
  return std::filesystem::path("images") / ("series-" + hash.hex().substr(0, kHashLength) + ".json");
}

/// The cases of a study whose image was copied into it: their files lie elsewhere than what is imported, so that they are known
/// again by content alone.
class CopiedCases {
 public:
  CopiedCases(const Project& project, const ImportedStudy& study) : m_names(namesOf(study)) {
    for (auto& one : project.cases()) {
      if (one.contentHash.empty()) continue;
      if (one.fileBytes) m_sizes.insert(*one.fileBytes);
      m_byContent.emplace(one.contentHash, std::move(one));
    }
  }

  /// Whether the image must be read to know it: no copy has its size otherwise.
  bool mayHold(const std::filesystem::path& image) const {
    std::error_code code;
    const auto bytes = std::filesystem::file_size(image, code);
    return !m_byContent.empty() && (code || m_sizes.contains(bytes));
  }

  /// The case with this content and name; else one whose name none of the imported cases has (a file that was renamed). Cases of
  /// the same content, a data set's own doubles, stay two.
  std::optional<Case> find(const std::string& content, const std::string& name) const {
    const auto [begin, end] = m_byContent.equal_range(content);
    for (auto at = begin; at != end; ++at)
      if (at->second.name == safeCaseName(name)) return at->second;
    for (auto at = begin; at != end; ++at)
      if (!m_names.contains(at->second.name)) return at->second;
    return std::nullopt;
  }

 private:
  std::set<std::string> m_names;
  std::set<std::uint64_t> m_sizes;
  std::multimap<std::string, Case> m_byContent;
};

}  // namespace roundel::cli
