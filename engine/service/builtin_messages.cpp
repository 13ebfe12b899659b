#include "service/message.h"

namespace roundel {

const std::vector<Message>& builtinMessages() {
  static const std::vector<Message> messages{
      helloMessage(),  openMessage(),   promptMessage(), refineMessage(),   closeMessage(),
      cancelMessage(), statusMessage(), modelsMessage(), shutdownMessage(),
  };
  return messages;
}

}  // namespace roundel
