#include "core/geometry.h"

#include "core/error.h"

namespace roundel {
namespace {

constexpr std::array<std::pair<SpacingSource, const char*>, 8> kSources{{
    {SpacingSource::None, "none"},
    {SpacingSource::PixelSpacing, "PixelSpacing"},
    {SpacingSource::PixelSpacingCalibrated, "PixelSpacing (calibrated)"},
    {SpacingSource::ImagerPixelSpacing, "ImagerPixelSpacing"},
    {SpacingSource::NominalScannedPixelSpacing, "NominalScannedPixelSpacing"},
    {SpacingSource::FunctionalGroup, "functional group"},
    {SpacingSource::FileHeader, "file header"},
    {SpacingSource::User, "user"},
}};

}  // namespace

std::string toString(SpacingSource source) {
  for (const auto& [value, name] : kSources)
    if (value == source) return name;
  return "none";
}

SpacingSource spacingSourceFromString(const std::string& text) {
  for (const auto& [value, name] : kSources)
    if (text == name) return value;
  throw Error(ErrorKind::BadInput, "bad-document", "Unknown spacing source: " + text + ".");
}

Json toJson(const Geometry& geometry) {
  return {{"size", {geometry.size.x, geometry.size.y, geometry.size.z}},
          {"spacing_mm", geometry.spacingMm},
          {"spacing_source", toString(geometry.spacingSource)},
          {"origin_mm", geometry.originMm},
          {"direction", geometry.direction}};
}

Geometry geometryFromJson(const Json& json) {
  Geometry geometry;
  const auto size = json.at("size").get<std::array<std::int64_t, 3>>();
  geometry.size = {size[0], size[1], size[2]};
  geometry.spacingMm = json.at("spacing_mm").get<std::array<double, 3>>();
  geometry.spacingSource = spacingSourceFromString(json.at("spacing_source").get<std::string>());
  geometry.originMm = json.at("origin_mm").get<std::array<double, 3>>();
  geometry.direction = json.at("direction").get<std::array<double, 9>>();
  return geometry;
}

}  // namespace roundel
