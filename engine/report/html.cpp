#include "report/html.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace roundel {
namespace {

constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5c6675;--line:#d5dae1;--back:#fff;--shade:#f4f6f8;--accent:#0b6bcb}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#a3adba;--line:#39424e;--back:#14181d;--shade:#1d232a;--accent:#6cb2ff}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:70rem;margin:2rem auto;padding:0 1.2rem}
h1{font-size:1.7rem;margin-bottom:.2rem}h2{font-size:1.25rem;margin-top:2.4rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
h3{font-size:1.05rem;margin-top:1.6rem}
table{border-collapse:collapse;margin:.8rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid var(--line)}th:first-child,td:first-child{text-align:left}
thead th{background:var(--shade);font-weight:600}.wide{overflow-x:auto}
.soft{color:var(--soft)}.verdict{font-size:1.1rem;padding:.7rem 1rem;background:var(--shade);border-left:4px solid var(--accent);margin:1rem 0}
figure{display:inline-block;margin:.4rem .8rem .4rem 0;vertical-align:top}figcaption{font-size:.85rem;color:var(--soft);max-width:21.4rem}
img{max-width:21.4rem;height:auto;border:1px solid var(--line)}svg text{fill:var(--soft);font:11px system-ui,sans-serif}
code,pre{font:12.5px ui-monospace,monospace}pre{background:var(--shade);padding:.8rem;overflow-x:auto;white-space:pre-wrap;word-break:break-all}
)";

constexpr const char* kColours[] = {"#0b6bcb", "#d1570b", "#2e8b57", "#9b3fb5", "#b8860b", "#c2185b", "#00838f", "#6d4c41"};

/// A step of 1, 2 or 5 times a power of ten that cuts `span` into at most six.
double tickStep(double span) {
  const double raw = span / 5.0;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0})
    if (factor * power >= raw * 0.999) return factor * power;
  return 10.0 * power;
}

std::string number(double value) {
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

Frame frameOf(const std::vector<ChartLine>& lines, const ChartOptions& options) {
  Frame frame{1e300, -1e300, 1e300, -1e300};
  for (const auto& line : lines)
    for (const auto& [x, y] : line.points) {
      if (!std::isfinite(x) || !std::isfinite(y)) continue;
      frame.x0 = std::min(frame.x0, x), frame.x1 = std::max(frame.x1, x);
      frame.y0 = std::min(frame.y0, y), frame.y1 = std::max(frame.y1, y);
    }
  if (frame.x0 > frame.x1) frame = {0, 1, 0, 1};
  if (options.yLow) frame.y0 = *options.yLow;
  if (options.yHigh) frame.y1 = *options.yHigh;
  if (options.diagonal) frame.x0 = frame.y0, frame.x1 = frame.y1;
  if (frame.x1 <= frame.x0) frame.x0 -= 0.5, frame.x1 += 0.5;
  if (frame.y1 <= frame.y0) frame.y0 -= 0.5, frame.y1 += 0.5;
  return frame;
}

std::string axes(const Frame& frame, const ChartOptions& options) {
  std::string svg = "<text x='" + number(Frame::kLeft) + "' y='16' style='font-weight:600'>" + escaped(options.title) + "</text>";
  const double freeStep = tickStep(frame.x1 - frame.x0), yStep = tickStep(frame.y1 - frame.y0);
  const double xStep = options.wholeX ? std::max(1.0, freeStep) : freeStep;
  for (double v = std::ceil(frame.y0 / yStep - 1e-9) * yStep; v <= frame.y1 + yStep * 1e-6; v += yStep)
    svg += "<line x1='" + number(Frame::kLeft) + "' x2='" + number(Frame::kWidth - Frame::kRight) + "' y1='" + number(frame.y(v)) +
           "' y2='" + number(frame.y(v)) + "' stroke='#8884' /><text text-anchor='end' x='" + number(Frame::kLeft - 6) + "' y='" +
           number(frame.y(v) + 4) + "'>" + number(std::abs(v) < yStep * 1e-6 ? 0 : v) + "</text>";
  for (double v = std::ceil(frame.x0 / xStep - 1e-9) * xStep; v <= frame.x1 + xStep * 1e-6; v += xStep)
    svg += "<text text-anchor='middle' x='" + number(frame.x(v)) + "' y='" + number(Frame::kHeight - Frame::kBottom + 16) + "'>" +
           number(std::abs(v) < xStep * 1e-6 ? 0 : v) + "</text>";
  svg += "<text text-anchor='middle' x='" + number((Frame::kLeft + Frame::kWidth) / 2) + "' y='" + number(Frame::kHeight - 8) + "'>" +
         escaped(options.xName) + "</text><text transform='translate(12 " + number(Frame::kHeight / 2) +
         ") rotate(-90)' text-anchor='middle'>" + escaped(options.yName) + "</text>";
  if (options.diagonal)
    svg += "<line x1='" + number(frame.x(frame.x0)) + "' y1='" + number(frame.y(frame.x0)) + "' x2='" + number(frame.x(frame.x1)) +
           "' y2='" + number(frame.y(frame.x1)) + "' stroke='#8888' stroke-dasharray='4 4'/>";
  return svg;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(bytes[at])}; };
    std::uint32_t word = byte(i) << 16;
    if (left > 1) word |= byte(i + 1) << 8;
    if (left > 2) word |= byte(i + 2);
    out += kDigits[word >> 18];
    out += kDigits[(word >> 12) & 63];
    out += left > 1 ? kDigits[(word >> 6) & 63] : '=';
    out += left > 2 ? kDigits[word & 63] : '=';
  }
  return out;
}

