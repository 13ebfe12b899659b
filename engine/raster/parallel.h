#pragma once
#include <functional>

namespace roundel {

/// Calls work(0) ... work(count - 1), each once, on up to `threads` threads (0: as many as there are cores), the caller's among
/// them. Whatever a call throws first is thrown here once all threads have ended.
void parallelFor(int count, int threads, const std::function<void(int)>& work);

}  // namespace roundel
