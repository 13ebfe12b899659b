#include "raster/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace roundel {

void parallelFor(int count, int threads, const std::function<void(int)>& work) {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int wanted = std::min(count, threads > 0 ? threads : cores);
  std::atomic<int> next{0};
  std::exception_ptr failure;
  std::mutex failureLock;
  const auto take = [&] {
    try {
      for (int i = next++; i < count; i = next++) work(i);
    } catch (...) {
      const std::scoped_lock lock(failureLock);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> others;
  try {
    for (int i = 1; i < wanted; ++i) others.emplace_back(take);
  } catch (const std::system_error&) {
    // No further thread is to be had: those that there are do the work.
  }
  take();
  for (auto& other : others) other.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace roundel
