#pragma once
#include <QColor>
#include <QImage>
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "viewer/label_layer.h"
#include "viewer/picture.h"

namespace roundel {

/// A volume made ready to be looked at from outside: grey and labels on a grid of at most `kMostSide` voxels a side.
struct VolumeScene {
  static constexpr std::int64_t kMostSide = 160;
  Size size;
  std::array<double, 3> spacingMm{1, 1, 1};
  std::array<double, 9> direction{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< columns are the axes in LPS
  std::vector<std::uint8_t> grey;                              ///< 0 .. 255, mean of the voxels that it stands for
  std::vector<std::uint8_t> label;                             ///< 0: none; else 1 + place in `colours`
  std::vector<std::uint8_t> solid;                             ///< how much label is around: what surfaces are shaded by
  std::vector<QRgb> colours;
};

/// The grey of a volume: the window of the screen over all of it. Slow for large volumes.
VolumeScene volumeScene(const Picture& picture, const PixelPipelineSettings& display);
/// Labels into a scene that has its grey; later shapes lie above. Masks are on the picture's grid.
void layLabels(VolumeScene& scene, const Size& grid, const std::vector<LabelShape>& shapes);

enum class VolumeStyle {
  Surfaces,  ///< labels as surfaces, grey as a veil around them
  Maximum    ///< the brightest value behind every pixel, labels over it
};

/// Where a volume is looked at from. Without turning: from the front, the patient's left on the right, the head up.
struct VolumeLook {
  double yaw = 0;    ///< radians about the body's axis; positive: the right-hand side comes to the front
  double pitch = 0;  ///< radians, positive: from above
  double zoom = 1;   ///< 1: nearly all of it fits, however it is turned
  VolumeStyle style = VolumeStyle::Surfaces;
  double veil = 0.5;  ///< how strong the grey is beside surfaces, 0 .. 1
};

/// Directions of the screen in LPS: to the right, down, and away from the eye.
std::array<std::array<double, 3>, 3> screenAxes(const VolumeLook& look);

/// One picture, rays in parallel. An empty image where `stopped` (which may be empty) said so.
QImage castRays(const VolumeScene& scene, const VolumeLook& look, const QSize& size, const std::function<bool()>& stopped = {});

}  // namespace roundel
