#include "report/html.h"

#include <charconv>
#include <cstdio>

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

/// A coordinate of a drawing.
std::string number(double value) {
  char text[32];
  const auto result = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 5);
  return std::string(text, result.ptr);
}

std::string hex(const ChartColour& colour) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", colour[0], colour[1], colour[2]);
  return text;
}

std::string wordOf(const ChartDrawing::Word& word) {
  const std::string text = escaped(word.text) + "</text>";
  const std::string at = " x='" + number(word.x) + "' y='" + number(word.y) + "'";
  switch (word.anchor) {
    case ChartDrawing::Anchor::Upright:
      return "<text transform='translate(" + number(word.x) + " " + number(word.y) + ") rotate(-90)' text-anchor='middle'>" + text;
    case ChartDrawing::Anchor::Middle: return "<text text-anchor='middle'" + at + ">" + text;
    case ChartDrawing::Anchor::End: return "<text text-anchor='end'" + at + ">" + text;
    case ChartDrawing::Anchor::Start: break;
  }
  return "<text" + at + (word.bold ? " style='font-weight:600'>" : ">") + text;
}

std::string strokeOf(const ChartDrawing::Stroke& stroke) {
  std::string path;
  for (const auto& [x, y] : stroke.points) path += (path.empty() ? "M" : "L") + number(x) + " " + number(y);
  const std::string start = "<path d='" + path + "' fill='none' stroke='";
  switch (stroke.ink) {
    case ChartDrawing::Ink::Grid: return start + "#8884'/>";
    case ChartDrawing::Ink::Diagonal: return start + "#8888' stroke-dasharray='4 4'/>";
    case ChartDrawing::Ink::Line: break;
  }
  return start + hex(stroke.colour) + "' stroke-width='1.6'/>";
}

std::string htmlOf(const RichText& text) {
  std::string html;
  for (const auto& span : text) switch (span.style) {
      case TextSpan::Style::Plain: html += escaped(span.text); break;
      case TextSpan::Style::Bold: html += "<b>" + escaped(span.text) + "</b>"; break;
      case TextSpan::Style::Soft: html += "<span class='soft'>" + escaped(span.text) + "</span>"; break;
      case TextSpan::Style::Code: html += "<code>" + escaped(span.text) + "</code>"; break;
    }
  return html;
}

/// Writes each kind of block.
struct BlockWriter {
  const PngEncoder& encode;

  std::string operator()(const Heading& heading) const {
    const std::string level = "h" + std::to_string(heading.level);
    return "<" + level + ">" + escaped(heading.text) + "</" + level + ">\n";
  }
  std::string operator()(const Paragraph& paragraph) const {
    std::string html = paragraph.role == Paragraph::Role::Soft      ? "<p class='soft'>"
                       : paragraph.role == Paragraph::Role::Verdict ? "<p class='verdict'>"
                                                                    : "<p>";
    for (std::size_t i = 0; i < paragraph.lines.size(); ++i) html += (i == 0 ? "" : "<br>") + htmlOf(paragraph.lines[i]);
    return html + "</p>\n";
  }
  std::string operator()(const Bullets& bullets) const {
    std::string html = "<ul>";
    for (const auto& item : bullets.items) html += "<li>" + escaped(item) + "</li>";
    return html + "</ul>\n";
  }
  std::string operator()(const Table& table) const {
    std::string html = "<div class='wide'><table><thead><tr>";
    for (const auto& cell : table.header) html += "<th>" + escaped(cell) + "</th>";
    html += "</tr></thead><tbody>\n";
    for (const auto& row : table.rows) {
      html += "<tr>";
      for (const auto& cell : row) html += "<td>" + htmlOf(cell) + "</td>";
      html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
  }
  std::string operator()(const Chart& chart) const { return svgChart(chart); }
  std::string operator()(const Figures& row) const {
    std::string html;
    for (const auto& [picture, caption] : row.figures)
      html += "<figure><img alt='" + escaped(caption) + "' src='data:image/png;base64," + base64(encode(picture)) + "'><figcaption>" +
              escaped(caption) + "</figcaption></figure>";
    return html + "\n";
  }
  std::string operator()(const Listing& listing) const { return "<pre>" + escaped(listing.text) + "</pre>\n"; }
};

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

std::string svgChart(const Chart& chart) {
  const ChartDrawing drawing = chartDrawing(chart.lines, chart.options);
  std::string svg = "<svg role='img' width='" + number(drawing.width) + "' height='" + number(drawing.height) + "'>";
  for (const auto& stroke : drawing.strokes) svg += strokeOf(stroke);
  for (const auto& dot : drawing.dots)
    svg += "<circle cx='" + number(dot.x) + "' cy='" + number(dot.y) + "' r='2.5' fill='" + hex(dot.colour) + "'/>";
  for (const auto& square : drawing.squares)
    svg += "<rect x='" + number(square.x) + "' y='" + number(square.y) + "' width='10' height='10' fill='" + hex(square.colour) + "'/>";
  for (const auto& word : drawing.words) svg += wordOf(word);
  return svg + "</svg>\n";
}

std::string htmlPage(const ReportDocument& document, const PngEncoder& encode) {
  std::string page =
      "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
      "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
      "<title>" +
      escaped(document.title) + "</title><style>" + kStyle + "</style></head><body>\n";
  for (const auto& block : document.blocks) page += std::visit(BlockWriter{encode}, block);
  return page + "</body></html>\n";
}

}  // namespace roundel
