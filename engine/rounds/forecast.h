#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/job.h"
#include "rounds/freeze.h"
#include "rounds/study_data.h"

namespace roundel {

/// A part of a run: so many times so many seconds.
struct ForecastPart {
  std::string name;  ///< of the stage: train, control, calibrate, refine ...
  double count = 0;
  double secondsEach = 0;
  double seconds() const { return count * secondsEach; }
};

/// What a run will take, from trying each kind of work for a moment on the study's own pictures. Trainings that another run has done
/// already, and that would be taken from there, are counted as if they were not.
struct RunForecast {
  double seconds = 0;
  std::uint64_t memoryBytes = 0;     ///< the most that the run's process will hold
  std::uint64_t gpuMemoryBytes = 0;  ///< 0: none is used
  std::uint64_t availableBytes = 0;  ///< of the machine's memory, now
  std::vector<ForecastPart> parts;
  std::vector<std::string> notMeasured;  ///< names of parts that are in no number
  double measuredFor = 0;                ///< seconds that the trial took
};

struct ForecastLimits {
  double seconds = 6;  ///< of trying one training; a step that lasts longer is finished
  int steps = 12;
  int cases = 6;  ///< that are opened
};

/// Writes to a folder of its own under the system's temporary one and removes it. Throws what a training throws, e.g.
/// Error(Resource, "out-of-memory") where a step does not fit, and Cancelled.
RunForecast forecastRun(const FrozenRun& frozen, const std::string& device, int threads, ImageLoader loader, Job& job,
                        const ForecastLimits& limits = {});

Json toJson(const RunForecast& forecast);

}  // namespace roundel
