#include "service/open_cases.h"

#include <chrono>

#include "core/elapsed.h"
#include "core/files.h"
#include "project/project.h"

namespace roundel {
namespace {

using Clock = std::chrono::steady_clock;

/// What a reference comes to.
struct Located {
  ImageReference image;
  PixelPipelineSettings pipeline;
  LabelSet classes;
  std::optional<std::filesystem::path> embeddings;
};

Located located(const CaseReference& what) {
  if (what.image && !what.project && !what.caseName) return {.image = {.files = {*what.image}}};
  if (what.image || !what.project || !what.caseName)
    throw Error(ErrorKind::Usage, "bad-field", "The request names neither an image nor a case of a project.",
                {.remedy = "Give image, or project and case."});
  const auto project = Project::open(*what.project, Access::ReadOnly);
  const Case one = project.resolveCase(*what.caseName);
  return {.image = {.files = {project.imagePath(one)}},
          .pipeline = pixelPipelineFromJson(one.pixelPipeline),
          .classes = project.classes(),
          .embeddings = project.embeddingsFolder()};
}

}  // namespace

OpenCases::OpenCases(const ServiceOptions& options) : m_options(options), m_client(options.decoder) {}

std::shared_ptr<const Generalist> OpenCases::generalistNamed(const std::string& name, const Json& settings) {
  const auto registry = m_options.generalists();
  const Params params = resolveParams(registry.find(name).params, settings);
  auto& known = m_generalists[name + " " + params.dump()];
  m_latest = known.lock();
  if (!m_latest) {
    m_latest = registry.create(name, params);
    known = m_latest;
  }
  return m_latest;
}

EmbeddingStore& OpenCases::storeOf(const std::optional<std::filesystem::path>& folder) {
  const std::lock_guard lock(m_mutex);
  auto& store = m_stores[folder.value_or(std::filesystem::path())];
  if (!store) store = folder ? std::make_unique<EmbeddingStore>(EmbeddingFolder(*folder)) : std::make_unique<EmbeddingStore>();
  return *store;
}

const OpenCase& OpenCases::open(const RequestId& id, const CaseReference& what, const std::string& generalist, const Json& settings,
                                Job& job) {
  requirePlaceFor(id);
  OpenCase one{.generalist = generalistNamed(generalist, settings)};
  requireForPictures(*one.generalist);
  const Located where = located(what);
  job.progress(0, 2, "decode");
  auto begin = Clock::now();
  LoadedImage loaded = loadImage(m_client, where.image, where.pipeline, stopOf(job));
  one.decodeMs = millisecondsSince(begin);
  job.throwIfStopped();
  job.progress(1, 2, "embed");
  begin = Clock::now();
  auto& store = storeOf(where.embeddings);
  one.embedding = store.embedding(*one.generalist, loaded.image, job);
  one.embedMs = millisecondsSince(begin);
  one.geometry = loaded.image.geometry;
  one.pipeline = loaded.settings;
  one.classes = where.classes;
  one.warnings = std::move(loaded.warnings);
  if (!store.trouble().empty()) one.warnings.push_back({.code = "embedding-not-kept", .message = store.trouble()});
  const std::lock_guard lock(m_mutex);
  return m_cases.emplace(id, std::move(one)).first->second;
}

void OpenCases::requirePlaceFor(const RequestId& id) const {
  const std::lock_guard lock(m_mutex);
  if (m_cases.contains(id)) throw Error(ErrorKind::Usage, "case-open", "A case is open under this id.", {.remedy = "Take another id."});
  if (m_cases.size() >= m_options.limits.openCases)
    throw Error(ErrorKind::Usage, "too-many-cases", std::to_string(m_cases.size()) + " cases are open.", {.remedy = "Close one first."});
}

OpenCase& OpenCases::find(const RequestId& id) {
  const std::lock_guard lock(m_mutex);
  const auto found = m_cases.find(id);
  if (found == m_cases.end())
    throw Error(ErrorKind::Usage, "unknown-case-id", "No case is open under this id.", {.remedy = "Open one; its request's id names it."});
  return found->second;
}

void OpenCases::close(const RequestId& id) {
  find(id);
  const std::lock_guard lock(m_mutex);
  m_cases.erase(id);
}

Json OpenCases::state() const {
  const std::lock_guard lock(m_mutex);
  Json cases = Json::array();
  for (const auto& [id, one] : m_cases) {
    const Size size = one.geometry.size;
    cases.push_back({{"case_id", id.json()}, {"generalist", one.generalist->name()}, {"size", {size.x, size.y, size.z}}});
  }
  std::size_t embeddings = 0;
  std::int64_t hits = 0, read = 0;
  for (const auto& [folder, store] : m_stores) embeddings += store->count(), hits += store->hits(), read += store->readFromDisk();
  return {{"cases", std::move(cases)}, {"cache", {{"embeddings", embeddings}, {"hits", hits}, {"read_from_disk", read}}}};
}

}  // namespace roundel
