#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/mask.h"

namespace roundel {

/// Pixels x0 <= x < x1 of one row.
struct RowSpan {
  std::int64_t x0 = 0;
  std::int64_t x1 = 0;
};

/// A mask's runs, cut at the ends of rows and found by row: what morphology and components walk over.
/// Rows are counted through all slices: row = z * height + y.
class RowRuns {
 public:
  explicit RowRuns(const Mask& mask);

  Size size() const { return m_size; }
  /// First row with a span, and one past the last one; equal for an empty mask.
  std::int64_t firstRow() const { return m_firstRow; }
  std::int64_t endRow() const { return m_firstRow + static_cast<std::int64_t>(m_begin.size()) - 1; }
  /// All spans, in row-major order.
  const std::vector<RowSpan>& spans() const { return m_spans; }
  /// Index into spans() of the first span of a row; rows outside [firstRow, endRow] are not allowed.
  std::size_t begin(std::int64_t row) const { return m_begin[static_cast<std::size_t>(row - m_firstRow)]; }
  /// The spans of a row; empty for every row without any.
  std::span<const RowSpan> row(std::int64_t row) const {
    if (row < firstRow() || row >= endRow()) return {};
    return std::span(m_spans).subspan(begin(row), begin(row + 1) - begin(row));
  }

 private:
  Size m_size;
  std::int64_t m_firstRow = 0;
  std::vector<RowSpan> m_spans;
  std::vector<std::size_t> m_begin;
};

}  // namespace roundel
