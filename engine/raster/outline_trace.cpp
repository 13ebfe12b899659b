#include <algorithm>
#include <array>
#include <map>

#include "core/error.h"
#include "raster/polygon.h"

namespace roundel {
namespace {

/// Pixels of a mask's box, with their 4-connected part's number (0: outside). A frame of one pixel spares border tests.
class Parts {
 public:
  explicit Parts(const Mask& mask) : m_box(mask.bounds()), m_width(m_box.x1 - m_box.x0 + 2), m_height(m_box.y1 - m_box.y0 + 2) {
    m_part.assign(static_cast<std::size_t>(m_width * m_height), 0);
    for (const auto& run : mask.runs())
      for (std::int64_t at = run.start; at < run.start + run.length; ++at)
        m_part[index(at % mask.size().x - m_box.x0 + 1, at / mask.size().x - m_box.y0 + 1)] = -1;
    number();
  }

  std::int64_t width() const { return m_width; }
  std::int64_t height() const { return m_height; }
  int part(std::int64_t x, std::int64_t y) const { return m_part[index(x, y)]; }
  bool inside(std::int64_t x, std::int64_t y) const { return part(x, y) != 0; }
  std::size_t index(std::int64_t x, std::int64_t y) const { return static_cast<std::size_t>(y * m_width + x); }
  OutlinePoint corner(std::int64_t x, std::int64_t y) const {
    return {static_cast<double>(x - 1 + m_box.x0), static_cast<double>(y - 1 + m_box.y0)};
  }

 private:
  void number() {
    int next = 0;
    std::vector<std::int64_t> open;
    for (std::int64_t start = 0; start < m_width * m_height; ++start) {
      if (m_part[static_cast<std::size_t>(start)] != -1) continue;
      m_part[static_cast<std::size_t>(start)] = ++next;
      open.assign(1, start);
      while (!open.empty()) {
        const std::int64_t at = open.back();
        open.pop_back();
        for (const std::int64_t step : {std::int64_t{1}, std::int64_t{-1}, m_width, -m_width})
          if (auto& part = m_part[static_cast<std::size_t>(at + step)]; part == -1) {
            part = next;
            open.push_back(at + step);
          }
      }
    }
  }

  PixelBox m_box;
  std::int64_t m_width, m_height;
  std::vector<int> m_part;
};

/// Walks along pixel borders with the mask on the right hand until it is back. Corners only; marks the upper borders it passes.
Outline walk(const Parts& parts, std::int64_t x, std::int64_t y, std::vector<bool>& passed) {
  enum Heading { Right, Down, Left, Up };
  constexpr std::array<std::int64_t, 4> kStepX{1, 0, -1, 0}, kStepY{0, 1, 0, -1};
  // The pixels ahead of the corner, on the right and the left hand, by heading; relative to the corner.
  constexpr std::array<std::int64_t, 4> kRightX{0, -1, -1, 0}, kRightY{0, 0, -1, -1};
  constexpr std::array<std::int64_t, 4> kLeftX{0, 0, -1, -1}, kLeftY{-1, 0, 0, -1};
  Outline outline;
  const std::int64_t startX = x, startY = y;
  std::size_t heading = Right;
  do {
    if (heading == Right) passed[parts.index(x, y)] = true;
    x += kStepX[heading];
    y += kStepY[heading];
    const bool right = parts.inside(x + kRightX[heading], y + kRightY[heading]);
    const bool left = parts.inside(x + kLeftX[heading], y + kLeftY[heading]);
    if (!right) heading = (heading + 1) % 4;
    else if (left) heading = (heading + 3) % 4;
    else continue;
    outline.push_back(parts.corner(x, y));
  } while (x != startX || y != startY || heading != Right);
  return outline;
}

double signedArea(const Outline& outline) {
  double twice = 0;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const auto& a = outline[i];
    const auto& b = outline[(i + 1) % outline.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return twice / 2;
}

}  // namespace

std::vector<Outline> outlinesOf(const Mask& mask) {
  if (mask.size().z != 1) throw Error(ErrorKind::BadInput, "not-2d", "A volume has no outline; only a 2-D image has.");
  if (mask.empty()) return {};
  const Parts parts(mask);
  std::vector<bool> passed(static_cast<std::size_t>(parts.width() * parts.height()), false);
  std::map<int, Outline> outer;
  std::map<int, std::vector<Outline>> holes;
  for (std::int64_t y = 1; y < parts.height(); ++y)
    for (std::int64_t x = 1; x < parts.width(); ++x) {
      if (!parts.inside(x, y) || parts.inside(x, y - 1) || passed[parts.index(x, y)]) continue;
      const int part = parts.part(x, y);
      Outline outline = walk(parts, x, y, passed);
      if (signedArea(outline) > 0) outer[part] = std::move(outline);
      else holes[part].push_back(std::move(outline));
    }
  std::vector<Outline> outlines;
  for (auto& [part, outline] : outer) {
    const OutlinePoint start = outline.front();
    for (const auto& hole : holes[part]) {
      outline.push_back(start);
      outline.insert(outline.end(), hole.begin(), hole.end());
      outline.push_back(hole.front());
    }
    outlines.push_back(std::move(outline));
  }
  return outlines;
}

}  // namespace roundel
