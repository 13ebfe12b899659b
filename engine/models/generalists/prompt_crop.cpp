#include "models/generalists/prompt_crop.h"

#include <algorithm>
#include <cmath>

#include "models/generalists/axis_taps.h"

namespace roundel {
namespace {

/// A spot on a click: 1 in its middle, a few places wide.
void drawSpot(std::span<float> channel, int side, const PromptPoint& point) {
  constexpr double kSigma = 2.0;
  const int x0 = std::max(0, static_cast<int>(std::floor(point.x - 4 * kSigma))),
            x1 = std::min(side, static_cast<int>(std::ceil(point.x + 4 * kSigma)));
  const int y0 = std::max(0, static_cast<int>(std::floor(point.y - 4 * kSigma))),
            y1 = std::min(side, static_cast<int>(std::ceil(point.y + 4 * kSigma)));
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) {
      const double dx = x + 0.5 - point.x, dy = y + 0.5 - point.y;
      float& value = channel[static_cast<std::size_t>(y * side + x)];
      value = std::max(value, static_cast<float>(std::exp(-0.5 * (dx * dx + dy * dy) / (kSigma * kSigma))));
    }
}

}  // namespace

CropWindow windowAround(const PromptBox& box, double margin) {
  const double width = box.x1 - box.x0, height = box.y1 - box.y0, more = margin * (width + height) / 2;
  CropWindow window{.width = std::max(width + 2 * more, kSmallestWindow), .height = std::max(height + 2 * more, kSmallestWindow)};
  window.width = std::max(window.width, window.height / 2);
  window.height = std::max(window.height, window.width / 2);
  window.x0 = (box.x0 + box.x1 - window.width) / 2;
  window.y0 = (box.y0 + box.y1 - window.height) / 2;
  return window;
}

std::vector<float> resampled(std::span<const float> picture, Size size, const CropWindow& window, int side) {
  const auto columns = axisTaps(window.x0, window.width, side), rows = axisTaps(window.y0, window.height, side);
  const std::int64_t firstRow = std::clamp<std::int64_t>(rows.front().first, 0, size.y - 1);
  const std::int64_t lastRow =
      std::clamp<std::int64_t>(rows.back().first + static_cast<std::int64_t>(rows.back().shares.size()) - 1, firstRow, size.y - 1);
  std::vector<float> narrow(static_cast<std::size_t>((lastRow - firstRow + 1) * side));
  for (std::int64_t y = firstRow; y <= lastRow; ++y) {
    const float* const line = picture.data() + y * size.x;
    float* out = narrow.data() + (y - firstRow) * side;
    for (const AxisTaps& taps : columns) {
      float sum = 0;
      for (std::size_t k = 0; k < taps.shares.size(); ++k)
        sum += taps.shares[k] * line[std::clamp<std::int64_t>(taps.first + static_cast<std::int64_t>(k), 0, size.x - 1)];
      *out++ = sum;
    }
  }
  std::vector<float> crop(static_cast<std::size_t>(side) * static_cast<std::size_t>(side), 0.0F);
  for (int i = 0; i < side; ++i) {
    float* const out = crop.data() + static_cast<std::ptrdiff_t>(i) * side;
    const AxisTaps& taps = rows[static_cast<std::size_t>(i)];
    for (std::size_t k = 0; k < taps.shares.size(); ++k) {
      const std::int64_t y = std::clamp<std::int64_t>(taps.first + static_cast<std::int64_t>(k), firstRow, lastRow);
      const float* const line = narrow.data() + (y - firstRow) * side;
      for (int x = 0; x < side; ++x) out[x] += taps.shares[k] * line[x];
    }
  }
  return crop;
}

PixelBox pixelsOf(const CropWindow& window, Size size) {
  const auto first = [](double edge, std::int64_t limit) {
    return static_cast<std::int64_t>(std::clamp(std::ceil(edge - 0.5), 0.0, static_cast<double>(limit)));
  };
  return {.x0 = first(window.x0, size.x),
          .y0 = first(window.y0, size.y),
          .x1 = first(window.x0 + window.width, size.x),
          .y1 = first(window.y0 + window.height, size.y)};
}

std::vector<float> spreadOut(std::span<const float> crop, int side, const CropWindow& window, const PixelBox& area) {
  const auto columns = placesBetween(area.x0, area.x1, window.x0, window.width, side),
             rows = placesBetween(area.y0, area.y1, window.y0, window.height, side);
  std::vector<float> out;
  out.reserve(columns.size() * rows.size());
  for (const BetweenPlaces& row : rows) {
    const float* const upper = crop.data() + static_cast<std::ptrdiff_t>(row.first) * side;
    const float* const lower = upper + side;
    for (const BetweenPlaces& column : columns) {
      const float top = upper[column.first] + column.share * (upper[column.first + 1] - upper[column.first]);
      const float bottom = lower[column.first] + column.share * (lower[column.first + 1] - lower[column.first]);
      out.push_back(top + row.share * (bottom - top));
    }
  }
  return out;
}

CropPrompt inWindow(const Prompt& prompt, const CropWindow& window, int side) {
  const double sx = side / window.width, sy = side / window.height;
  CropPrompt inside;
  if (prompt.box)
    inside.box = PromptBox{(prompt.box->x0 - window.x0) * sx, (prompt.box->y0 - window.y0) * sy, (prompt.box->x1 - window.x0) * sx,
                           (prompt.box->y1 - window.y0) * sy};
  for (const auto& point : prompt.points) {
    // A click is on the middle of its pixel. One beyond the crop says nothing here.
    const PromptPoint place{(point.x + 0.5 - window.x0) * sx, (point.y + 0.5 - window.y0) * sy, 0, point.positive};
    if (place.x >= 0 && place.y >= 0 && place.x <= side && place.y <= side) inside.points.push_back(place);
  }
  return inside;
}

void standardise(std::span<float> grey) {
  double sum = 0, squares = 0;
  for (const float value : grey) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(grey.size());
  for (const float value : grey) squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
  const double scale = 1 / (std::sqrt(squares / static_cast<double>(grey.size())) + 1e-3);
  for (auto& value : grey) value = static_cast<float>((static_cast<double>(value) - mean) * scale);
}

std::vector<float> drawnCrop(std::span<const float> grey, const CropPrompt& prompt, int side) {
  const auto area = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  std::vector<float> channels(5 * area, 0.0F);
  std::copy(grey.begin(), grey.end(), channels.begin());
  const std::span<float> all(channels);
  if (prompt.box) {
    const auto box = all.subspan(area, area);
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) {
        const bool in = x + 0.5 >= prompt.box->x0 && x + 0.5 < prompt.box->x1 && y + 0.5 >= prompt.box->y0 && y + 0.5 < prompt.box->y1;
        box[static_cast<std::size_t>(y * side + x)] = in ? 1.0F : -1.0F;
      }
  }
  for (const auto& point : prompt.points) drawSpot(all.subspan((point.positive ? 2 : 3) * area, area), side, point);
  for (std::size_t i = 0; i < prompt.mask.size(); ++i) channels[4 * area + i] = 2 * prompt.mask[i] - 1;
  return channels;
}

}  // namespace roundel
