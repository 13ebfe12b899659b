#include "edit/edit_tool.h"

#include <cmath>

#include "core/error.h"

namespace roundel {
namespace {

constexpr double kFarthestPoint = 1e6;  ///< pixels

std::int64_t extentAlong(const Size& size, SliceAxis axis) {
  return axis == SliceAxis::X ? size.x : axis == SliceAxis::Y ? size.y : size.z;
}

void requireUsable(const EditTool& tool, const EditRequest& request) {
  const Annotation& annotation = request.annotation;
  if (request.classIndex < kIgnoreRegion || request.classIndex >= static_cast<int>(annotation.classes.size()))
    throw Error(ErrorKind::Usage, "unknown-class", "There is no class number " + std::to_string(request.classIndex) + " in these labels.");
  const bool image = request.image == nullptr || static_cast<std::int64_t>(request.image->values.size()) == annotation.size.count();
  if (request.geometry.size != annotation.size || !image || (request.region != nullptr && request.region->size() != annotation.size))
    throw Error(ErrorKind::BadInput, "size-mismatch", "The labels, the image and the region of an edit have different sizes.");
  if (tool.needsImage && request.image == nullptr)
    throw Error(ErrorKind::Usage, "image-needed", "The tool " + tool.name + " looks at the image, and there is none.");
  if (!request.slice && tool.extent != ToolExtent::SliceOrVolume)
    throw Error(ErrorKind::Usage, "slice-needed", "The tool " + tool.name + " needs a slice.",
                {.remedy = "Say on which slice it is used."});
  if (request.slice && (request.slice->index < 0 || request.slice->index >= extentAlong(annotation.size, request.slice->axis)))
    throw Error(ErrorKind::Usage, "bad-parameter", "The volume has no slice number " + std::to_string(request.slice->index) + ".");
  const bool outline = tool.gesture == EditGesture::Outline || tool.gesture == EditGesture::Freehand;
  const std::size_t wanted = tool.gesture == EditGesture::Press ? 0 : outline ? 3 : 1;
  if (request.points.size() < wanted)
    throw Error(ErrorKind::Usage, "points-needed",
                "The tool " + tool.name + " needs " + (wanted == 1 ? "a point" : "at least three points") + " in the image.");
  for (const auto& point : request.points)
    for (const double value : {point.x, point.y, point.z})
      if (!std::isfinite(value) || std::abs(value) > kFarthestPoint)
        throw Error(ErrorKind::Usage, "bad-parameter", "A point lies nowhere near the image.");
}

}  // namespace

const EditTool& findEditTool(const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& tool : builtinEditTools()) {
    if (tool.name == name) return tool;
    names.push_back(tool.name);
    list += (list.empty() ? "" : ", ") + tool.name;
  }
  const std::string near = nearestName(name, names);
  throw Error(ErrorKind::Usage, "unknown-edit-tool", "There is no tool named " + name + ".",
              {.remedy = near.empty() ? "Known: " + list + "." : "Did you mean " + near + "?"});
}

LabelEdit useEditTool(const EditTool& tool, const EditRequest& request, const Json& given, const Job& job) {
  requireUsable(tool, request);
  const Params params = resolveParams(tool.params, given);
  const LabelEdit nothing{.name = tool.name, .classIndex = request.classIndex, .size = request.annotation.size, .changes = {}};
  if (request.annotation.size.count() == 0 || request.policy.isLocked(request.classIndex)) return nothing;
  return tool.run(request, params, job);
}

std::string toString(EditGesture gesture) {
  switch (gesture) {
    case EditGesture::Press: return "press";
    case EditGesture::Click: return "click";
    case EditGesture::Stroke: return "stroke";
    case EditGesture::Outline: return "outline";
    case EditGesture::Freehand: return "freehand";
  }
  return {};
}

std::string toString(ToolExtent extent) {
  switch (extent) {
    case ToolExtent::SliceOnly: return "slice";
    case ToolExtent::SliceOrVolume: return "slice-or-volume";
    case ToolExtent::VolumeOnly: return "volume";
  }
  return {};
}

}  // namespace roundel
