#pragma once
#include <QImage>
#include <QRect>
#include <QTransform>
#include <cstdint>
#include <vector>

namespace roundel {

/// Pixels of one plane as they lie in memory.
struct PlaneSamples {
  const std::uint16_t* first = nullptr;  ///< of plane pixel (0, 0)
  std::int64_t strideU = 1, strideV = 0;
  std::int64_t sizeU = 0, sizeV = 0;
};

/// Colours over the picture, premultiplied ARGB, row by row.
struct OverlaySamples {
  const std::uint32_t* pixels = nullptr;  ///< none: no overlay
  std::int64_t width = 0, height = 0;
};

enum class Sampling { Nearest, Linear };

/// What one view shows.
struct Scene {
  PlaneSamples samples;
  QTransform screenToSamples;  ///< device pixels of the frame (centres at halves) to pixels of the plane (centres at integers)
  const std::vector<std::uint8_t>* grey = nullptr;
  Sampling sampling = Sampling::Linear;
  OverlaySamples overlay;
  QTransform screenToOverlay;
  std::uint32_t background = 0xff000000;
};

/// Fills `region` of a 32-bit frame: picture through the grey table, labels over it. Its cost follows the region's size alone, not the
/// picture's. Rows are shared among the machine's cores.
void compose(QImage& frame, const QRect& region, const Scene& scene);

}  // namespace roundel
