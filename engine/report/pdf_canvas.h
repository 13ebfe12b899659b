#pragma once
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "report/overlay.h"

namespace roundel {

/// A4 pages to draw on, in points (1/72 inch) from the upper left corner, x to the right, y down.
/// Throws Error(Defect, "pdf") where the library refuses, Error(Resource, "out-of-memory") where memory ran out.
class PdfCanvas {
 public:
  static constexpr double kWidth = 595.28, kHeight = 841.89;
  enum class Face { Regular, Bold, Mono };
  using Ink = std::array<std::uint8_t, 3>;

  explicit PdfCanvas(const std::string& title);
  PdfCanvas(PdfCanvas&&) noexcept;
  ~PdfCanvas();

  void addPage();
  int pages() const;
  /// Draws on this page (from 0) from now on.
  void goTo(int page);

  double textWidth(const std::string& text, Face face, double size) const;
  /// `y` is the baseline.
  void text(double x, double y, const std::string& text, Face face, double size, Ink ink);
  /// Turned by a quarter, to be read from below; the text's middle at x, y.
  void uprightText(double x, double y, const std::string& text, Face face, double size, Ink ink);
  void polyline(const std::vector<std::pair<double, double>>& points, Ink ink, double width);
  void box(double x, double y, double width, double height, Ink ink);
  void dot(double x, double y, double radius, Ink ink);
  void picture(double x, double y, double width, double height, const RgbPicture& picture);

  /// Characters that the fonts do not have; question marks stand for them.
  int charactersLost() const;
  /// The file. The same drawing gives the same bytes.
  std::string bytes();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace roundel
