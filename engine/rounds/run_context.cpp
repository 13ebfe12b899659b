#include "rounds/run_context.h"

#include <algorithm>
#include <thread>

#include "core/random.h"

namespace roundel {

std::string toString(Arm arm) { return arm == Arm::Strategy ? "strategy" : "control"; }

int RunContext::workers() const { return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

PredictOptions RunContext::predicting() const {
  const bool views = plan.runParams.value("test_time_augmentation", false);  // plans of older versions do not say
  return {.augmentation = views ? TestTimeAugmentation::Yes : TestTimeAugmentation::No, .device = device, .threads = threads};
}

std::uint64_t seedFor(const RunPlan& plan, const std::string& purpose, int round) {
  return Random(plan.seed, purpose, static_cast<std::uint64_t>(round)).next() >> 16;  // fits a JSON number exactly
}

}  // namespace roundel
