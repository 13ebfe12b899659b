#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/program.h"

namespace roundel::test {

/// `roundel serve` as a child, with pipes at its three ends. Answers are read as they come, by a thread, so that a test may write as
/// much as it likes.
class ServeClient {
 public:
  /// Starts `roundel [arguments] serve` with its temporary files in `folder`.
  explicit ServeClient(const TempFolder& folder, std::vector<std::string> arguments = {"--device", "cpu"});
  ServeClient(const ServeClient&) = delete;
  ServeClient& operator=(const ServeClient&) = delete;
  /// Kills what still runs.
  ~ServeClient();

  void send(const Json& message) { sendText(message.dump() + "\n"); }
  void sendText(const std::string& text);
  void closeInput();
  void closeOutput();
  void signal(int number) const;

  /// The terminal message of a request; waits for it up to 20 seconds.
  Json answerTo(const Json& id);
  Json resultOf(const Json& message);
  /// Waits until a message of that type is there that has no id, e.g. "ready" of the stage "prompts".
  void waitUntilReady();
  /// Everything said so far. A line that is no JSON object is a failure.
  std::vector<Json> messages();
  int terminalsOf(const Json& id);

  /// Waits for the end; past 20 seconds it is killed. Exit code, or 128 + signal.
  struct Exit {
    int code = -1;
    bool killed = false;
    double seconds = 0;  ///< since this was called
    std::string log;     ///< standard error
  };
  Exit wait();

 private:
  void readOutput();
  Json take(std::chrono::seconds patience, const std::function<bool(const Json&)>& wanted);

  pid_t m_id = -1;
  int m_in = -1, m_out = -1;
  int m_wake[2] = {-1, -1};  ///< closed to end the reading thread
  std::string m_log;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<Json> m_messages;
  std::vector<std::string> m_noMessages;
  bool m_ended = false;
  std::thread m_reader;
};

}  // namespace roundel::test
