#include "service/message.h"
#include "service/open_cases.h"
#include "service/session_folder.h"

namespace roundel {

Message closeMessage() {
  return {.type = "close",
          .sentence = "Forget a case and the files of its answers",
          .fields = {{"case_id", "The id of the request that opened it"}},
          .answer = [](const Request& request, Workplace& place, Job&) -> std::optional<Json> {
            const RequestId caseId = requiredId(request.body, "case_id");
            place.cases.close(caseId);
            place.folder.forget(caseId);
            return Json{{"case_id", caseId.json()}};
          },
          .lane = [](const RequestBody&) { return Lane::Leave; }};
}

}  // namespace roundel
