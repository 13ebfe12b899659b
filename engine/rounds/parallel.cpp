#include "rounds/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace roundel {

void parallelFor(std::int64_t count, int threads, const std::string& phase, Job& job, const std::function<void(std::int64_t)>& work) {
  std::atomic<std::int64_t> next{0}, finished{0};
  std::atomic<int> running{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::exception_ptr thrown;
  const int workers = static_cast<int>(std::clamp<std::int64_t>(threads, 1, std::max<std::int64_t>(1, count)));
  running = workers;
  std::vector<std::jthread> pool;
  for (int t = 0; t < workers; ++t)
    pool.emplace_back([&] {
      for (std::int64_t i = next++; i < count && !stop; i = next++) {
        try {
          work(i);
          ++finished;
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (!thrown) thrown = std::current_exception();
          stop = true;
        }
      }
      --running;
    });
  while (running > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    job.progress(finished, count, phase);
    if (job.stopRequested()) stop = true;
  }
  pool.clear();
  if (thrown) std::rethrow_exception(thrown);
  job.throwIfStopped();
  job.progress(count, count, phase);
}

}  // namespace roundel
