#include "service/message.h"
#include "service/request_queue.h"

namespace roundel {

Message cancelMessage() {
  return {.type = "cancel",
          .sentence = "Give up a request",
          .answering = Answering::AtOnce,
          .fields = {{"request", "Its id"}},
          .answer = [](const Request& request, Workplace& place, Job&) -> std::optional<Json> {
            const RequestId other = requiredId(request.body, "request");
            const auto found = place.queue.cancel(other);
            if (found == RequestQueue::Found::Waiting) place.cancelled(other);
            const char* state = found == RequestQueue::Found::Waiting   ? "waiting"
                                : found == RequestQueue::Found::Running ? "running"
                                                                        : "unknown";
            return Json{{"request", other.json()}, {"was", state}};
          }};
}

}  // namespace roundel
