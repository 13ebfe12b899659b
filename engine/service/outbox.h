#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "core/json.h"
#include "service/service_limits.h"

namespace roundel {

/// The way out: a thread that writes lines, so that neither reading nor computing waits for a client that does not read.
///
/// What is sent is written in order and never dropped while the client is there. Progress is different: of each request
/// one message at most waits, the latest, and it is written no more often than the limits say. Once the reading end is closed everything is
/// forgotten silently; no signal is raised.
class Outbox {
 public:
  /// Writes to `descriptor`, which stays the caller's.
  Outbox(int descriptor, const ServiceLimits& limits);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  /// What is still unwritten is forgotten; see finish().
  ~Outbox();

  void send(const Json& message);
  /// `owner`: whose it is, so that it can be forgotten when that request is answered.
  void progress(const std::string& owner, const Json& message);
  void forgetProgress(const std::string& owner);

  bool full() const;        ///< more waits than the client may leave unread
  bool clientGone() const;  ///< nobody reads any more
  /// Returns when it is no longer full, the client has gone, or `stop` says so (asked every 20 ms).
  void waitForRoom(const std::function<bool()>& stop) const;
  /// Returns when everything is written, the client has gone, or `stop` says so. Whether everything is written.
  bool finish(const std::function<bool()>& stop) const;

 private:
  void waitUntil(const std::function<bool()>& reached, const std::function<bool()>& stop) const;
  void work();
  void write(const std::string& text);

  int m_descriptor;
  ServiceLimits m_limits;
  mutable std::mutex m_mutex;
  mutable std::condition_variable m_changed;
  std::string m_waiting;                          ///< whole lines
  std::size_t m_inHand = 0;                       ///< bytes that the thread is writing
  std::map<std::string, std::string> m_progress;  ///< a line, by whose it is
  std::chrono::steady_clock::time_point m_lastProgress{};
  bool m_gone = false;
  bool m_ended = false;
  std::thread m_thread;
};

}  // namespace roundel
