#include "service/request_queue.h"

#include <algorithm>
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
  if (other.lane == Lane::InTurn) return;
  if (other.lane == Lane::Click && m_running && m_running->request.lane == Lane::Hover) m_running->makeWayFor(other.id);
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

std::shared_ptr<RunningRequest> RequestQueue::take() {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [this] { return m_stopped || m_closed || !m_waiting.empty() || m_hover; });
  if (m_stopped || (m_waiting.empty() && !m_hover)) return nullptr;
  if (!m_waiting.empty()) {
    m_running = std::make_shared<RunningRequest>(std::move(m_waiting.front()));
    m_waiting.pop_front();
  } else {
    m_running = std::make_shared<RunningRequest>(std::move(*m_hover));
    m_hover.reset();
  }
  return m_running;
}

void RequestQueue::done() {
  const std::lock_guard lock(m_mutex);
  m_running.reset();
}

RequestQueue::Found RequestQueue::cancel(const RequestId& id) {
  const std::lock_guard lock(m_mutex);
  if (m_running && m_running->request.id == id) {
    m_running->stop();
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
    if (m_running) m_running->stop();
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
  if (m_running) counts.running = m_running->request.id;
  return counts;
}

}  // namespace roundel
