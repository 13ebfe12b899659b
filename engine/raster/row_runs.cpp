#include "raster/row_runs.h"

#include <algorithm>

namespace roundel {

RowRuns::RowRuns(const Mask& mask) : m_size(mask.size()) {
  m_begin.push_back(0);
  if (mask.empty()) return;
  const std::int64_t width = m_size.x;
  m_firstRow = mask.runs().front().start / width;
  m_spans.reserve(mask.runs().size());
  std::int64_t open = m_firstRow;  // the row whose spans are being collected
  for (const auto& run : mask.runs()) {
    const std::int64_t end = run.start + run.length;
    for (std::int64_t at = run.start; at < end;) {
      const std::int64_t row = at / width, stop = std::min((row + 1) * width, end);
      for (; open < row; ++open) m_begin.push_back(m_spans.size());
      m_spans.push_back({at - row * width, stop - row * width});
      at = stop;
    }
  }
  m_begin.push_back(m_spans.size());
}

}  // namespace roundel
