#include "exchange/label_grid.h"

#include <array>
#include <cstdio>

#include "raster/grid_map.h"

namespace roundel {
namespace {

std::string shown(Size size) {
  return std::to_string(size.x) + " x " + std::to_string(size.y) + (size.z > 1 ? " x " + std::to_string(size.z) : "");
}

std::string shown(const std::array<double, 3>& spacing) {
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%.4g x %.4g x %.4g mm", spacing[0], spacing[1], spacing[2]);
  return text.data();
}

std::string gridOf(const Geometry& geometry) { return shown(geometry.size) + " voxels of " + shown(geometry.spacingMm); }

}  // namespace

ParamSpec labelGridParam() {
  return {.name = "grid",
          .type = ParamType::Choice,
          .defaultValue = "geometry",
          .choices = {"geometry", "index"},
          .sentence = "Whether label maps are put onto their images by where both lie in the patient, or by the order of their voxels"};
}

LabelGrid labelGridOf(const Params& params) {
  return params.value("grid", std::string("geometry")) == "index" ? LabelGrid::Index : LabelGrid::Geometry;
}

LabelFit fitToImage(LabelMap& map, const ImageFacts& image, const std::string& name, LabelGrid by) {
  const Geometry& to = image.geometry;
  if (by == LabelGrid::Index || !image.oriented || !map.oriented) {
    if (map.size == to.size) return {};
    return {.problem =
                "The labels of " + name + " are for an image of " + shown(map.size) + " pixels, but the image has " + shown(to.size) + ".",
            .code = "size-mismatch"};
  }
  const auto place = gridMap(map.geometry, to);
  if (!place) {
    const std::string same = map.size == to.size ? " Where only the header is wrong, import with --set grid=index." : "";
    return {.problem = "The labels of " + name + " do not lie on the voxels of the image: " + gridOf(map.geometry) + " against " +
                       gridOf(to) + ", or shifted or turned by less than a voxel; resample them onto the image first." + same,
            .code = "grid-mismatch"};
  }
  const bool whole = map.size.count() == to.size.count();
  if (place->isIdentity() && map.size == to.size) return {};
  std::int64_t outside = 0;
  for (auto& [number, mask] : map.masks) {
    CarriedMask moved = carried(mask, *place, to.size);
    mask = std::move(moved.mask);
    outside += moved.outside;
  }
  if (outside > 0)
    return {.problem = "The labels of " + name + " reach beyond the image by " + std::to_string(outside) + " voxels.",
            .code = "grid-mismatch"};
  map.size = to.size;
  map.geometry = to;
  if (!whole) return {.notice = "The labels of " + name + " cover a part of the image alone; the rest counts as looked at and empty."};
  return {.notice = "The labels of " + name + " are stored in another orientation than its image; they were brought over by geometry."};
}

}  // namespace roundel