std::string shown(const std::optional<double>& value, int decimals) {
  if (!value || !std::isfinite(*value)) return "–";
  char text[64];
  const auto result = std::to_chars(text, text + sizeof text, *value, std::chars_format::fixed, decimals);
  return std::string(text, result.ptr);
}

std::string htmlTable(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows) {
  std::string html = "<div class='wide'><table><thead><tr>";
  for (const auto& cell : header) html += "<th>" + cell + "</th>";
  html += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    html += "<tr>";
    for (const auto& cell : row) html += "<td>" + cell + "</td>";
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string htmlPage(const std::string& title, const std::string& body) {
  return "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
         "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
         "<title>" +
         escaped(title) + "</title><style>" + kStyle + "</style></head><body>\n" + body + "</body></html>\n";
}

std::string svgChart(const std::vector<ChartLine>& lines, const ChartOptions& options) {
  const Frame frame = frameOf(lines, options);
  std::string svg = "<svg role='img' width='" + number(Frame::kWidth) + "' height='" +
                    number(Frame::kHeight + 18.0 * std::ceil(static_cast<double>(lines.size()) / 3)) + "'>" + axes(frame, options);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string colour = kColours[i % std::size(kColours)];
    std::string path, dots;
    for (const auto& [x, y] : lines[i].points) {
      if (!std::isfinite(x) || !std::isfinite(y)) continue;
      const std::string px = number(frame.x(x)), py = number(frame.y(std::clamp(y, frame.y0, frame.y1)));
      path += (path.empty() ? "M" : "L") + px + " " + py;
      if (lines[i].points.size() <= 40) dots += "<circle cx='" + px + "' cy='" + py + "' r='2.5' fill='" + colour + "'/>";
    }
    const double legendX = Frame::kLeft + 155.0 * static_cast<double>(i % 3),
                 legendY = Frame::kHeight + 14.0 + 18.0 * static_cast<double>(i / 3);
    svg += "<path d='" + path + "' fill='none' stroke='" + colour + "' stroke-width='1.6'/>" + dots + "<rect x='" + number(legendX) +
           "' y='" + number(legendY - 9) + "' width='10' height='10' fill='" + colour + "'/><text x='" + number(legendX + 14) + "' y='" +
           number(legendY) + "'>" + escaped(lines[i].name) + "</text>";
  }
  return svg + "</svg>\n";
}

}  // namespace roundel
