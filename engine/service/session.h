#pragma once
#include <exception>
#include <future>
#include <memory>
#include <thread>

#include "service/answers.h"
#include "service/judged_cases.h"
#include "service/line_framer.h"
#include "service/message.h"
#include "service/open_cases.h"
#include "service/outbox.h"
#include "service/request_queue.h"
#include "service/service_options.h"
#include "service/session_folder.h"
#include "service/start_up.h"

namespace roundel {

/// How a session came to its end.
struct SessionEnd {
  enum class Why { InputEnded, Shutdown, Stopped, ClientGone };
  Why why = Why::InputEnded;
  /// The work in hand did not stop in time and still goes on. Then end the process without destroying the session, which would wait.
  bool computing = false;
};

/// `hello`: {protocol, version, limits, session_folder, messages}
Json greeting(const ServiceOptions& options, const SessionFolder& folder);

/// One conversation of `roundel serve` (docs/PROTOCOL.md): a thread that reads and answers what takes no time, one that computes,
/// one that opens cases meanwhile, and one that writes (Outbox).
///
/// A line that is no request is answered and forgotten; nothing that a client sends ends the session but `shutdown` and the end of its
/// input. Nothing about a case, its file or its patient is logged.
class Session {
 public:
  explicit Session(ServiceOptions options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  /// Waits for the work in hand.
  ~Session();

  /// Speaks until the end. Throws what choosing the device throws.
  SessionEnd run();

 private:
  SessionEnd::Why read();
  SessionEnd end(SessionEnd::Why why);
  bool outputClosed() const;
  void take(const FramedLine& line);
  void accept(Request request);
  void compute();
  void work(RequestQueue::Worker worker);
  void startUp();
  void answer(const RunningRequest& running, RequestQueue::Worker worker);
  void tellWhy(const RunningRequest& running, const std::exception_ptr& thrown);

  ServiceOptions m_options;
  StartUp m_startUp;
  SessionFolder m_folder;
  Outbox m_outbox;
  Answers m_answers;
  RequestQueue m_queue;
  OpenCases m_cases;
  JudgedCases m_judged;
  Workplace m_place;
  std::promise<void> m_computedPromise;
  std::future<void> m_computed = m_computedPromise.get_future();
  std::thread m_computing;
};

}  // namespace roundel
