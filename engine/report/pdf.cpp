#include "report/pdf.h"

#include <algorithm>
#include <cmath>

#include "report/pdf_canvas.h"

namespace roundel {
namespace {

using Face = PdfCanvas::Face;
using Ink = PdfCanvas::Ink;

constexpr Ink kInk{0x1c, 0x24, 0x30}, kSoft{0x5c, 0x66, 0x75}, kLine{0xd5, 0xda, 0xe1}, kShade{0xf4, 0xf6, 0xf8}, kAccent{0x0b, 0x6b, 0xcb};
constexpr double kMargin = 42, kTextWidth = PdfCanvas::kWidth - 2 * kMargin, kBottom = PdfCanvas::kHeight - 50;
constexpr double kBody = 9, kSmall = 7, kListing = 6;
/// A line of text takes so many times its size.
constexpr double kLeading = 1.38;

Face faceOf(TextSpan::Style style) {
  return style == TextSpan::Style::Bold ? Face::Bold : style == TextSpan::Style::Code ? Face::Mono : Face::Regular;
}

/// A word with its style, and the space before it.
struct Word {
  std::string text;
  TextSpan::Style style;
  bool spaceBefore = false;
};

std::vector<Word> wordsOf(const RichText& text) {
  std::vector<Word> words;
  bool space = false;
  for (const auto& span : text) {
    Word word{{}, span.style, space};
    for (const char c : span.text) {
      if (c != ' ' && c != '\n' && c != '\t') {
        word.text += c;
        continue;
      }
      if (!word.text.empty()) words.push_back(word);
      word = {{}, span.style, true};
    }
    space = word.text.empty() && word.spaceBefore;
    if (!word.text.empty()) words.push_back(word), space = false;
  }
  return words;
}

/// How many bytes of UTF-8 the character at `at` has.
std::size_t characterLength(const std::string& text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end - at;
}

/// Writes blocks one below the other, on as many pages as it takes.
class PdfWriter {
 public:
  explicit PdfWriter(const ReportDocument& document) : m_canvas(document.title), m_title(document.title) { newPage(); }

  void operator()(const Heading& heading) {
    endRow();
    const double size = heading.level == 1 ? 16 : heading.level == 2 ? 12.5 : 10;
    const double above = heading.level == 1 ? 0 : heading.level == 2 ? 14 : 9;
    // A heading stays with the first lines of what it heads.
    need(above + size * kLeading + (heading.level == 3 ? 90 : 70));
    m_y += above;
    for (const auto& line : wrapped({{heading.text, TextSpan::Style::Bold}}, size, kTextWidth)) write(line, kMargin, size, kInk);
    if (heading.level == 2) m_canvas.box(kMargin, m_y, kTextWidth, 0.6, kLine);
    m_y += 4;
  }

  void operator()(const Paragraph& paragraph) {
    endRow();
    const bool verdict = paragraph.role == Paragraph::Role::Verdict, soft = paragraph.role == Paragraph::Role::Soft;
    const double size = soft ? 8 : verdict ? 10 : kBody, indent = verdict ? 10 : 0;
    std::vector<std::vector<Word>> lines;
    for (const auto& text : paragraph.lines)
      for (auto& line : wrapped(text, size, kTextWidth - 2 * indent)) lines.push_back(std::move(line));
    if (verdict) {  // short, and on one page
      const double height = static_cast<double>(lines.size()) * size * kLeading + 8;
      need(height);
      m_canvas.box(kMargin, m_y, kTextWidth, height, kShade);
      m_canvas.box(kMargin, m_y, 3, height, kAccent);
      m_y += 3;
    }
    for (const auto& line : lines) write(line, kMargin + indent, size, soft ? kSoft : kInk);
    m_y += verdict ? 9 : 5;
  }

  void operator()(const Bullets& bullets) {
    endRow();
    for (const auto& item : bullets.items) {
      bool first = true;
      for (const auto& line : wrapped({{item}}, kBody, kTextWidth - 12)) {
        need(kBody * kLeading);
        if (first) m_canvas.dot(kMargin + 4, m_y + kBody * 0.75, 1.3, kInk);
        first = false;
        write(line, kMargin + 12, kBody, kInk);
      }
    }
    m_y += 5;
  }

  void operator()(const Table& table) {
    endRow();
    const std::vector<double> widths = columnWidths(table);
    std::vector<RichText> header;
    for (const auto& name : table.header) header.push_back({{name, TextSpan::Style::Bold}});
    tableRow(header, widths, true);
    for (const auto& row : table.rows) {
      if (m_y + rowHeight(row, widths) > kBottom) {
        newPage();
        tableRow(header, widths, true);
      }
      tableRow(row, widths, false);
    }
    m_y += 8;
  }

  /// Two side by side.
  void operator()(const Chart& chart) {
    constexpr double kGap = 12, kChartWidth = (kTextWidth - kGap) / 2;
    const ChartDrawing drawing = chartDrawing(chart.lines, chart.options);
    const double scale = kChartWidth / drawing.width, height = drawing.height * scale;
    if (m_rowColumn == 2) endRow();
    if (m_rowColumn == 0) need(height + 6);
    draw(drawing, kMargin + (m_rowColumn == 1 ? kChartWidth + kGap : 0), m_y, scale);
    m_rowHeight = std::max(m_rowHeight, height + 6);
    ++m_rowColumn;
  }

