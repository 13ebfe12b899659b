#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "core/json.h"

namespace roundel {

/// Something a person should know about a result that was nevertheless made ("warnings" of the command line's document).
struct Warning {
  std::string code;      ///< a stable word
  std::string caseName;  ///< empty: not about one case
  std::string message;   ///< a sentence
};

/// The seam between long work and whoever started it: progress out, the wish to stop in.
///
/// Work takes a `Job&`, reports through it, and calls `throwIfStopped()` at every step where it can stop. It neither knows nor
/// asks which thread or process it runs in. The default does nothing, for tests and short work.
class Job {
 public:
  virtual ~Job() = default;

  /// `done` of `total` steps of the stage in hand are finished; `phase` in plain words, e.g. "training the specialist".
  virtual void progress(std::int64_t done, std::int64_t total, const std::string& phase);
  /// A number worth a curve: {"name": value, ...}.
  virtual void metric(const Json& values);
  virtual void warning(const Warning& warning);
  /// A line for the log. Never a patient's name.
  virtual void log(const std::string& line);
  virtual bool stopRequested() const;

  /// Throws Cancelled when a stop was requested.
  void throwIfStopped() const;
};

/// Whether a stop was requested, for what waits and knows no jobs. The job must outlive it.
inline std::function<bool()> stopOf(const Job& job) {
  return [&job] { return job.stopRequested(); };
}

}  // namespace roundel
