#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace roundel {

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

using ChartColour = std::array<std::uint8_t, 3>;

/// A chart as strokes and words in its own units, x to the right, y down, so that a page and a print draw the same one.
struct ChartDrawing {
  enum class Ink { Grid, Diagonal, Line };
  enum class Anchor { Start, Middle, End, Upright };  ///< Upright: middle, turned by a quarter to be read from below
  struct Stroke {
    std::vector<std::pair<double, double>> points;
    Ink ink = Ink::Grid;
    ChartColour colour{};  ///< of Ink::Line
  };
  struct Word {
    double x = 0, y = 0;  ///< of the baseline
    std::string text;
    Anchor anchor = Anchor::Start;
    bool bold = false;
  };
  struct Dot {
    double x = 0, y = 0;
    ChartColour colour{};
  };
  struct Square {  ///< of the legend: 10 units wide, x and y its upper left corner
    double x = 0, y = 0;
    ChartColour colour{};
  };
  double width = 0, height = 0;
  std::vector<Stroke> strokes;
  std::vector<Dot> dots;
  std::vector<Square> squares;
  std::vector<Word> words;
};

/// A line chart with axes, ticks, points (up to forty a line) and a legend.
ChartDrawing chartDrawing(const std::vector<ChartLine>& lines, const ChartOptions& options);

}  // namespace roundel