  void operator()(const Figures& row) {
    endRow();
    if (row.figures.empty()) return;
    constexpr double kGap = 6;
    const double count = static_cast<double>(std::max<std::size_t>(3, row.figures.size()));
    const double width = (kTextWidth - kGap * (count - 1)) / count;
    double height = 0;
    const auto heightOf = [&](const RgbPicture& picture) { return std::min(width * picture.height / std::max(1, picture.width), 360.0); };
    for (const auto& [picture, caption] : row.figures) height = std::max(height, heightOf(picture));
    need(height + 2 * kSmall * kLeading + 6);
    const double top = m_y;
    double bottom = top, x = kMargin;
    for (const auto& [picture, caption] : row.figures) {
      const double tall = heightOf(picture), wide = tall * picture.width / std::max(1, picture.height);
      m_canvas.picture(x, top, wide, tall, picture);
      m_y = top + height + 2;
      for (const auto& line : wrapped({{caption}}, kSmall, width)) write(line, x, kSmall, kSoft);
      bottom = std::max(bottom, m_y);
      x += width + kGap;
    }
    m_y = bottom + 4;
  }

  void operator()(const Listing& listing) {
    endRow();
    const double letter = m_canvas.textWidth("0", Face::Mono, kListing);
    const auto most = static_cast<std::size_t>(kTextWidth / letter);
    for (std::size_t at = 0; at < listing.text.size();) {
      std::string line;
      std::size_t letters = 0;
      for (; at < listing.text.size() && listing.text[at] != '\n' && letters < most; ++letters) {
        const std::size_t length = characterLength(listing.text, at);
        line += listing.text.substr(at, length);
        at += length;
      }
      if (at < listing.text.size() && listing.text[at] == '\n') ++at;
      need(kListing * kLeading);
      m_canvas.text(kMargin, m_y + kListing, line, Face::Mono, kListing, kInk);
      m_y += kListing * kLeading;
    }
    m_y += 6;
  }

  PdfFile finish() {
    for (int page = 0; page < m_canvas.pages(); ++page) {
      m_canvas.goTo(page);
      const std::string number = "Page " + std::to_string(page + 1) + " of " + std::to_string(m_canvas.pages());
      m_canvas.text(kMargin, PdfCanvas::kHeight - 28, m_title, Face::Regular, kSmall, kSoft);
      m_canvas.text(kMargin + kTextWidth - m_canvas.textWidth(number, Face::Regular, kSmall), PdfCanvas::kHeight - 28, number,
                    Face::Regular, kSmall, kSoft);
    }
    return {.bytes = m_canvas.bytes(), .pages = m_canvas.pages(), .charactersLost = m_canvas.charactersLost()};
  }

 private:
  void newPage() {
    m_canvas.addPage();
    m_y = kMargin;
  }
  void need(double height) {
    if (m_y + height > kBottom && m_y > kMargin) newPage();
  }
  /// Ends a row of charts.
  void endRow() {
    m_y += m_rowHeight;
    m_rowHeight = 0;
    m_rowColumn = 0;
  }

  double widthOf(const Word& word, double size) const { return m_canvas.textWidth(word.text, faceOf(word.style), size); }

  /// A word that is wider than a line, in pieces.
  std::vector<Word> fitting(const Word& word, double size, double width) const {
    if (widthOf(word, size) <= width) return {word};
    std::vector<Word> pieces{{{}, word.style, word.spaceBefore}};
    for (std::size_t at = 0; at < word.text.size();) {
      const std::string letter = word.text.substr(at, characterLength(word.text, at));
      Word longer = pieces.back();
      longer.text += letter;
      if (!pieces.back().text.empty() && widthOf(longer, size) > width) pieces.push_back({letter, word.style, true});
      else pieces.back() = longer;
      at += letter.size();
    }
    return pieces;
  }

  std::vector<std::vector<Word>> wrapped(const RichText& text, double size, double width) const {
    std::vector<std::vector<Word>> lines(1);
    double used = 0;
    const double space = m_canvas.textWidth(" ", Face::Regular, size);
    for (const auto& word : wordsOf(text))
      for (const auto& piece : fitting(word, size, width)) {
        const double wide = widthOf(piece, size), gap = piece.spaceBefore && !lines.back().empty() ? space : 0;
        if (!lines.back().empty() && used + gap + wide > width + 0.01) {
          lines.emplace_back();
          used = 0;
        }
        used += (lines.back().empty() ? 0 : gap) + wide;
        lines.back().push_back(piece);
      }
    return lines;
  }

  double lineWidth(const std::vector<Word>& line, double size) const {
    double width = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      width += widthOf(line[i], size) + (i > 0 && line[i].spaceBefore ? m_canvas.textWidth(" ", Face::Regular, size) : 0);
    return width;
  }

