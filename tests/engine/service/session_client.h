#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/service/fake_generalist.h"
#include "service/session.h"
#include "support/temporary_folder.h"

namespace roundel::test {

/// A session in a thread of this process with a fake generalist, and the other ends of its pipes. Beside it lies image(), of 64 x 32.
class SessionClient {
 public:
  explicit SessionClient(const std::function<void(ServiceOptions&)>& change = {});
  SessionClient(const SessionClient&) = delete;
  SessionClient& operator=(const SessionClient&) = delete;
  ~SessionClient();

  FakeControl& fake() { return *m_control; }
  std::string image() const { return m_image; }
  /// Another picture of that size.
  std::string imageOf(std::uint8_t grey) const;
  void stop() { m_stop = true; }  ///< as a signal does

  void send(const Json& message) { sendText(message.dump() + "\n"); }
  void sendText(const std::string& text) const;
  void closeInput();
  void closeOutput();

  /// The next message; null after the end of the output or 10 seconds.
  Json next();
  /// Reads until the terminal message of this request; other messages are kept in seen().
  Json answerTo(const Json& id);
  /// Sends and waits for the answer, which must be a result; what it holds.
  Json resultOf(const Json& message);
  /// Sends and waits for the answer, which must be an error; its code.
  std::string errorOf(const Json& message);
  /// Opens image() with the fake generalist under the id "case".
  void open();

  const std::vector<Json>& seen() const { return m_seen; }
  /// Terminal messages seen so far of this request.
  int terminalsOf(const Json& id) const;
  /// Reads to the end of the output and waits for the session.
  SessionEnd end();
  /// Reads nothing more and waits for the session.
  SessionEnd endUnread();
  /// Whether so much is unread that the session cannot write more.
  bool full() const;
  /// The code of what run() threw; to be asked after end().
  const std::string& failure() const { return m_failure; }

 private:
  TemporaryFolder m_folder;
  std::string m_image;
  std::shared_ptr<FakeControl> m_control = std::make_shared<FakeControl>();
  int m_toSession[2] = {-1, -1}, m_fromSession[2] = {-1, -1};
  std::atomic<bool> m_stop{false};
  std::string m_buffer;
  std::vector<Json> m_seen;
  std::unique_ptr<Session> m_session;
  SessionEnd m_end;
  std::string m_failure;
  std::thread m_thread;
};

}  // namespace roundel::test
