#pragma once
#include <string>
#include <variant>
#include <vector>

#include "report/chart.h"
#include "report/overlay.h"

namespace roundel {

/// A piece of text in one style.
struct TextSpan {
  enum class Style { Plain, Bold, Soft, Code };
  std::string text;
  Style style = Style::Plain;
};
using RichText = std::vector<TextSpan>;

// What a report is made of, in reading order; a page (report/html.h) and a print (report/pdf.h) are two ways to write it down.

struct Heading {
  int level = 2;  ///< 1: the report's own, 2: a section's, 3: a part's
  std::string text;
};
struct Paragraph {
  enum class Role { Plain, Soft, Verdict };
  std::vector<RichText> lines;
  Role role = Role::Plain;
};
struct Bullets {
  std::vector<std::string> items;
};
/// The first column is text, the others are numbers or short words.
struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<RichText>> rows;
};
struct Chart {
  std::vector<ChartLine> lines;
  ChartOptions options;
};
/// Pictures side by side.
struct Figures {
  struct Figure {
    RgbPicture picture;
    std::string caption;
  };
  std::vector<Figure> figures;
};
/// Text whose lines and spaces are kept.
struct Listing {
  std::string text;
};

using ReportBlock = std::variant<Heading, Paragraph, Bullets, Table, Chart, Figures, Listing>;

struct ReportDocument {
  std::string title;
  std::vector<ReportBlock> blocks;
};

}  // namespace roundel
