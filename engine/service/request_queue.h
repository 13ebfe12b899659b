#pragma once
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "service/request.h"

namespace roundel {

/// The request that is computed now, and the wish that it stop.
class RunningRequest {
 public:
  explicit RunningRequest(Request given) : request(std::move(given)) {}

  const Request request;

  bool stopRequested() const { return m_stop.load(); }
  /// The request that it makes way for; none where it was cancelled.
  std::optional<RequestId> supersededBy() const;
  void stop();
  void makeWayFor(const RequestId& other);

 private:
  mutable std::mutex m_mutex;
  std::optional<RequestId> m_by;
  std::atomic<bool> m_stop{false};
};

/// What waits for the two threads that compute, one that opens cases and one that does the rest, so that a person prompts one case while
/// the next is looked at: requests in turn, and one place for a hover prompt (see Lane).
///
/// - What is asked of one case is done in the order in which it was asked, whoever does it; and a case is opened after those that were left
///   before it, because they make room.
/// - A hover prompt is taken when nothing else waits. A newer one takes its place; one that is computed already is left to
///   finish, because a pointer that never rests would otherwise never see a mask.
/// - A click makes every hover prompt give way, the one that is computed too. Leaving a case does it for the one that waits on it.
/// Thread-safe: one thread pushes, one of each kind takes.
class RequestQueue {
 public:
  explicit RequestQueue(std::size_t most) : m_most(most) {}

  struct Pushed {
    bool taken = true;                    ///< false: too many wait, or the queue is closed
    std::vector<RequestId> superseded{};  ///< waited, and will not be computed
  };
  Pushed push(Request request);

  enum class Worker { Answers, Opens };
  /// Waits for a request of that kind; null when the queue is closed and holds none, or stopped. Until done() it is the running one.
  std::shared_ptr<RunningRequest> take(Worker worker);
  /// Its answer is sent next: cancel() and counts() know it no longer, and what waits for its case still does, until done().
  void computed(Worker worker);
  void done(Worker worker);

  enum class Found { Waiting, Running, Nowhere };
  /// Waiting: it is taken out. Running: it was asked to stop.
  Found cancel(const RequestId& id);

  /// Nothing more comes; what waits is still taken.
  void close();
  /// Nothing more is taken, the running one is asked to stop; what waited comes back.
  std::vector<RequestId> stop();
  bool stopped() const;

  struct Counts {
    std::size_t waiting = 0;
    std::optional<RequestId> running{}, opening{};
  };
  Counts counts() const;

 private:
  void hoverGivesWay(const Request& other, Pushed& pushed);
  /// What a client may still hear of as running.
  std::shared_ptr<RunningRequest> unanswered(Worker worker) const;
  std::shared_ptr<RunningRequest>& running(Worker worker) { return m_running[static_cast<std::size_t>(worker)]; }
  std::optional<Request> next(Worker worker);
  bool nothingComes(Worker worker) const;

  const std::size_t m_most;
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<Request> m_waiting;
  std::optional<Request> m_hover;
  std::array<std::shared_ptr<RunningRequest>, 2> m_running;  ///< by worker
  std::array<bool, 2> m_computed{};                          ///< by worker: the running one is
  bool m_closed = false;
  bool m_stopped = false;
};

}  // namespace roundel
