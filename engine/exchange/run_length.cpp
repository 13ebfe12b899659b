#include "exchange/run_length.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace roundel {
namespace {

constexpr std::size_t kMaximumRuns = std::size_t{1} << 23;

struct Interval {
  std::int64_t begin, end;
};

[[noreturn]] void badMask(const std::string& sentence) { throw Error(ErrorKind::BadInput, "bad-mask", sentence); }

/// Turns runs over lines of `length` pixels (`lines` of them) into runs over the lines across, by sweeping line after line and
/// looking only at what changes: the cost follows the number of runs, not the number of pixels.
class Transposer {
 public:
  Transposer(std::int64_t length, std::int64_t lines)
      : m_length(length), m_lines(lines), m_openSince(static_cast<std::size_t>(length), -1) {}

  std::vector<Mask::Run> operator()(const std::vector<Mask::Run>& runs) {
    std::int64_t line = 0;
    std::vector<Interval> current;
    for (const auto& run : runs) {
      for (std::int64_t at = run.start, end = run.start + run.length; at < end;) {
        const std::int64_t inLine = at / m_length;
        if (inLine != line) {
          step(line, current);
          current.clear();
          if (inLine != line + 1) step(line + 1, {});
          line = inLine;
        }
        const std::int64_t stop = std::min(end, (inLine + 1) * m_length);
        current.push_back({at - inLine * m_length, stop - inLine * m_length});
        at = stop;
      }
    }
    step(line, current);
    step(std::min(line + 1, m_lines), {});
    return std::move(m_runs);
  }

 private:
  /// Opens and closes the lines across where `now` differs from the line before.
  void step(std::int64_t line, const std::vector<Interval>& now) {
    m_borders.clear();
    for (const std::vector<Interval>* list : {&std::as_const(m_before), &now})
      for (const auto& interval : *list) {
        m_borders.push_back(interval.begin);
        m_borders.push_back(interval.end);
      }
    std::sort(m_borders.begin(), m_borders.end());
    // A border that both share is no change: what is left are alternating begins and ends of changed stretches.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_borders.size();) {
      if (i + 1 < m_borders.size() && m_borders[i] == m_borders[i + 1]) i += 2;
      else m_borders[kept++] = m_borders[i++];
    }
    for (std::size_t i = 0; i + 1 < kept; i += 2)
      for (std::int64_t at = m_borders[i]; at < m_borders[i + 1]; ++at) flip(at, line);
    m_before = now;
  }

  void flip(std::int64_t at, std::int64_t line) {
    auto& since = m_openSince[static_cast<std::size_t>(at)];
    if (since < 0) {
      since = static_cast<std::int32_t>(line);
      return;
    }
    if (m_runs.size() >= kMaximumRuns) badMask("A mask is in more than 8 million pieces; that is no label.");
    m_runs.push_back({at * m_lines + since, line - since});
    since = -1;
  }

  std::int64_t m_length, m_lines;
  std::vector<std::int32_t> m_openSince;
  std::vector<Interval> m_before;
  std::vector<std::int64_t> m_borders;
  std::vector<Mask::Run> m_runs;
};

/// Adds up alternating counts into runs and checks the sum.
std::vector<Mask::Run> runsOfCounts(std::span<const std::int64_t> counts, std::int64_t expected) {
  std::vector<Mask::Run> runs;
  std::int64_t at = 0;
  bool inside = false;
  for (const std::int64_t count : counts) {
    if (count < 0 || count > expected - at) badMask("The run lengths of a mask do not add up to the size of its image.");
    if (inside && count > 0) {
      if (!runs.empty() && runs.back().start + runs.back().length == at) runs.back().length += count;
      else runs.push_back({at, count});
    }
    at += count;
    inside = !inside;
  }
  if (at != expected) badMask("The run lengths of a mask do not add up to the size of its image.");
  return runs;
}

std::vector<std::int64_t> countsOfRuns(const std::vector<Mask::Run>& runs, std::int64_t total) {
  std::vector<std::int64_t> counts;
  std::int64_t at = 0;
  for (const auto& run : runs) {
    counts.push_back(run.start - at);
    counts.push_back(run.length);
    at = run.start + run.length;
  }
  if (at < total || counts.empty()) counts.push_back(total - at);
  return counts;
}

}  // namespace

