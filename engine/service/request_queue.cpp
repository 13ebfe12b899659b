#include "service/request_queue.h"

#include <algorithm>
#include <set>
#include <utility>

namespace roundel {

std::optional<RequestId> RunningRequest::supersededBy() const {
  const std::lock_guard lock(m_mutex);
  return m_by;
}

void RunningRequest::stop() { m_stop = true; }

void RunningRequest::makeWayFor(const RequestId& other) {
  const std::lock_guard lock(m_mutex);
  if (m_stop.load()) return;  // cancelled before
  m_by = other;
  m_stop = true;
}

void RequestQueue::hoverGivesWay(const Request& other, Pushed& pushed) {
  if (other.lane == Lane::InTurn || other.lane == Lane::Open) return;
  const auto& answered = running(Worker::Answers);
  if (other.lane == Lane::Click && answered && answered->request.lane == Lane::Hover) answered->makeWayFor(other.id);
  if (!m_hover || (other.lane == Lane::Leave && m_hover->caseId != other.caseId)) return;
  pushed.superseded.push_back(m_hover->id);
  m_hover.reset();
}

RequestQueue::Pushed RequestQueue::push(Request request) {
  Pushed pushed;
  {
    const std::lock_guard lock(m_mutex);
    if (m_closed || m_stopped || (request.lane != Lane::Hover && m_waiting.size() >= m_most)) return {.taken = false};
    hoverGivesWay(request, pushed);
    if (request.lane == Lane::Hover) m_hover = std::move(request);
    else m_waiting.push_back(std::move(request));
  }
  m_changed.notify_all();
  return pushed;
}

/// The first request that `worker` may begin now; taken out.
std::optional<Request> RequestQueue::next(Worker worker) {
  std::set<RequestId> busy;  // cases with something before the request that is looked at
  bool leaving = false, opening = false;
  const auto passOver = [&](const Request& request) {
    if (request.caseId) busy.insert(*request.caseId);
    leaving = leaving || request.lane == Lane::Leave;
    opening = opening || request.lane == Lane::Open;
  };
  for (const auto& other : m_running)
    if (other) passOver(other->request);
  for (auto at = m_waiting.begin(); at != m_waiting.end(); ++at) {
    const bool opens = at->lane == Lane::Open;
    if (opens == (worker == Worker::Opens) && !(opens && leaving) && !(at->caseId && busy.contains(*at->caseId))) {
      Request request = std::move(*at);
      m_waiting.erase(at);
      return request;
    }
    passOver(*at);
  }
  const bool caseIsOpening = opening && m_hover && m_hover->caseId && busy.contains(*m_hover->caseId);
  if (worker == Worker::Opens || !m_hover || caseIsOpening) return std::nullopt;
  return std::exchange(m_hover, std::nullopt);
}

bool RequestQueue::nothingComes(Worker worker) const {
  const bool opens = worker == Worker::Opens;
  return m_closed && (opens || !m_hover) &&
         std::none_of(m_waiting.begin(), m_waiting.end(), [&](const Request& one) { return (one.lane == Lane::Open) == opens; });
}

std::shared_ptr<RunningRequest> RequestQueue::take(Worker worker) {
  std::unique_lock lock(m_mutex);
  std::optional<Request> request;
  m_changed.wait(lock, [&] { return m_stopped || (request = next(worker)) || nothingComes(worker); });
  if (!request) return nullptr;
  m_computed[static_cast<std::size_t>(worker)] = false;
  return running(worker) = std::make_shared<RunningRequest>(std::move(*request));
}

void RequestQueue::computed(Worker worker) {
  const std::lock_guard lock(m_mutex);
  m_computed[static_cast<std::size_t>(worker)] = true;
}

std::shared_ptr<RunningRequest> RequestQueue::unanswered(Worker worker) const {
  const auto at = static_cast<std::size_t>(worker);
  return m_computed[at] ? nullptr : m_running[at];
}

void RequestQueue::done(Worker worker) {
  {
    const std::lock_guard lock(m_mutex);
    running(worker).reset();
  }
  m_changed.notify_all();  // what waited for the same case
}

RequestQueue::Found RequestQueue::cancel(const RequestId& id) {
  const std::lock_guard lock(m_mutex);
  for (const Worker worker : {Worker::Answers, Worker::Opens}) {
    const auto running = unanswered(worker);
    if (!running || running->request.id != id) continue;
    running->stop();
    return Found::Running;
  }
  if (m_hover && m_hover->id == id) {
    m_hover.reset();
    return Found::Waiting;
  }
  const auto found = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Request& one) { return one.id == id; });
  if (found == m_waiting.end()) return Found::Nowhere;
  m_waiting.erase(found);
  return Found::Waiting;
}

void RequestQueue::close() {
  {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
  }
  m_changed.notify_all();
}

std::vector<RequestId> RequestQueue::stop() {
  std::vector<RequestId> waited;
  {
    const std::lock_guard lock(m_mutex);
    m_stopped = true;
    for (const auto& running : m_running)
      if (running) running->stop();
    for (const auto& request : std::exchange(m_waiting, {})) waited.push_back(request.id);
    if (m_hover) waited.push_back(m_hover->id);
    m_hover.reset();
  }
  m_changed.notify_all();
  return waited;
}

bool RequestQueue::stopped() const {
  const std::lock_guard lock(m_mutex);
  return m_stopped;
}

RequestQueue::Counts RequestQueue::counts() const {
  const std::lock_guard lock(m_mutex);
  Counts counts{.waiting = m_waiting.size() + (m_hover ? 1U : 0U)};
  const auto idOf = [](const std::shared_ptr<RunningRequest>& one) { return one ? std::optional(one->request.id) : std::nullopt; };
  counts.running = idOf(unanswered(Worker::Answers));
  counts.opening = idOf(unanswered(Worker::Opens));
  return counts;
}

}  // namespace roundel
