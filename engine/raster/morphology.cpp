#include "raster/morphology.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/error.h"
#include "raster/row_runs.h"

namespace roundel {
namespace {

constexpr int kLargestRadius = 4096;

using Spans = std::vector<RowSpan>;

/// Sorts spans and joins those that overlap or touch; what sticks out of the row is cut off.
void join(Spans& spans, std::int64_t width) {
  std::sort(spans.begin(), spans.end(), [](const RowSpan& a, const RowSpan& b) { return a.x0 < b.x0; });
  Spans joined;
  for (auto span : spans) {
    span = {std::max<std::int64_t>(span.x0, 0), std::min(span.x1, width)};
    if (span.x0 >= span.x1) continue;
    if (!joined.empty() && span.x0 <= joined.back().x1) joined.back().x1 = std::max(joined.back().x1, span.x1);
    else joined.push_back(span);
  }
  spans.swap(joined);
}

/// Keeps of `kept` what lies in the spans of `row` after these lose `shrink` pixels at each end. With Outside::Foreground an
/// end at the image's edge is no end.
Spans intersectShrunk(const Spans& kept, std::span<const RowSpan> row, std::int64_t shrink, std::int64_t width, Outside outside) {
  Spans result;
  std::size_t i = 0;
  for (const auto& span : row) {
    const bool openLeft = outside == Outside::Foreground && span.x0 == 0, openRight = outside == Outside::Foreground && span.x1 == width;
    const std::int64_t x0 = openLeft ? 0 : span.x0 + shrink, x1 = openRight ? width : span.x1 - shrink;
    if (x0 >= x1) continue;
    while (i < kept.size() && kept[i].x1 <= x0) ++i;
    for (std::size_t j = i; j < kept.size() && kept[j].x0 < x1; ++j) result.push_back({std::max(kept[j].x0, x0), std::min(kept[j].x1, x1)});
  }
  return result;
}

void append(std::vector<Mask::Run>& runs, const Spans& spans, std::int64_t row, std::int64_t width) {
  for (const auto& span : spans) runs.push_back({row * width + span.x0, span.x1 - span.x0});
}

}  // namespace

std::int64_t StructuringElement::reach() const { return shape == ElementShape::Star ? radius + radius / 2 : radius; }

std::vector<std::int64_t> StructuringElement::halfWidths() const {
  if (radius < 0 || radius > kLargestRadius)
    throw Error(ErrorKind::Usage, "bad-parameter",
                "The radius of a structuring element lies between 0 and " + std::to_string(kLargestRadius) + ".");
  const std::int64_t r = radius, most = reach();
  std::vector<std::int64_t> widths;
  for (std::int64_t dy = -most; dy <= most; ++dy) {
    const std::int64_t far = std::abs(dy);
    switch (shape) {
      case ElementShape::Square: widths.push_back(r); break;
      case ElementShape::Diamond: widths.push_back(r - far); break;
      case ElementShape::Star: widths.push_back(std::max(far <= r ? r : 0, most - far)); break;
      case ElementShape::Disk: {
        std::int64_t half = 0;
        while ((half + 1) * (half + 1) + far * far <= r * r) ++half;
        widths.push_back(half);
        break;
      }
    }
  }
  return widths;
}

Mask dilated(const Mask& mask, const StructuringElement& element) {
  const auto halfWidths = element.halfWidths();
  const std::int64_t reach = element.reach(), height = mask.size().y, width = mask.size().x;
  if (reach == 0 || mask.empty()) return mask;
  const RowRuns rows(mask);
  std::vector<Mask::Run> runs;
  Spans spans;
  const std::int64_t firstRow = std::max<std::int64_t>(0, rows.firstRow() - reach);
  const std::int64_t endRow = std::min(height * mask.size().z, rows.endRow() + reach);
  for (std::int64_t row = firstRow; row < endRow; ++row) {
    const std::int64_t y = row % height;
    spans.clear();
    for (std::int64_t dy = std::max(-reach, -y); dy <= std::min(reach, height - 1 - y); ++dy) {
      const std::int64_t half = halfWidths[static_cast<std::size_t>(dy + reach)];
      for (const auto& span : rows.row(row + dy)) spans.push_back({span.x0 - half, span.x1 + half});
    }
    join(spans, width);
    append(runs, spans, row, width);
  }
  return Mask(mask.size(), std::move(runs));
}

Mask eroded(const Mask& mask, const StructuringElement& element, Outside outside) {
  const auto halfWidths = element.halfWidths();
  const std::int64_t reach = element.reach(), height = mask.size().y, width = mask.size().x;
  if (reach == 0 || mask.empty()) return mask;
  const RowRuns rows(mask);
  std::vector<Mask::Run> runs;
  for (std::int64_t row = rows.firstRow(); row < rows.endRow(); ++row) {
    const auto own = rows.row(row);
    Spans kept(own.begin(), own.end());
    const std::int64_t y = row % height;
    for (std::int64_t dy = -reach; dy <= reach && !kept.empty(); ++dy) {
      if (y + dy < 0 || y + dy >= height) {
        if (outside == Outside::Background) kept.clear();
        continue;
      }
      kept = intersectShrunk(kept, rows.row(row + dy), halfWidths[static_cast<std::size_t>(dy + reach)], width, outside);
    }
    append(runs, kept, row, width);
  }
  return Mask(mask.size(), std::move(runs));
}

Mask opened(const Mask& mask, const StructuringElement& element) { return dilated(eroded(mask, element), element); }
Mask closed(const Mask& mask, const StructuringElement& element) { return eroded(dilated(mask, element), element); }

Mask interior(const Mask& mask) {
  const RowRuns rows(mask);
  const Size size = mask.size();
  const std::int64_t allRows = size.y * size.z;
  std::vector<Mask::Run> runs;
  for (std::int64_t row = rows.firstRow(); row < rows.endRow(); ++row) {
    const auto own = rows.row(row);
    const std::int64_t y = row % size.y;
    Spans kept = intersectShrunk(Spans(own.begin(), own.end()), own, 1, size.x, Outside::Background);
    const auto within = [&](bool inside, std::int64_t other) {
      if (!inside) kept.clear();
      else if (!kept.empty()) kept = intersectShrunk(kept, rows.row(other), 0, size.x, Outside::Background);
    };
    within(y > 0, row - 1);
    within(y + 1 < size.y, row + 1);
    if (size.z > 1) {
      within(row >= size.y, row - size.y);
      within(row + size.y < allRows, row + size.y);
    }
    append(runs, kept, row, size.x);
  }
  return Mask(size, std::move(runs));
}

std::string toString(ElementShape shape) {
  switch (shape) {
    case ElementShape::Square: return "square";
    case ElementShape::Disk: return "disk";
    case ElementShape::Diamond: return "diamond";
    case ElementShape::Star: return "star";
  }
  return {};
}

ElementShape elementShapeFromString(const std::string& text) {
  for (const auto shape : {ElementShape::Square, ElementShape::Disk, ElementShape::Diamond, ElementShape::Star})
    if (toString(shape) == text) return shape;
  throw Error(ErrorKind::Usage, "bad-parameter", "There is no structuring element named " + text + ".",
              {.remedy = "Known: square, disk, diamond, star."});
}

}  // namespace roundel
