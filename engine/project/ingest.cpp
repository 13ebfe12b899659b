#include "project/ingest.h"

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"

namespace roundel {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kLargestDocument = std::uintmax_t{1} << 30;

/// The result inside a document of the command line, or the object itself.
const Json& resultOf(const Json& document) { return document.contains("result") ? document["result"] : document; }

/// Compares the files that the document lists with their hashes. Paths that leave the run's folder are refused.
void verifyFiles(const Json& result, const fs::path& folder, const std::string& runId) {
  if (!result.contains("files")) return;
  for (const auto& one : result["files"]) {
    const fs::path relative = one.at("path").get<std::string>();
    const std::string wanted = one.at("sha256").get<std::string>();
    const fs::path normal = relative.lexically_normal();
    if (relative.is_absolute() || normal.empty() || *normal.begin() == "..")
      throw Error(ErrorKind::BadInput, "bad-document", "The run " + runId + " lists a file outside its folder.",
                  {.path = displayPath(relative)});
    if (sha256OfFile(folder / normal) != wanted)
      throw Error(ErrorKind::BadInput, "hash-mismatch",
                  "The file " + displayPath(normal) + " of the run " + runId + " has changed since it was written.",
                  {.path = displayPath(folder / normal), .remedy = "Run it again, or put the file back; nothing was taken in."});
  }
}

}  // namespace

IngestOutcome ingestRun(Project& project, const std::string& runId) {
  const fs::path folder = project.runFolder(runId);
  const fs::path path = folder / "run.json";
  if (!fs::is_regular_file(path))
    throw Error(ErrorKind::BadInput, "unknown-run", "There is no finished round of a run named " + runId + ".",
                {.path = displayPath(path), .remedy = "See the runs with `roundel info`."});
  const std::string text = readFile(path, kLargestDocument);
  const std::string hash = sha256Hex(text);
  const auto known = project.run(runId);
  if (known && known->documentSha256 == hash) return IngestOutcome::AlreadyThere;
  RunRecord run;
  try {
    const Json document = Json::parse(text);
    run = runRecordFromJson(resultOf(document));
    verifyFiles(resultOf(document), folder, runId);
  } catch (const Json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", displayPath(path) + " is not the record of a run.", {.path = displayPath(path)});
  }
  if (run.id != runId)
    throw Error(ErrorKind::BadInput, "bad-document", displayPath(path) + " is the record of another run, " + sanitisedUtf8(run.id) + ".",
                {.path = displayPath(path)});
  run.documentSha256 = hash;
  project.saveRun(run);
  return known ? IngestOutcome::Updated : IngestOutcome::TakenIn;
}

IngestReport ingestAll(Project& project) {
  IngestReport report;
  std::vector<std::string> ids;
  std::error_code code;
  for (fs::directory_iterator entry(project.folder() / "runs", code), end; !code && entry != end; entry.increment(code))
    if (fs::is_regular_file(entry->path() / "run.json")) ids.push_back(entry->path().filename().native());
  std::sort(ids.begin(), ids.end());
  for (const auto& id : ids) {
    try {
      if (ingestRun(project, id) != IngestOutcome::AlreadyThere) report.takenIn.push_back(id);
    } catch (const Error& problem) {
      if (problem.kind() != ErrorKind::BadInput) throw;
      report.warnings.push_back({problem.code(), "", problem.what()});
    }
  }
  return report;
}

}  // namespace roundel
