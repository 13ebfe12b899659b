#include "core/series_list.h"

#include "core/bounded_json.h"
#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

constexpr const char* kSchema = "roundel.series/1";
constexpr std::string_view kBegins = "{\n \"schema\": \"roundel.series/1\"";  // as writeJsonAtomically begins
constexpr std::size_t kMaximumSlices = 100'000;

}  // namespace

bool looksLikeSeriesList(std::string_view bytes) { return bytes.starts_with(kBegins); }

SeriesList readSeriesList(const std::filesystem::path& list) {
  const auto refuse = [&](const std::string& reason) {
    throw Error(ErrorKind::BadInput, "bad-document", displayPath(list.filename()) + " is no list of slices: " + reason + ".",
                {.path = displayPath(list), .remedy = "Import the series again."});
  };
  const ForeignJson document = readForeignJson(list, {.bytes = 1 << 26, .depth = 4, .values = 2 * kMaximumSlices});
  if (textMember(document, "schema") != kSchema) refuse("its schema is unknown");
  const auto* files = arrayMember(document, "files");
  if (files == nullptr || files->empty() || files->size() > kMaximumSlices) refuse("it names no files");
  const auto folder = std::filesystem::absolute(list).parent_path();
  SeriesList series;
  for (const auto& file : *files) {
    if (!file.is_string() || file.get_ref<const std::string&>().empty()) refuse("an entry is no path");
    series.files.push_back(folder / file.get<std::string>());
  }
  return series;
}

void writeSeriesList(const std::filesystem::path& list, const SeriesList& series) {
  Json files = Json::array();
  for (const auto& file : series.files) {
    if (!isUtf8(file.native()))
      throw Error(ErrorKind::BadInput, "bad-path", "The path " + displayPath(file) + " cannot be written down: it is no UTF-8.",
                  {.path = displayPath(file), .remedy = "Put the series into a folder of its own, or rename its files."});
    files.push_back(file.native());
  }
  writeJsonAtomically(list, {{"schema", kSchema}, {"files", std::move(files)}});
}

}  // namespace roundel
