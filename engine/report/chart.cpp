#include "report/chart.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

namespace roundel {
namespace {

constexpr ChartColour kColours[] = {{0x0b, 0x6b, 0xcb}, {0xd1, 0x57, 0x0b}, {0x2e, 0x8b, 0x57}, {0x9b, 0x3f, 0xb5},
                                    {0xb8, 0x86, 0x0b}, {0xc2, 0x18, 0x5b}, {0x00, 0x83, 0x8f}, {0x6d, 0x4c, 0x41}};

/// A step of 1, 2 or 5 times a power of ten that cuts `span` into at most six.
double tickStep(double span) {
  const double raw = span / 5.0;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0})
    if (factor * power >= raw * 0.999) return factor * power;
  return 10.0 * power;
}

std::string tickText(double value) {
  char text[32];
  const auto result = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 5);
  return std::string(text, result.ptr);
}

struct Frame {
  double x0, x1, y0, y1;
  static constexpr double kWidth = 520, kHeight = 260, kLeft = 56, kRight = 16, kTop = 28, kBottom = 44;
  double x(double value) const { return kLeft + (value - x0) / (x1 - x0) * (kWidth - kLeft - kRight); }
  double y(double value) const { return kHeight - kBottom - (value - y0) / (y1 - y0) * (kHeight - kTop - kBottom); }
};

bool finite(const std::pair<double, double>& point) { return std::isfinite(point.first) && std::isfinite(point.second); }

Frame frameOf(const std::vector<ChartLine>& lines, const ChartOptions& options) {
  Frame frame{1e300, -1e300, 1e300, -1e300};
  for (const auto& line : lines)
    for (const auto& point : line.points) {
      if (!finite(point)) continue;
      frame.x0 = std::min(frame.x0, point.first), frame.x1 = std::max(frame.x1, point.first);
      frame.y0 = std::min(frame.y0, point.second), frame.y1 = std::max(frame.y1, point.second);
    }
  if (frame.x0 > frame.x1) frame = {0, 1, 0, 1};
  if (options.yLow) frame.y0 = *options.yLow;
  if (options.yHigh) frame.y1 = *options.yHigh;
  if (options.diagonal) frame.x0 = frame.y0, frame.x1 = frame.y1;
  if (frame.x1 <= frame.x0) frame.x0 -= 0.5, frame.x1 += 0.5;
  if (frame.y1 <= frame.y0) frame.y0 -= 0.5, frame.y1 += 0.5;
  return frame;
}

void addAxes(ChartDrawing& drawing, const Frame& frame, const ChartOptions& options) {
  using Anchor = ChartDrawing::Anchor;
  drawing.words.push_back({.x = Frame::kLeft, .y = 16, .text = options.title, .bold = true});
  const double freeStep = tickStep(frame.x1 - frame.x0), yStep = tickStep(frame.y1 - frame.y0);
  const double xStep = options.wholeX ? std::max(1.0, freeStep) : freeStep;
  const auto textOf = [](double value, double step) { return tickText(std::abs(value) < step * 1e-6 ? 0 : value); };
  for (double v = std::ceil(frame.y0 / yStep - 1e-9) * yStep; v <= frame.y1 + yStep * 1e-6; v += yStep) {
    drawing.strokes.push_back({.points = {{Frame::kLeft, frame.y(v)}, {Frame::kWidth - Frame::kRight, frame.y(v)}}});
    drawing.words.push_back({.x = Frame::kLeft - 6, .y = frame.y(v) + 4, .text = textOf(v, yStep), .anchor = Anchor::End});
  }
  for (double v = std::ceil(frame.x0 / xStep - 1e-9) * xStep; v <= frame.x1 + xStep * 1e-6; v += xStep)
    drawing.words.push_back(
        {.x = frame.x(v), .y = Frame::kHeight - Frame::kBottom + 16, .text = textOf(v, xStep), .anchor = Anchor::Middle});
  drawing.words.push_back(
      {.x = (Frame::kLeft + Frame::kWidth) / 2, .y = Frame::kHeight - 8, .text = options.xName, .anchor = Anchor::Middle});
  drawing.words.push_back({.x = 12, .y = Frame::kHeight / 2, .text = options.yName, .anchor = Anchor::Upright});
  if (options.diagonal)
    drawing.strokes.push_back(
        {.points = {{frame.x(frame.x0), frame.y(frame.x0)}, {frame.x(frame.x1), frame.y(frame.x1)}}, .ink = ChartDrawing::Ink::Diagonal});
}

}  // namespace

ChartDrawing chartDrawing(const std::vector<ChartLine>& lines, const ChartOptions& options) {
  constexpr std::size_t kInLegendRow = 3, kMostDots = 40;
  const Frame frame = frameOf(lines, options);
  ChartDrawing drawing;
  drawing.width = Frame::kWidth;
  drawing.height = Frame::kHeight + 18.0 * static_cast<double>((lines.size() + kInLegendRow - 1) / kInLegendRow);
  addAxes(drawing, frame, options);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const ChartColour colour = kColours[i % std::size(kColours)];
    ChartDrawing::Stroke stroke{.points = {}, .ink = ChartDrawing::Ink::Line, .colour = colour};
    for (const auto& point : lines[i].points) {
      if (!finite(point)) continue;
      stroke.points.emplace_back(frame.x(point.first), frame.y(std::clamp(point.second, frame.y0, frame.y1)));
      if (lines[i].points.size() <= kMostDots) drawing.dots.push_back({stroke.points.back().first, stroke.points.back().second, colour});
    }
    if (!stroke.points.empty()) drawing.strokes.push_back(std::move(stroke));
    const double x = Frame::kLeft + 155.0 * static_cast<double>(i % kInLegendRow),
                 y = Frame::kHeight + 14.0 + 18.0 * static_cast<double>(i / kInLegendRow);
    drawing.squares.push_back({x, y - 9, colour});
    drawing.words.push_back({.x = x + 14, .y = y, .text = lines[i].name});
  }
  return drawing;
}

}  // namespace roundel