Mask maskFromCocoCounts(Size size, std::span<const std::int64_t> counts) {
  requireLabelSize(size);
  return Mask(size, Transposer(size.y, size.x)(runsOfCounts(counts, size.count())));
}

std::vector<std::int64_t> cocoCounts(const Mask& mask) {
  const Size size = mask.size();
  requireLabelSize(size);
  const Mask columns({size.y, size.x, 1}, Transposer(size.x, size.y)(mask.runs()));
  return countsOfRuns(columns.runs(), size.count());
}

std::vector<std::int64_t> cocoCountsFromText(std::string_view text) {
  std::vector<std::int64_t> counts;
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t value = 0;
    int shift = 0;
    for (bool more = true; more; shift += 5) {
      if (at >= text.size()) badMask("The run lengths of a mask break off.");
      const int code = static_cast<unsigned char>(text[at++]) - 48;
      if (code < 0 || code > 63 || shift > 35) badMask("The run lengths of a mask hold a character that does not belong there.");
      value |= static_cast<std::uint64_t>(code & 0x1f) << shift;
      more = (code & 0x20) != 0;
      if (!more && (code & 0x10) != 0) value |= ~std::uint64_t{0} << (shift + 5);
    }
    auto count = static_cast<std::int64_t>(value);
    if (counts.size() > 2) count += counts[counts.size() - 2];
    // Counts beyond any image would overflow further on.
    if (count < 0 || count > kMostLabelPixels) badMask("The run lengths of a mask do not add up to the size of its image.");
    counts.push_back(count);
  }
  return counts;
}

std::string cocoTextFromCounts(std::span<const std::int64_t> counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    std::int64_t value = counts[i];
    if (i > 2) value -= counts[i - 2];
    for (bool more = true; more;) {
      std::int64_t code = value & 0x1f;
      value >>= 5;
      more = (code & 0x10) != 0 ? value != -1 : value != 0;
      if (more) code |= 0x20;
      text.push_back(static_cast<char>(code + 48));
    }
  }
  return text;
}

Mask maskFromBoxCounts(Size size, PixelBox box, std::span<const std::int64_t> counts) {
  requireLabelSize(size);
  const std::int64_t width = box.x1 - box.x0, height = box.y1 - box.y0;
  requireLabelSize({width, height, 1});
  std::vector<Mask::Run> runs;
  for (const auto& run : runsOfCounts(counts, width * height))
    for (std::int64_t at = run.start, end = run.start + run.length; at < end;) {
      const std::int64_t row = at / width, stop = std::min(end, (row + 1) * width);
      const std::int64_t y = box.y0 + row;
      const std::int64_t x0 = std::max<std::int64_t>(0, box.x0 + at - row * width);
      const std::int64_t x1 = std::min(size.x, box.x0 + stop - row * width);
      if (y >= 0 && y < size.y && x0 < x1) runs.push_back({y * size.x + x0, x1 - x0});
      at = stop;
    }
  return Mask(size, std::move(runs));
}

std::vector<std::int64_t> boxCounts(const Mask& mask, PixelBox box) {
  const std::int64_t width = box.x1 - box.x0, height = box.y1 - box.y0, imageWidth = mask.size().x;
  std::vector<Mask::Run> runs;
  for (const auto& run : mask.runs())
    for (std::int64_t at = run.start, end = run.start + run.length; at < end;) {
      const std::int64_t y = at / imageWidth, stop = std::min(end, (y + 1) * imageWidth);
      const std::int64_t x0 = std::max(box.x0, at - y * imageWidth), x1 = std::min(box.x1, stop - y * imageWidth);
      if (y >= box.y0 && y < box.y1 && x0 < x1) runs.push_back({(y - box.y0) * width + x0 - box.x0, x1 - x0});
      at = stop;
    }
  const Mask inBox({width, height, 1}, std::move(runs));
  return countsOfRuns(inBox.runs(), width * height);
}

}  // namespace roundel
