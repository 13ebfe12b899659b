#include "core/geometry.h"

#include "core/document.h"
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
  return readDocument("geometry", [&] {
    Geometry geometry;
    geometry.size = sizeFromJson(json.at("size"));
    geometry.spacingMm = json.at("spacing_mm").get<std::array<double, 3>>();
    geometry.spacingSource = spacingSourceFromString(json.at("spacing_source").get<std::string>());
    geometry.originMm = json.at("origin_mm").get<std::array<double, 3>>();
    geometry.direction = json.at("direction").get<std::array<double, 9>>();
    return geometry;
  });
}

Size sizeFromJson(const Json& json) {
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  const auto sides = readDocument("size", [&] { return json.get<std::array<std::int64_t, 3>>(); });
  std::int64_t count = 1;
  for (const std::int64_t side : sides) {
    if (side < 0 || side > kMost || (side > 0 && count > kMost / side))
      throw Error(ErrorKind::BadInput, "bad-document", "A document speaks of an image of impossible size: " + json.dump() + ".");
    count *= side;
  }
  return {sides[0], sides[1], sides[2]};
}

}  // namespace roundel
