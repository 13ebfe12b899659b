#include "core/job.h"

#include "core/error.h"

namespace roundel {

void Job::progress(std::int64_t, std::int64_t, const std::string&) {}
void Job::metric(const Json&) {}
void Job::warning(const Warning&) {}
void Job::log(const std::string&) {}
bool Job::stopRequested() const { return false; }

void Job::throwIfStopped() const {
  if (stopRequested()) throw Cancelled();
}

}  // namespace roundel
