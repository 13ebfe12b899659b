#pragma once
#include <QRgb>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/mask.h"
#include "viewer/picture.h"

class vtkImageData;
class vtkPolyData;

// What a volume looks like from outside, made ready beside the window: grey for rays, labels as surfaces.
namespace roundel {

/// The grid on which a volume is looked at from outside: the picture's own, or a smaller one whose voxels stand for blocks of `step` a
/// side. Right-handed: where the picture's axes are not, z runs backwards. Millimetres are counted from the middle of the volume.
struct OutsideGrid {
  Size size;
  std::int64_t step = 1;
  bool backZ = false;
  std::array<double, 3> spacingMm{1, 1, 1};
  std::array<double, 3> firstMm{0, 0, 0};                      ///< centre of the first voxel, along the grid's axes
  std::array<double, 9> direction{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< columns are the axes in LPS
  double radiusMm = 1;                                         ///< of the ball that holds all of it
};
OutsideGrid outsideGrid(const Geometry& geometry, std::int64_t mostSide);

/// Grey 0 .. 255, the window of the screen over all of the volume; the mean of the voxels that one stands for. Slow for large volumes.
std::shared_ptr<vtkImageData> outsideGrey(const Picture& picture, const PixelPipelineSettings& display, const OutsideGrid& grid);

/// The surface of a mask as triangles with normals, along the grid's axes: Flying Edges, a little smoothed. Null for an empty mask. What is
/// one voxel thin is there, too. The mask is on the picture's grid.
std::shared_ptr<vtkPolyData> outsideSurface(const Mask& mask, const OutsideGrid& grid);

/// A label as it is seen from outside.
struct OutsideLabel {
  std::shared_ptr<vtkPolyData> surface;
  QRgb colour = 0;
};

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
  double veil = 0.5;  ///< how strong the grey is beside surfaces, 0 .. 2
  bool operator==(const VolumeLook&) const = default;
};

/// Directions of the screen in LPS: to the right, down, and away from the eye.
std::array<std::array<double, 3>, 3> screenAxes(const VolumeLook& look);

}  // namespace roundel
