#pragma once
#include <cstdint>
#include <functional>

#include "core/job.h"

namespace roundel {

/// Calls work(i) for i in [0, count) on several threads; progress is counted in finished items. The result may not depend on the
/// order. The first exception is thrown on after all threads have ended; a stop ends it between items.
/// `Job` is only used from the calling thread.
void parallelFor(std::int64_t count, int threads, const std::string& phase, Job& job, const std::function<void(std::int64_t)>& work);

}  // namespace roundel
