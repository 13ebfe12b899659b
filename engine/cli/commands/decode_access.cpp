#include "cli/commands/decode_access.h"

#include "core/error.h"
#include "exchange/image_facts.h"
#include "imaging/image_source.h"

namespace roundel::cli {

ImageFacts DecodeAccess::probe(const std::filesystem::path& file) {
  std::error_code code;
  // A series has no header of its own: its grid is known once its slices are sorted.
  if (std::filesystem::is_directory(file, code)) return factsOf(m_client.inspect({.paths = {file}}));
  auto results = m_client.probe({file});
  if (auto* error = std::get_if<Error>(&results.at(0))) throw *error;
  const ImageProbe& probe = std::get<ImageProbe>(results[0]);
  // A volume is read to its end, so that a damaged one is refused now; its pixels stay in the decoder. Labels are read as such later.
  const bool volume = probe.size.z > 1 && probe.modalityWord != "SEG";
  return volume ? factsOf(m_client.inspect({.paths = {file}})) : factsOf(probe);
}

ImageFacts DecodeAccess::probeSeries(const std::vector<std::filesystem::path>& slices) {
  return factsOf(m_client.inspect({.paths = slices}));
}

StoredImage DecodeAccess::load(const std::filesystem::path& file) { return loadLabelMap(m_client, file).image; }

}  // namespace roundel::cli
