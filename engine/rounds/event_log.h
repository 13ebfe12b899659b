#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/remaining_time.h"

namespace roundel {

/// Where a run says what it does, line by line (reference/CLI.md, "Events"): one JSON object a line, flushed, `seq` without gaps
/// in each place it is written to.
///
/// Writes to every sink it was given. A sink that breaks (a closed pipe, a full disk) is dropped; the work goes on.
class EventLog {
 public:
  EventLog() = default;
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  ~EventLog();

  /// Appends to a file; `seq` goes on after the last whole line found there (a half-written last line is cut off).
  void addFile(const std::filesystem::path& path);
  /// "FILE" or "fd:N". Throws Error(Usage, "bad-events").
  void addSink(const std::string& spec);
  bool empty() const { return m_sinks.empty(); }

  /// Writes {"v", "seq", "t", ...fields}.
  void write(const Json& fields);

 private:
  struct Sink {
    int descriptor;
    bool owned;
    std::int64_t next = 0;  ///< its next `seq`: a file that has lines already is further on than another sink
  };
  std::vector<Sink> m_sinks;
};

/// The Job of one stage: turns progress, metrics and warnings into events and hands them on to the outer Job.
class StageJob : public Job {
 public:
  StageJob(Job& outer, EventLog& events, std::string run, int round, std::string stage, std::filesystem::path control = {});

  void started();
  /// The last line of a stage: "done", "cancelled" or "failed".
  void ended(const std::string& type, const Json& fields = Json::object());
  void artifact(const std::filesystem::path& path, const std::string& kind);

  void progress(std::int64_t done, std::int64_t total, const std::string& phase) override;
  void metric(const Json& values) override;
  void warning(const Warning& warning) override;
  void log(const std::string& line) override;
  /// Also true while control/pause or control/cancel exists in the run's folder, and from the time on that control/pause-at holds.
  bool stopRequested() const override;

 private:
  void write(const std::string& type, const Json& fields);

  Job& m_outer;
  EventLog& m_events;
  std::string m_run;
  int m_round;
  std::string m_stage;
  std::filesystem::path m_control;
  RemainingTime m_remaining;
  std::chrono::steady_clock::time_point m_lastProgress{};
  mutable std::chrono::steady_clock::time_point m_lastLook{};
  mutable bool m_asked = false;
};

}  // namespace roundel
