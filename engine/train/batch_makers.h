#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace roundel {

/// Threads that make what steps will need, ahead of them and in any order; take(step) waits for its own. What is made is a function of the
/// step alone, so neither the number of threads nor their luck decides anything.
template <class Batch>
class BatchMakers {
 public:
  BatchMakers(std::int64_t first, std::int64_t end, int threads, std::function<Batch(std::int64_t)> make)
      : m_make(std::move(make)), m_next(first), m_wanted(first), m_end(end), m_ahead(2 + threads) {
    for (int i = 0; i < threads; ++i) m_threads.emplace_back([this] { work(); });
  }
  BatchMakers(const BatchMakers&) = delete;
  BatchMakers& operator=(const BatchMakers&) = delete;
  ~BatchMakers() {
    {
      const std::lock_guard lock(m_mutex);
      m_end = m_next;
    }
    m_changed.notify_all();
    for (auto& thread : m_threads) thread.join();
  }

  /// Steps are taken one after the other. Throws what making it threw.
  Batch take(std::int64_t step) {
    std::unique_lock lock(m_mutex);
    m_wanted = step;
    m_changed.notify_all();
    m_changed.wait(lock, [&] { return m_made.contains(step) || m_failure; });
    if (m_failure) std::rethrow_exception(m_failure);
    Batch batch = std::move(m_made.at(step));
    m_made.erase(step);
    return batch;
  }

 private:
  void work() {
    std::unique_lock lock(m_mutex);
    while (true) {
      m_changed.wait(lock, [&] { return m_next >= m_end || m_next <= m_wanted + m_ahead; });
      if (m_next >= m_end || m_failure) return;
      const std::int64_t step = m_next++;
      lock.unlock();
      try {
        Batch batch = m_make(step);
        lock.lock();
        m_made.emplace(step, std::move(batch));
      } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        m_failure = std::current_exception();
      }
      m_changed.notify_all();
    }
  }

  std::function<Batch(std::int64_t)> m_make;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::map<std::int64_t, Batch> m_made;
  std::int64_t m_next, m_wanted, m_end, m_ahead;
  std::exception_ptr m_failure;
  std::vector<std::thread> m_threads;
};

}  // namespace roundel
