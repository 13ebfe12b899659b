#include "service/message.h"

namespace roundel {

Message shutdownMessage() {
  return {.type = "shutdown",
          .sentence = "End now: what waits is cancelled, and this request is answered last",
          .answering = Answering::AtOnce,
          .fields = {},
          .answer = [](const Request& request, Workplace& place, Job&) -> std::optional<Json> {
            place.shutdown = request.id;
            return std::nullopt;
          }};
}

}  // namespace roundel
