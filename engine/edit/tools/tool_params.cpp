#include "edit/tools/tool_params.h"

#include <cmath>
#include <limits>
#include <set>

#include "raster/threshold.h"

namespace roundel {

ParamSpec actionParam() {
  return {.name = "action",
          .type = ParamType::Choice,
          .defaultValue = "add",
          .choices = {"add", "remove", "replace"},
          .sentence = "Whether the region is added to the class, taken from it, or becomes all of it there."};
}

LabelEdit regionEdit(const EditRequest& request, const WorkGrid& grid, const Mask& region, const Params& params, const std::string& name) {
  const auto action = params.at("action").get<std::string>();
  if (action == "replace") return replacedEdit(request, grid, region, name);
  return addedEdit(request, grid, region, action == "add" ? PaintMode::Add : PaintMode::Remove, name);
}

ParamSpec connectivityParam() {
  return {.name = "connectivity",
          .type = ParamType::Choice,
          .defaultValue = "sides",
          .choices = {"sides", "corners"},
          .sentence = "Whether pixels hang together by their sides alone or by corners too."};
}

Connectivity connectivityOf(const Params& params) {
  return params.at("connectivity").get<std::string>() == "sides" ? Connectivity::Faces : Connectivity::Corners;
}

ParamSpec unitParam(const std::string& ofWhat) {
  return {.name = "unit",
          .type = ParamType::Choice,
          .defaultValue = "px",
          .choices = {"px", "mm"},
          .sentence = "What the " + ofWhat + " is measured in: pixels, or millimetres (pixels where the spacing is not known)."};
}

std::array<double, 3> spacingIn(const Params& params, const WorkGrid& grid) {
  if (params.at("unit").get<std::string>() == "px") return {1, 1, 1};
  return grid.spacingMm();
}

Mask maskBetween(const std::vector<float>& values, const Size& size, float low, float high) {
  if (!(low <= high)) return Mask(size);
  // maskAbove is strict, so the lower bound is the number just below.
  const Mask from = maskAbove(values, size, std::nextafter(low, -std::numeric_limits<float>::infinity()));
  return subtract(from, maskAbove(values, size, high));
}

Mask componentsAt(const Mask& mask, Connectivity connectivity, const std::vector<std::int64_t>& pixels) {
  const Components components = connectedComponents(mask, connectivity);
  std::set<std::int32_t> wanted;
  for (std::size_t i = 0; i < components.runs.size(); ++i)
    for (const std::int64_t pixel : pixels)
      if (pixel >= components.runs[i].start && pixel < components.runs[i].start + components.runs[i].length)
        wanted.insert(components.ofRun[i]);
  std::vector<Mask::Run> runs;
  for (std::size_t i = 0; i < components.runs.size(); ++i)
    if (wanted.contains(components.ofRun[i])) runs.push_back(components.runs[i]);
  return Mask(mask.size(), std::move(runs));
}

std::vector<std::int64_t> pixelsOf(const EditRequest& request, const WorkGrid& grid) {
  std::vector<std::int64_t> pixels;
  for (const auto& point : request.points)
    if (const std::int64_t pixel = grid.pixelAt(point); pixel >= 0) pixels.push_back(pixel);
  return pixels;
}

Mask wholeMask(const Size& size) { return Mask(size, {{0, size.count()}}); }
Mask complementOf(const Mask& mask) { return subtract(wholeMask(mask.size()), mask); }

}  // namespace roundel
