#include "service/session.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <spdlog/spdlog.h>

#include "core/thrown.h"

namespace roundel {
namespace {

using std::chrono::milliseconds;
using Why = SessionEnd::Why;
using Clock = std::chrono::steady_clock;

/// How long a wish to stop may go unseen.
constexpr milliseconds kTick{50};

/// What a request's work reports to, and learns from that it should stop.
class RequestJob : public Job {
 public:
  RequestJob(Answers& answers, const RunningRequest& running) : m_answers(answers), m_running(running) {}
  void progress(std::int64_t done, std::int64_t total, const std::string& phase) override {
    m_answers.progress(m_running.request.id, done, total, phase);
  }
  void warning(const Warning& warning) override { m_warnings.push_back({{"code", warning.code}, {"message", warning.message}}); }
  bool stopRequested() const override { return m_running.stopRequested(); }

  /// Joins them to those that the result speaks of itself.
  void addWarnings(Json& result) const {
    if (m_warnings.empty()) return;
    auto& all = result["warnings"];
    if (!all.is_array()) all = Json::array();
    all.insert(all.end(), m_warnings.begin(), m_warnings.end());
  }

 private:
  Json m_warnings = Json::array();
  Answers& m_answers;
  const RunningRequest& m_running;
};

std::function<bool()> after(milliseconds time) {
  return [until = Clock::now() + time] { return Clock::now() >= until; };
}

}  // namespace

Json greeting(const ServiceOptions& options, const SessionFolder& folder) {
  Json messages = Json::array();
  for (const auto& message : builtinMessages()) messages.push_back(message.type);
  return {{"protocol", kProtocol},
          {"version", options.version},
          {"limits",
           {{"line_bytes", options.limits.lineBytes},
            {"inline_bytes", options.limits.inlineBytes},
            {"waiting", options.limits.waiting},
            {"open_cases", options.limits.openCases}}},
          {"session_folder", folder.path().empty() ? Json(nullptr) : Json(folder.path().string())},
          {"messages", std::move(messages)}};
}

Session::Session(ServiceOptions options)
    : m_options(std::move(options)),
      m_folder(m_options.folderParent),
      m_outbox(m_options.output, m_options.limits),
      m_answers(m_outbox),
      m_queue(m_options.limits.waiting),
      m_cases(m_options),
      m_judged(m_options),
      m_place{.options = m_options,
              .startUp = m_startUp,
              .queue = m_queue,
              .folder = m_folder,
              .cases = m_cases,
              .judged = m_judged,
              .cancelled = [this](const RequestId& id) { m_answers.cancelled(id, "asked"); }} {}

Session::~Session() {
  m_queue.stop();
  if (m_computing.joinable()) m_computing.join();
}

SessionEnd Session::run() {
  m_answers.notice("hello", greeting(m_options, m_folder));
  m_answers.notice("ready", {{"stage", "protocol"}, {"seconds", m_startUp.seconds()}});
  if (!m_folder.trouble().empty()) spdlog::warn("{}", m_folder.trouble());
  m_computing = std::thread([this] { compute(); });
  return end(read());
}

// Reading ----------------------------------------------------------------------------------------------------------------

bool Session::outputClosed() const {
  pollfd out{m_options.output, 0, 0};
  return m_outbox.clientGone() || (::poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0);
}

SessionEnd::Why Session::read() {
  LineFramer framer(m_options.limits.lineBytes);
  const auto sink = [this](const FramedLine& line) { take(line); };
  std::array<char, 16384> buffer;  // small, so that a wish to stop is seen among many requests
  while (true) {
    if (m_options.stopRequested()) return Why::Stopped;
    if (m_place.shutdown) return Why::Shutdown;
    if (outputClosed()) return Why::ClientGone;
    if (m_computed.wait_for(milliseconds(0)) == std::future_status::ready) return Why::InputEnded;  // it could not start
    // A client that does not read its answers is left waiting with its requests.
    const bool room = !m_outbox.full();
    pollfd in{room ? m_options.input : -1, POLLIN, 0};
    if (::poll(&in, 1, static_cast<int>(kTick.count())) <= 0) continue;
    const ssize_t count = ::read(m_options.input, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) break;
    framer.feed({buffer.data(), static_cast<std::size_t>(count)}, sink);
  }
  framer.finish(sink);
  return m_place.shutdown ? Why::Shutdown : Why::InputEnded;
}

void Session::take(const FramedLine& line) {
  if (line.tooLong) {
    m_answers.complain(line.number, Error(ErrorKind::Usage, "line-too-long",
                                          "The line has " + std::to_string(line.bytes) + " bytes; " +
                                              std::to_string(m_options.limits.lineBytes) + " are the most that a request may have.",
                                          {.remedy = "Send a smaller mask, or fewer prompts."}));
    return;
  }
  std::optional<RequestId> id;
  try {
    Request request = parseRequest(line.text);
    id = request.id;
    if (!m_answers.begin(*id)) {
      // Its one terminal message belongs to the request that had the id first.
      m_answers.complain(line.number, Error(ErrorKind::Usage, "id-in-use", "A request of this id is not answered yet.",
                                            {.remedy = "Give every request an id of its own."}));
      return;
    }
    accept(std::move(request));
  } catch (const BadRequest& error) {
    if (error.id() && m_answers.begin(*error.id())) m_answers.error(*error.id(), error);
    else m_answers.complain(line.number, error);
  } catch (...) {
    const Error error = asError(std::current_exception());
    if (id) m_answers.error(*id, error);
    else m_answers.complain(line.number, error);
  }
}

void Session::accept(Request request) {
  const RequestId id = request.id;
  if (m_place.shutdown) throw Error(ErrorKind::Usage, "shutting-down", "The session is ending.");
  if (request.message->answering == Answering::AtOnce) {
    Job job;
    if (auto result = request.message->answer(request, m_place, job)) m_answers.result(id, std::move(*result));
    return;
  }
  const auto pushed = m_queue.push(std::move(request));
  for (const auto& other : pushed.superseded) m_answers.superseded(other, id);
  if (!pushed.taken)
    throw Error(ErrorKind::Usage, "too-many-waiting", "Too many requests wait for an answer.",
                {.remedy = "Read answers before asking on."});
}

// Computing --------------------------------------------------------------------------------------------------------------

void Session::startUp() {
  // Here and not before: threads are counted by the thread that computes.
  m_startUp.computesOn(chooseDevice(m_options.device, m_options.threads));
  Json device = {{"stage", "device"}, {"seconds", m_startUp.seconds()}};
  device.update(m_startUp.device());
  m_answers.notice("ready", device);
  Json names = Json::array();
  const auto registry = m_options.generalists();
  for (const auto& entry : registry.entries()) names.push_back(entry.name);
  m_answers.notice("ready", {{"stage", "prompts"}, {"seconds", m_startUp.seconds()}, {"generalists", std::move(names)}});
  spdlog::info("ready after {:.2f} s", m_startUp.seconds());
}

void Session::compute() {
  try {
    startUp();
    auto opening = std::async(std::launch::async, [this] {
      chooseDevice(m_options.device, m_options.threads);  // threads are counted by every thread that computes
      work(RequestQueue::Worker::Opens);
    });
    work(RequestQueue::Worker::Answers);
    opening.get();
    m_computedPromise.set_value();
  } catch (...) {
    m_computedPromise.set_exception(std::current_exception());
  }
}

void Session::work(RequestQueue::Worker worker) {
  try {
    while (const auto running = m_queue.take(worker)) {
      m_outbox.waitForRoom([&] { return running->stopRequested(); });
      answer(*running, worker);
    }
  } catch (...) {
    m_queue.stop();  // the other one would wait for ever
    throw;
  }
}

void Session::answer(const RunningRequest& running, RequestQueue::Worker worker) {
  RequestJob job(m_answers, running);
  std::optional<Json> result;
  std::exception_ptr thrown;
  try {
    job.throwIfStopped();
    result = running.request.message->answer(running.request, m_place, job);
    if (result) job.addWarnings(*result);
  } catch (...) {
    thrown = std::current_exception();
  }
  // Before: who has read the answer and cancels then must not hear that it is still running. After: what waits for an opened case must
  // not be answered before it, nor may the case be closed and its id be given anew while the id is not answered.
  m_queue.computed(worker);
  if (thrown) tellWhy(running, thrown);
  else if (result) m_answers.result(running.request.id, std::move(*result));
  m_queue.done(worker);
}

void Session::tellWhy(const RunningRequest& running, const std::exception_ptr& thrown) {
  const RequestId& id = running.request.id;
  try {
    std::rethrow_exception(thrown);
  } catch (const Cancelled&) {
    if (const auto by = running.supersededBy()) m_answers.superseded(id, *by);
    else m_answers.cancelled(id, m_queue.stopped() ? "ended" : "asked");
  } catch (...) {
    const Error error = asError(thrown);
    if (error.kind() == ErrorKind::Defect)
      spdlog::error("a request of the type {} met a defect ({})", running.request.message->type, error.code());
    m_answers.error(id, error);
  }
}

// Ending -----------------------------------------------------------------------------------------------------------------

SessionEnd Session::end(Why why) {
  if (why == Why::InputEnded) {
    // What was asked is answered, as long as somebody reads it.
    m_queue.close();
    while (m_computed.wait_for(kTick) != std::future_status::ready) {
      if (m_options.stopRequested()) why = Why::Stopped;
      else if (outputClosed()) why = Why::ClientGone;
      if (why != Why::InputEnded) break;
    }
  }
  for (const auto& id : m_queue.stop()) m_answers.cancelled(id, "ended");
  const bool computed = m_computed.wait_for(m_options.limits.patience) == std::future_status::ready;
  std::exception_ptr failure;
  try {
    if (computed) m_computed.get();
  } catch (...) {
    failure = std::current_exception();
  }
  for (const auto& id : m_answers.unanswered()) {
    if (m_place.shutdown == id) continue;
    if (failure) m_answers.error(id, asError(failure));
    else m_answers.cancelled(id, "ended");
  }
  if (failure) m_answers.notice("error", {{"error", errorMessage(asError(failure))}});
  if (m_place.shutdown) m_answers.result(*m_place.shutdown, Json::object());
  if (why == Why::InputEnded) m_outbox.finish([this] { return m_options.stopRequested() || outputClosed(); });
  else m_outbox.finish(after(m_options.limits.unreadPatience));
  m_folder.remove();
  if (failure) std::rethrow_exception(failure);
  return {.why = why, .computing = !computed};
}

}  // namespace roundel
