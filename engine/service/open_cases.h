#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/label_set.h"
#include "imaging/decode_client.h"
#include "imaging/image_source.h"
#include "models/embedding_store.h"
#include "service/request.h"
#include "service/service_options.h"

namespace roundel {

/// A generalist's last answer to a click on one class: what "mask": "previous" hands back to it.
struct PreviousAnswer {
  Mask mask;
  LowResLogits lowRes;
};

/// A case whose embedding is made: what prompts are answered on.
struct OpenCase {
  std::shared_ptr<const Generalist> generalist;
  std::shared_ptr<const Embedding> embedding;
  Geometry geometry;  ///< of the picture after the pixel pipeline: the grid of prompts and masks
  PixelPipelineSettings pipeline;
  LabelSet classes;  ///< of the project; empty for a single image
  std::vector<Warning> warnings;
  double decodeMs = 0, embedMs = 0;
  std::map<int, PreviousAnswer> previous = {};  ///< by class
};

/// What to open: an image file, or a case of a project.
struct CaseReference {
  std::optional<std::string> image;
  std::optional<std::string> project, caseName;
};

/// The cases that are open, the generalists they use and the embeddings made so far. One thread opens, one finds and
/// closes; state() may be called from any.
class OpenCases {
 public:
  explicit OpenCases(const ServiceOptions& options);

  /// Decodes (in the limited process), embeds and keeps. A project is opened for reading and closed again; embeddings that its generalist
  /// can pack are kept in its folder. Throws what these throw, Error(Usage, "case-open" | "too-many-cases" | "bad-field"), Cancelled.
  const OpenCase& open(const RequestId& id, const CaseReference& what, const std::string& generalist, const Json& settings, Job& job);
  /// Throws Error(Usage, "unknown-case-id").
  OpenCase& find(const RequestId& id);
  void close(const RequestId& id);

  /// {"cases": [{case_id, generalist, size}], "cache": {embeddings, hits, read_from_disk}}
  Json state() const;

 private:
  std::shared_ptr<const Generalist> generalistNamed(const std::string& name, const Json& settings);
  void requirePlaceFor(const RequestId& id) const;
  EmbeddingStore& storeOf(const std::optional<std::filesystem::path>& folder);

  const ServiceOptions& m_options;
  DecodeClient m_client;
  std::map<std::string, std::weak_ptr<const Generalist>> m_generalists;       ///< by name and settings; weights go with their last case ...
  std::shared_ptr<const Generalist> m_latest;                                 ///< ... but for the one that was asked for last
  mutable std::mutex m_mutex;                                                 ///< of what follows
  std::map<std::filesystem::path, std::unique_ptr<EmbeddingStore>> m_stores;  ///< by folder; "": memory alone
  std::map<RequestId, OpenCase> m_cases;
};

}  // namespace roundel
