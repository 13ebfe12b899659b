#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace roundel {

/// How long a piece of work will still take, from how fast it went since its first progress. A piece ends where another phase or
/// another total begins or where what is done goes back (the control arm after the strategy's, in the same words). What was done
/// before the first progress, by a training that goes on, does not count as fast work.
class RemainingTime {
 public:
  using Clock = std::chrono::steady_clock;

  /// Seconds left after this progress; none at the first one of a piece, and where `total` is not known.
  std::optional<double> after(std::int64_t done, std::int64_t total, const std::string& phase, Clock::time_point now = Clock::now());

 private:
  std::string m_phase;
  std::int64_t m_first = 0, m_last = 0, m_total = -1;
  Clock::time_point m_start{};
};

}  // namespace roundel
