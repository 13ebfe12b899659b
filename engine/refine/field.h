#pragma once
#include <cstdint>
#include <vector>

namespace roundel {

/// A plain plane of numbers, row by row.
struct Field {
  int width = 0;
  int height = 0;
  std::vector<float> values;  ///< [height][width]

  Field() = default;
  Field(int fieldWidth, int fieldHeight, float value = 0)
      : width(fieldWidth),
        height(fieldHeight),
        values(static_cast<std::size_t>(fieldWidth) * static_cast<std::size_t>(fieldHeight), value) {}

  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  }
  float at(int x, int y) const { return values[index(x, y)]; }
  float& at(int x, int y) { return values[index(x, y)]; }
  bool empty() const { return values.empty(); }
};

/// Half-open rectangle of image pixels and the size of the grid on which it is worked: the same number of pixels, or fewer.
struct WorkWindow {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  int width = 0, height = 0;

  bool empty() const { return x1 <= x0 || y1 <= y0; }
  /// Working pixels a pixel of the image, at most 1.
  double scaleX() const { return static_cast<double>(width) / (x1 - x0); }
  double scaleY() const { return static_cast<double>(height) / (y1 - y0); }
  /// Image coordinates to working coordinates; pixel centres at integers in both.
  double toWorkX(double x) const { return (x - x0 + 0.5) * scaleX() - 0.5; }
  double toWorkY(double y) const { return (y - y0 + 0.5) * scaleY() - 0.5; }
};

/// The window's part of `image` on the window's grid (area average where it shrinks).
Field cutOut(const Field& image, const WorkWindow& window);
/// A working field back on the window's pixels (bilinear where it grows): size (x1 - x0) x (y1 - y0).
Field atImageScale(const Field& work, const WorkWindow& window);
/// Bilinear (area average where it shrinks), the whole of one onto the whole of the other.
Field resized(const Field& field, int width, int height);
/// Gaussian blur, edges mirrored; sigma in pixels; 0 or less: as it is.
Field smoothed(const Field& field, double sigma);
/// Euclidean distance in pixels to the nearest pixel whose byte is 0; 0 there. Everything is far where no byte is 0.
std::vector<float> distanceToZero(const std::vector<std::uint8_t>& bytes, int width, int height);

}  // namespace roundel
