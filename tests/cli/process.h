#pragma once
#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace roundel::test {

/// How a program is started. Standard input is empty.
struct Start {
  std::string program;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment = {};  ///< on top of this process's own
  std::optional<int> descriptor = {};                   ///< an open descriptor that the program gets as its number 9
  std::string folder = {};                              ///< working folder; empty: this process's
  std::optional<std::uint64_t> largestFile = {};        ///< bytes; RLIMIT_FSIZE
};

/// What came of it.
struct Ended {
  int code = -1;        ///< exit code, or 128 + signal
  bool killed = false;  ///< ended by a signal, not by itself
  bool timedOut = false;
  std::string out, err;
  double seconds = 0;
};

/// A running program whose outputs are gathered while it runs.
class Process {
 public:
  explicit Process(const Start& start);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Kills what still runs.
  ~Process();

  pid_t id() const { return m_id; }
  void signal(int number) const;
  /// Gathers output until standard error holds `text`, the time is over, or the program has ended. Whether it does.
  bool waitForError(const std::string& text, std::chrono::milliseconds limit);
  /// Gathers output for so long, or until the program has ended.
  void watchFor(std::chrono::milliseconds time);
  /// Whether it has closed both its outputs, as a program does that ends.
  bool ended() const { return m_out < 0 && m_err < 0; }
  /// Waits for the end; past the limit the program is killed.
  Ended wait(std::chrono::seconds limit = std::chrono::seconds(60));

 private:
  bool gather(std::chrono::milliseconds limit);
  void spawn(const Start& start, int out, int err);

  pid_t m_id = -1;
  int m_out = -1, m_err = -1;
  bool m_reaped = false;
  std::string m_outText, m_errText;
  std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
};

}  // namespace roundel::test
