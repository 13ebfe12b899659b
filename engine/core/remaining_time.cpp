#include "core/remaining_time.h"

namespace roundel {

std::optional<double> RemainingTime::after(std::int64_t done, std::int64_t total, const std::string& phase, Clock::time_point now) {
  if (phase != m_phase || total != m_total || done < m_last) {
    m_phase = phase;
    m_total = total;
    m_first = done;
    m_start = now;
  }
  m_last = done;
  if (total <= 0 || done >= total) return total > 0 ? std::optional(0.0) : std::nullopt;
  if (done <= m_first) return std::nullopt;
  const double elapsed = std::chrono::duration<double>(now - m_start).count();
  return elapsed * static_cast<double>(total - done) / static_cast<double>(done - m_first);
}

}  // namespace roundel
