#include "service/message.h"
#include "service/service_options.h"
#include "service/session.h"

namespace roundel {

Message helloMessage() {
  return {.type = "hello",
          .sentence = "Ask whether the session speaks the client's protocol",
          .answering = Answering::AtOnce,
          .fields = {{"protocol", "The number that the client was written for"}},
          .answer = [](const Request& request, Workplace& place, Job&) -> std::optional<Json> {
            const auto wanted = integerField(request.body, "protocol", 0, 1'000'000);
            if (wanted && *wanted != kProtocol)
              throw Error(ErrorKind::Usage, "unknown-protocol",
                          "This program speaks protocol " + std::to_string(kProtocol) + ", not " + std::to_string(*wanted) + ".",
                          {.remedy = "Use a client and a program of the same version."});
            return greeting(place.options, place.folder);
          }};
}

}  // namespace roundel
