#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roundel {

/// Text as HTML text or attribute value: nothing in it is markup.
std::string escaped(std::string_view text);
/// RFC 4648, for pictures inside the page.
std::string base64(std::string_view bytes);
/// A number with so many decimals, with a point whatever the locale; an en dash where there is none.
std::string shown(const std::optional<double>& value, int decimals = 3);

/// A table: the header row, then rows of cells that are already HTML.
std::string htmlTable(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);
/// A whole page with its style inside; it loads nothing from anywhere.
std::string htmlPage(const std::string& title, const std::string& body);

/// One line of a chart; points are left out where x or y is not finite.
struct ChartLine {
  std::string name;
  std::vector<std::pair<double, double>> points;
};

struct ChartOptions {
  std::string title;
  std::string xName;
  std::string yName;
  std::optional<double> yLow = {}, yHigh = {};  ///< empty: from the points
  bool diagonal = false;                        ///< draws y = x, for reliability
  bool wholeX = false;                          ///< ticks of x at whole numbers alone
};

/// A line chart as inline SVG, with axes, ticks, points and a legend.
std::string svgChart(const std::vector<ChartLine>& lines, const ChartOptions& options);

}  // namespace roundel
