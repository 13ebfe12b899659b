#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/job.h"
#include "service/request.h"

namespace roundel {

class JudgedCases;
class OpenCases;
class RequestQueue;
class SessionFolder;
class StartUp;
struct ServiceOptions;

/// What the messages work on.
struct Workplace {
  const ServiceOptions& options;
  StartUp& startUp;
  RequestQueue& queue;
  SessionFolder& folder;
  OpenCases& cases;
  JudgedCases& judged;
  /// Gives a request that was waiting its terminal message: cancelled.
  std::function<void(const RequestId&)> cancelled;
  /// Set by `shutdown`: the request that is answered last of all.
  std::optional<RequestId> shutdown = {};
};

enum class Answering {
  AtOnce,  ///< by the thread that reads, whatever is being computed: must take no time, and may use only what is safe from there
  InTurn   ///< by the thread that computes
};

struct MessageField {
  std::string name;
  std::string sentence;
};

/// One kind of request: its fields and what answers it.
struct Message {
  std::string type;
  std::string sentence;
  Answering answering = Answering::InTurn;
  std::vector<MessageField> fields;
  /// What the terminal message's "result" holds; none: the terminal message comes later. Throws Error, or Cancelled where `job` said so.
  std::function<std::optional<Json>(const Request& request, Workplace& place, Job& job)> answer;
  std::function<Lane(const RequestBody&)> lane = {};  ///< empty: InTurn
};

/// The family: builtin_messages.cpp, one line each; each lies in messages/<type>.cpp.
const std::vector<Message>& builtinMessages();

Message helloMessage();
Message openMessage();
Message promptMessage();
Message refineMessage();
Message closeMessage();
Message cancelMessage();
Message statusMessage();
Message modelsMessage();
Message shutdownMessage();

}  // namespace roundel
