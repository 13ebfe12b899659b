#include "viewer/plane.h"

#include <cmath>
#include <utility>

namespace roundel {
namespace {

/// The index axis that runs most nearly along a world axis (0 = left, 1 = posterior, 2 = superior), and whether backwards.
struct Axis {
  int index = 0;
  bool back = false;
};

std::array<Axis, 3> worldAxes(const Geometry& geometry) {
  // Every index axis is used once: the largest entry of the matrix first.
  std::array<Axis, 3> axes;
  std::array<bool, 3> worldDone{}, indexDone{};
  for (int round = 0; round < 3; ++round) {
    int bestWorld = -1, bestIndex = -1;
    double best = -1;
    for (int world = 0; world < 3; ++world)
      for (int index = 0; index < 3; ++index) {
        const double value = std::abs(geometry.direction[static_cast<std::size_t>(3 * world + index)]);
        if (worldDone[static_cast<std::size_t>(world)] || indexDone[static_cast<std::size_t>(index)] || !(value > best)) continue;
        best = value, bestWorld = world, bestIndex = index;
      }
    if (bestWorld < 0) break;
    worldDone[static_cast<std::size_t>(bestWorld)] = indexDone[static_cast<std::size_t>(bestIndex)] = true;
    axes[static_cast<std::size_t>(bestWorld)] = {bestIndex, geometry.direction[static_cast<std::size_t>(3 * bestWorld + bestIndex)] < 0};
  }
  return axes;
}

std::int64_t along(const Size& size, int axis) { return axis == 0 ? size.x : axis == 1 ? size.y : size.z; }

}  // namespace

Plane planeOf(const Geometry& geometry, PlaneKind kind) {
  Plane plane{.kind = kind};
  if (kind != PlaneKind::Picture) {
    const auto axes = worldAxes(geometry);
    const Axis left = axes[0], posterior = axes[1], superior = axes[2];
    const auto use = [&plane](const Axis& right, const Axis& down, bool downIsUp, const Axis& through) {
      plane.u = right.index, plane.backU = right.back;
      plane.v = down.index, plane.backV = down.back != downIsUp;
      plane.n = through.index;
    };
    if (kind == PlaneKind::Axial) use(left, posterior, false, superior), plane.letters = {"R", "L", "A", "P"};
    if (kind == PlaneKind::Coronal) use(left, superior, true, posterior), plane.letters = {"R", "L", "S", "I"};
    if (kind == PlaneKind::Sagittal) use(posterior, superior, true, left), plane.letters = {"A", "P", "S", "I"};
  }
  plane.sizeU = along(geometry.size, plane.u);
  plane.sizeV = along(geometry.size, plane.v);
  plane.slices = along(geometry.size, plane.n);
  const double u = geometry.spacingMm[static_cast<std::size_t>(plane.u)], v = geometry.spacingMm[static_cast<std::size_t>(plane.v)];
  if (u > 0 && v > 0 && std::isfinite(v / u)) plane.pixelAspect = v / u, plane.widthMm = u;
  return plane;
}

std::array<double, 3> Plane::indexOf(double planeU, double planeV, std::int64_t slice) const {
  std::array<double, 3> index{};
  index[static_cast<std::size_t>(u)] = backU ? static_cast<double>(sizeU - 1) - planeU : planeU;
  index[static_cast<std::size_t>(v)] = backV ? static_cast<double>(sizeV - 1) - planeV : planeV;
  index[static_cast<std::size_t>(n)] = static_cast<double>(slice);
  return index;
}

std::array<double, 2> Plane::planeOf(const std::array<double, 3>& index) const {
  const double a = index[static_cast<std::size_t>(u)], b = index[static_cast<std::size_t>(v)];
  return {backU ? static_cast<double>(sizeU - 1) - a : a, backV ? static_cast<double>(sizeV - 1) - b : b};
}

QTransform planeToScreen(const Plane& plane, const Orientation& orientation, double zoom, const std::array<double, 2>& centre,
                         double viewWidth, double viewHeight) {
  QTransform transform;
  transform.translate(viewWidth / 2, viewHeight / 2);
  transform.scale(orientation.flipHorizontal ? -1 : 1, orientation.flipVertical ? -1 : 1);
  transform.rotate(90.0 * orientation.quarterTurns);
  transform.scale(zoom, zoom * plane.pixelAspect);
  transform.translate(-centre[0], -centre[1]);
  return transform;
}

}  // namespace roundel