  /// Writes a line without looking for room.
  void writeAt(const std::vector<Word>& line, double x, double baseline, double size, Ink ink) {
    const double space = m_canvas.textWidth(" ", Face::Regular, size);
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i > 0 && line[i].spaceBefore) x += space;
      m_canvas.text(x, baseline, line[i].text, faceOf(line[i].style), size, line[i].style == TextSpan::Style::Soft ? kSoft : ink);
      x += widthOf(line[i], size);
    }
  }

  void write(const std::vector<Word>& line, double x, double size, Ink ink) {
    need(size * kLeading);
    writeAt(line, x, m_y + size, size, ink);
    m_y += size * kLeading;
  }

  static constexpr double kCellSize = 7.5, kCellGap = 8;

  /// As wide as the widest cell wants, all narrower by the same share where that is too much.
  std::vector<double> columnWidths(const Table& table) const {
    std::vector<double> widths(table.header.size(), 0);
    const auto widen = [&](std::size_t column, const RichText& cell) {
      if (column < widths.size()) widths[column] = std::max(widths[column], lineWidth(wordsOf(cell), kCellSize) + kCellGap);
    };
    for (const auto& row : table.rows)
      for (std::size_t c = 0; c < row.size(); ++c) widen(c, row[c]);
    for (std::size_t c = 0; c < table.header.size(); ++c)  // headers may break between words
      for (const auto& word : wordsOf({{table.header[c], TextSpan::Style::Bold}})) widen(c, {{word.text, word.style}});
    double all = 0;
    for (const double width : widths) all += width;
    const double wanted = std::min(kTextWidth, std::max(all, std::min(kTextWidth, 90.0 * static_cast<double>(widths.size()))));
    for (double& width : widths) width *= wanted / std::max(1.0, all);
    return widths;
  }

  double rowHeight(const std::vector<RichText>& cells, const std::vector<double>& widths) const {
    std::size_t lines = 1;
    for (std::size_t c = 0; c < std::min(cells.size(), widths.size()); ++c)
      lines = std::max(lines, wrapped(cells[c], kCellSize, std::max(4.0, widths[c] - kCellGap)).size());
    return static_cast<double>(lines) * kCellSize * kLeading + 3;
  }

  void tableRow(const std::vector<RichText>& cells, const std::vector<double>& widths, bool header) {
    const double height = rowHeight(cells, widths);
    need(height + (header ? 14 : 0));
    double x = kMargin, all = 0;
    for (const double width : widths) all += width;
    if (header) m_canvas.box(kMargin, m_y, all, height, kShade);
    for (std::size_t c = 0; c < std::min(cells.size(), widths.size()); ++c) {
      double baseline = m_y + kCellSize + 1.5;
      for (const auto& line : wrapped(cells[c], kCellSize, std::max(4.0, widths[c] - kCellGap))) {
        const double left = c == 0 ? x + kCellGap / 2 : x + widths[c] - kCellGap / 2 - lineWidth(line, kCellSize);
        writeAt(line, left, baseline, kCellSize, kInk);
        baseline += kCellSize * kLeading;
      }
      x += widths[c];
    }
    m_y += height;
    m_canvas.box(kMargin, m_y, all, 0.5, kLine);
  }

  void draw(const ChartDrawing& drawing, double left, double top, double scale) {
    constexpr double kWordSize = 6.5;
    const auto x = [&](double value) { return left + value * scale; };
    const auto y = [&](double value) { return top + value * scale; };
    for (const auto& stroke : drawing.strokes) {
      std::vector<std::pair<double, double>> points;
      for (const auto& [px, py] : stroke.points) points.emplace_back(x(px), y(py));
      const bool line = stroke.ink == ChartDrawing::Ink::Line;
      m_canvas.polyline(points, line ? stroke.colour : kLine, line ? 0.9 : 0.5);
    }
    for (const auto& dot : drawing.dots) m_canvas.dot(x(dot.x), y(dot.y), 1.5, dot.colour);
    for (const auto& square : drawing.squares) m_canvas.box(x(square.x), y(square.y), 10 * scale, 10 * scale, square.colour);
    for (const auto& word : drawing.words) {
      const Face face = word.bold ? Face::Bold : Face::Regular;
      if (word.anchor == ChartDrawing::Anchor::Upright) {
        m_canvas.uprightText(x(word.x), y(word.y), word.text, face, kWordSize, kSoft);
        continue;
      }
      const double width = m_canvas.textWidth(word.text, face, kWordSize);
      const double shift = word.anchor == ChartDrawing::Anchor::Middle ? width / 2 : word.anchor == ChartDrawing::Anchor::End ? width : 0;
      m_canvas.text(x(word.x) - shift, y(word.y), word.text, face, kWordSize, kSoft);
    }
  }

  PdfCanvas m_canvas;
  std::string m_title;
  double m_y = 0;
  int m_rowColumn = 0;
  double m_rowHeight = 0;
};

}  // namespace

PdfFile pdfOf(const ReportDocument& document) {
  PdfWriter writer(document);
  for (const auto& block : document.blocks) std::visit(writer, block);
  return writer.finish();
}

}  // namespace roundel
