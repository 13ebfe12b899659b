#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

#include "core/elapsed.h"
#include "core/job.h"
#include "rounds/forecast.h"

namespace roundel {

/// Lets a training take a few steps, and keeps the time of each after the first, which also sets everything up.
class FewSteps : public Job {
 public:
  FewSteps(const Job& outer, const ForecastLimits& limits) : m_outer(outer), m_limits(limits) {}

  void progress(std::int64_t done, std::int64_t, const std::string&) override {
    if (m_first < 0) m_first = done, m_start = std::chrono::steady_clock::now();
    m_last = done;
    m_lastTime = std::chrono::steady_clock::now();
  }
  bool stopRequested() const override {
    const std::int64_t steps = m_first < 0 ? 0 : m_last - m_first;
    return m_outer.stopRequested() || (steps >= 1 && (steps >= m_limits.steps || secondsSince(m_begin) >= m_limits.seconds));
  }
  /// None where it ended with its first step.
  std::optional<double> secondsPerStep() const {
    if (m_first < 0 || m_last <= m_first) return std::nullopt;
    return std::chrono::duration<double>(m_lastTime - m_start).count() / static_cast<double>(m_last - m_first);
  }

 private:
  const Job& m_outer;
  ForecastLimits m_limits;
  std::int64_t m_first = -1, m_last = -1;
  std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now(), m_start{}, m_lastTime{};
};

}  // namespace roundel
