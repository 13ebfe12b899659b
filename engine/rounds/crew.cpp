#include "rounds/crew.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/thrown.h"
#include "fabric/child.h"
#include "rounds/run_orders.h"

namespace roundel {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLongestMessage = 64 << 20;
constexpr milliseconds kMessageLimit(10'000), kStopLimit(20'000);

bool say(const Wire& wire, const Json& message) {
  return wire.send(FrameKind::Bytes, message.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::optional<Json> heard(const Wire& wire, milliseconds limit) {
  const auto message = wire.receiveText(kLongestMessage, limit);
  if (!message || message->first != FrameKind::Bytes) return std::nullopt;
  return Json::parse(message->second, nullptr, false);
}

Json errorToJson(const Error& error) {
  return {{"kind", static_cast<int>(error.kind())}, {"code", error.code()},         {"message", error.what()},
          {"case", error.details().caseName},       {"path", error.details().path}, {"remedy", error.details().remedy}};
}

Error errorFromJson(const Json& json) {
  return Error(static_cast<ErrorKind>(json.at("kind").get<int>()), json.at("code"), json.at("message").get<std::string>(),
               {.caseName = json.at("case"), .path = json.at("path"), .remedy = json.at("remedy")});
}

/// What a worker's work is given: everything goes to the parent, whose wish to stop arrives on the same wire.
class WiredJob : public Job {
 public:
  explicit WiredJob(const Wire& wire) : m_wire(wire) {}

  void progress(std::int64_t done, std::int64_t total, const std::string& phase) override {
    const auto now = std::chrono::steady_clock::now();
    if (done != total && now - m_last < milliseconds(100)) return;
    m_last = now;
    say(m_wire, {{"progress", {done, total}}, {"phase", phase}});
  }
  void metric(const Json& values) override { say(m_wire, {{"metric", values}}); }
  void warning(const Warning& warning) override {
    say(m_wire, {{"warning", {{"code", warning.code}, {"case", warning.caseName}, {"message", warning.message}}}});
  }
  void log(const std::string& line) override { say(m_wire, {{"log", line}}); }
  bool stopRequested() const override {
    pollfd one{m_wire.descriptor(), POLLIN, 0};
    // The parent says but one thing while there is work in hand; and where it is gone, nobody waits for this.
    if (!m_stop && ::poll(&one, 1, 0) > 0) m_stop = true, heard(m_wire, kMessageLimit);
    return m_stop;
  }

 private:
  const Wire& m_wire;
  mutable bool m_stop = false;
  std::chrono::steady_clock::time_point m_last{};
};

}  // namespace

void workForCrew(Wire wire, const std::function<void(const Json& order, Job& job)>& carryOut) {
  while (const auto order = heard(wire, std::chrono::hours(24 * 365))) {
    WiredJob job(wire);
    Json answer;
    try {
      carryOut(*order, job);
      answer = {{"end", "done"}};
    } catch (const Cancelled&) {
      answer = {{"end", "cancelled"}};
    } catch (...) {
      answer = {{"end", "failed"}, {"error", errorToJson(asError(std::current_exception()))}};
    }
    if (!say(wire, answer)) return;
  }
}

struct Crew::Worker {
  Worker(const std::string& where, std::vector<std::string> arguments) : device(where), child(std::move(arguments), {}) {}
  std::string device;
  Child child;
  std::optional<std::size_t> order = {};  ///< in hand
  bool toldToStop = false;
};

/// The carrying out of one list of orders.
class Crew::Shift {
 public:
  Shift(Crew& crew, const std::vector<Json>& orders, Job& job) : m_crew(crew), m_orders(orders), m_job(job), m_states(orders.size()) {}

  void work() {
    while (m_next < m_orders.size() || anyBusy()) {
      if (!m_stopping && m_job.stopRequested()) stop();
      if (!m_stopping) giveOut();
      if (m_failure && std::chrono::steady_clock::now() > m_stopBy) break;  // the others had their time to save what they have
      if (m_stopping && !anyBusy()) break;
      listen();
    }
    if (m_failure) std::rethrow_exception(m_failure);
    if (m_stopping) throw Cancelled();
  }

 private:
  struct State {
    std::int64_t done = 0, total = 0;
    std::string phase;
    std::vector<Json> metrics;  ///< that wait until the orders before this one are done
    bool finished = false;
  };

  bool anyBusy() const {
    return std::any_of(m_crew.m_workers.begin(), m_crew.m_workers.end(), [](const auto& one) { return one->order.has_value(); });
  }

  void giveOut() {
    for (const auto& worker : m_crew.m_workers) {
      if (worker->order || m_next >= m_orders.size()) continue;
      worker->order = m_next;
      worker->toldToStop = false;
      if (!say(worker->child.wire(), m_orders[m_next++])) lost(*worker);
    }
  }

  void stop() {
    if (m_stopping) return;
    m_stopping = true;
    for (const auto& worker : m_crew.m_workers)
      if (worker->order && !std::exchange(worker->toldToStop, true)) say(worker->child.wire(), {{"stop", true}});
  }

  void fail(const Error& error) {
    if (!m_failure) m_failure = std::make_exception_ptr(error), m_stopBy = std::chrono::steady_clock::now() + kStopLimit;
    stop();
  }

  void lost(Worker& worker) {
    const std::string how = worker.child.obituary(milliseconds(2000));
    worker.order.reset();
    fail(Error(ErrorKind::Resource, "worker-lost",
               "The process that worked on " + worker.device + " was lost: " + (how.empty() ? "it does not answer" : how) + ".",
               {.remedy = "Start the same command again: it goes on from its last checkpoint. If it fails again, see whether the memory "
                          "suffices for as many devices."}));
  }

  void listen() {
    std::vector<pollfd> all;
    for (const auto& worker : m_crew.m_workers) all.push_back({worker->order ? worker->child.wire().descriptor() : -1, POLLIN, 0});
    if (::poll(all.data(), all.size(), 100) <= 0) return;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].fd < 0 || all[i].revents == 0) continue;
      Worker& worker = *m_crew.m_workers[i];
      const auto message = heard(worker.child.wire(), kMessageLimit);
      if (!message || !message->is_object()) lost(worker);
      else take(worker, *message);
    }
  }

  void take(Worker& worker, const Json& message) {
    State& state = m_states[*worker.order];
    if (message.contains("end")) {
      state.finished = message["end"] == "done";
      worker.order.reset();
      if (message["end"] == "failed") fail(errorFromJson(message.at("error")));
      if (message["end"] == "cancelled") stop();
      passMetricsOn();
    } else if (message.contains("progress")) {
      state.done = message["progress"][0], state.total = message["progress"][1], state.phase = message.at("phase");
      showProgress(state.phase);
    } else if (message.contains("metric")) {
      state.metrics.push_back(message["metric"]);
      passMetricsOn();
    } else if (message.contains("warning")) {
      const Json& said = message["warning"];
      m_job.warning({.code = said.at("code"), .caseName = said.at("case"), .message = said.at("message")});
    } else if (message.contains("log")) {
      m_job.log(message["log"]);
    }
  }

  /// Curves of several trainings do not mix: each follows when the ones before it are done.
  void passMetricsOn() {
    for (State& state : m_states) {
      for (const Json& values : state.metrics) m_job.metric(values);
      state.metrics.clear();
      if (!state.finished) return;
    }
  }

  /// The sum over all orders; what has not begun counts as much as the mean of what has.
  void showProgress(const std::string& phase) {
    std::int64_t done = 0, total = 0, begun = 0;
    for (const State& state : m_states)
      if (state.total > 0) done += state.done, total += state.total, ++begun;
    if (begun == 0) return;
    const auto all = static_cast<std::int64_t>(m_states.size());
    m_job.progress(done, total * all / begun, all == 1 ? phase : phase + " (" + std::to_string(all) + " side by side)");
  }

  Crew& m_crew;
  const std::vector<Json>& m_orders;
  Job& m_job;
  std::vector<State> m_states;
  std::size_t m_next = 0;
  bool m_stopping = false;
  std::chrono::steady_clock::time_point m_stopBy{};
  std::exception_ptr m_failure;
};

Crew::Crew(std::vector<std::string> devices, int threads, Reuse reuse)
    : m_devices(std::move(devices)), m_threads(threads), m_reuse(reuse) {}
Crew::~Crew() = default;

void Crew::carryOut(std::vector<Json> orders, Job& job) {
  std::erase_if(orders, isDone);
  for (std::size_t i = 0; i < std::min(m_devices.size(), orders.size()); ++i) {
    std::vector<std::string> arguments{"--device", m_devices[i], "--threads", std::to_string(m_threads), "--quiet", "run", ".", "--work"};
    if (m_reuse == Reuse::Nothing) arguments.push_back("--anew");
    m_workers.push_back(std::make_unique<Worker>(m_devices[i], std::move(arguments)));
  }
  try {
    Shift(*this, orders, job).work();
  } catch (...) {
    m_workers.clear();  // whoever did not answer is ended
    throw;
  }
  m_workers.clear();  // what they hold of the devices' memory is this process's to use again
}

}  // namespace roundel
