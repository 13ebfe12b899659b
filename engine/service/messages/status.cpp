#include "service/message.h"
#include "service/open_cases.h"
#include "service/request_queue.h"
#include "service/session_folder.h"
#include "service/start_up.h"

namespace roundel {

Message statusMessage() {
  return {.type = "status",
          .sentence = "Device, memory, open cases, cache and what waits",
          .answering = Answering::AtOnce,
          .fields = {},
          .answer = [](const Request&, Workplace& place, Job&) -> std::optional<Json> {
            const auto counts = place.queue.counts();
            const auto orNull = [](const std::optional<RequestId>& id) { return id ? id->json() : Json(nullptr); };
            Json status = {
                {"seconds", place.startUp.seconds()},
                {"device", place.startUp.device()},
                {"memory", place.startUp.memory()},
                {"requests", {{"waiting", counts.waiting}, {"running", orNull(counts.running)}, {"opening", orNull(counts.opening)}}}};
            status.update(place.cases.state());
            return status;
          }};
}

}  // namespace roundel
