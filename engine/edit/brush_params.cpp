#include "edit/brush_params.h"

#include <cmath>

#include "core/error.h"

namespace roundel {

Brush brushOf(const Params& params) {
  return {.shape = brushShapeFromString(params.at("shape").get<std::string>()),
          .radius = params.at("radius").get<double>(),
          .unit = lengthUnitFromString(params.at("unit").get<std::string>())};
}

std::optional<IntensityGate> gateOf(const Params& params, const EditRequest& request) {
  const auto kind = params.at("gate").get<std::string>();
  if (kind == "off") return std::nullopt;
  if (request.image == nullptr) throw Error(ErrorKind::Usage, "image-needed", "A brush that keeps to a range of grey needs the image.");
  if (kind == "range") return IntensityGate{.low = params.at("low").get<float>(), .high = params.at("high").get<float>()};
  const Size& size = request.annotation.size;
  const EditPoint& point = request.points.front();
  std::array<double, 3> at{point.x, point.y, point.z};
  if (request.slice) at[static_cast<std::size_t>(request.slice->axis)] = static_cast<double>(request.slice->index);
  std::array<std::int64_t, 3> pixel{};
  const std::array<std::int64_t, 3> extent{size.x, size.y, size.z};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    pixel[axis] = static_cast<std::int64_t>(std::floor(at[axis] + 0.5));
    if (pixel[axis] < 0 || pixel[axis] >= extent[axis]) return IntensityGate{.low = 1, .high = 0};
  }
  const float centre = request.image->values[static_cast<std::size_t>((pixel[2] * size.y + pixel[1]) * size.x + pixel[0])];
  const auto tolerance = params.at("tolerance").get<float>();
  return IntensityGate{.low = centre - tolerance, .high = centre + tolerance};
}

}  // namespace roundel
