#include "service/outbox.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace roundel {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A pipe that says it is writable takes so much without waiting (PIPE_BUF).
constexpr std::size_t kPiece = 4096;

std::string lineOf(const Json& message) { return message.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

Outbox::Outbox(int descriptor, const ServiceLimits& limits) : m_descriptor(descriptor), m_limits(limits) {
  m_thread = std::thread([this] { work(); });
}

Outbox::~Outbox() {
  {
    const std::lock_guard lock(m_mutex);
    m_ended = true;
  }
  m_changed.notify_all();
  m_thread.join();
}

void Outbox::send(const Json& message) {
  const std::string line = lineOf(message);
  {
    const std::lock_guard lock(m_mutex);
    if (!m_gone) m_waiting += line;
  }
  m_changed.notify_all();
}

void Outbox::progress(const std::string& owner, const Json& message) {
  {
    const std::lock_guard lock(m_mutex);
    if (!m_gone) m_progress[owner] = lineOf(message);
  }
  m_changed.notify_all();
}

void Outbox::forgetProgress(const std::string& owner) {
  const std::lock_guard lock(m_mutex);
  m_progress.erase(owner);
}

bool Outbox::full() const {
  const std::lock_guard lock(m_mutex);
  return m_waiting.size() + m_inHand > m_limits.unreadBytes;
}

bool Outbox::clientGone() const {
  const std::lock_guard lock(m_mutex);
  return m_gone;
}

void Outbox::waitUntil(const std::function<bool()>& reached, const std::function<bool()>& stop) const {
  std::unique_lock lock(m_mutex);
  while (!m_gone && !reached()) {
    m_changed.wait_for(lock, milliseconds(20));
    // Without the lock: whoever is asked may ask this outbox.
    lock.unlock();
    if (stop()) return;
    lock.lock();
  }
}

void Outbox::waitForRoom(const std::function<bool()>& stop) const {
  waitUntil([this] { return m_waiting.size() + m_inHand <= m_limits.unreadBytes; }, stop);
}

bool Outbox::finish(const std::function<bool()>& stop) const {
  const auto written = [this] { return m_waiting.empty() && m_inHand == 0; };
  waitUntil(written, stop);
  const std::lock_guard lock(m_mutex);
  return !m_gone && written();
}

void Outbox::work() {
  // A closed pipe is answered to write(), here and nowhere else.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  std::unique_lock lock(m_mutex);
  while (!m_ended && !m_gone) {
    const auto due = m_lastProgress + m_limits.progressEvery;
    std::string text;
    if (!m_waiting.empty()) {
      text.swap(m_waiting);
    } else if (!m_progress.empty() && Clock::now() >= due) {
      for (const auto& [owner, line] : m_progress) text += line;
      m_progress.clear();
      m_lastProgress = Clock::now();
    } else if (!m_progress.empty()) {
      m_changed.wait_until(lock, due);
      continue;
    } else {
      m_changed.wait(lock);
      continue;
    }
    m_inHand = text.size();
    lock.unlock();
    write(text);
    lock.lock();
    m_inHand = 0;
    m_changed.notify_all();
  }
}

void Outbox::write(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    pollfd out{m_descriptor, POLLOUT, 0};
    const int ready = ::poll(&out, 1, 50);
    {
      const std::lock_guard lock(m_mutex);
      if (m_ended) return;
    }
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const auto written = ::write(m_descriptor, text.data() + done, std::min(kPiece, text.size() - done));
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR && errno != EAGAIN) {
      const std::lock_guard lock(m_mutex);
      m_gone = true;
      m_waiting.clear();
      m_progress.clear();
      return;
    }
  }
}

}  // namespace roundel
