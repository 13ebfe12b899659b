#pragma once
#include <chrono>
#include <vector>

#include "core/job.h"
#include "core/remaining_time.h"

namespace roundel::cli {

/// Job of a program at a terminal: a progress bar with the time left on standard error, log lines through the logger, and the
/// wish to stop from SIGINT and SIGTERM. Standard output is never touched.
class TerminalJob : public Job {
 public:
  enum class Bar { Show, Hide };
  explicit TerminalJob(Bar bar);

  void progress(std::int64_t done, std::int64_t total, const std::string& phase) override;
  void warning(const Warning& warning) override;
  void log(const std::string& line) override;
  bool stopRequested() const override;

  const std::vector<Warning>& warnings() const { return m_warnings; }
  /// Ends the line of the bar, so that what is printed next starts on its own.
  void finishLine();

 private:
  bool m_bar;
  bool m_lineOpen = false;
  std::string m_phase;
  std::vector<Warning> m_warnings;
  RemainingTime m_remaining;
  std::chrono::steady_clock::time_point m_lastDrawn{};
};

/// Catches SIGINT and SIGTERM: the first is acknowledged and remembered, the second ends the process at once with 128 + signal.
/// SIGPIPE and SIGXFSZ are ignored: the write says what is wrong.
void installSignalHandlers();
/// The signal that asked to stop, or 0.
int stopSignal();

}  // namespace roundel::cli
