#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/json.h"
#include "service/outbox.h"
#include "service/request.h"

namespace roundel {

/// {"code", "message", "remedy"}; the remedy is null where none is known.
Json errorMessage(const Error& error);

/// Keeps count of the requests that are not answered yet, so that each gets exactly one terminal message: "result", "error",
/// "cancelled" or "superseded". A second one for the same request, and progress after it, are silently left out.
class Answers {
 public:
  explicit Answers(Outbox& outbox) : m_outbox(outbox) {}

  /// False where a request of that id is not answered yet.
  bool begin(const RequestId& id);

  void result(const RequestId& id, Json result);
  void error(const RequestId& id, const Error& error);
  /// `reason`: asked (by `cancel`) | ended (the session does)
  void cancelled(const RequestId& id, const std::string& reason);
  void superseded(const RequestId& id, const RequestId& by);
  void progress(const RequestId& id, std::int64_t done, std::int64_t total, const std::string& phase);

  /// About a line that has no id to answer to.
  void complain(std::uint64_t line, const Error& error);
  /// {"type", "id": null, and what `more` holds}
  void notice(const std::string& type, const Json& more);

  std::vector<RequestId> unanswered() const;

 private:
  void finish(const RequestId& id, const std::string& type, const std::string& key, Json value);

  Outbox& m_outbox;
  mutable std::mutex m_mutex;
  std::set<RequestId> m_unanswered;
};

}  // namespace roundel
