#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/image.h"
#include "core/job.h"
#include "core/param_spec.h"
#include "edit/brush.h"
#include "edit/paint_policy.h"

namespace roundel {

/// What a person does in the view to use a tool.
enum class EditGesture {
  Press,    ///< nothing: a button of the tool's form ("fill holes")
  Click,    ///< one point
  Stroke,   ///< a drag; the points under the mouse, in order
  Outline,  ///< corners of a closed outline, clicked one by one
  Freehand  ///< a closed outline, dragged
};

/// Where a tool works.
enum class ToolExtent {
  SliceOnly,      ///< on one slice
  SliceOrVolume,  ///< on one slice, or in the whole volume where the request names none
  VolumeOnly      ///< across slices: the request's slice says along which axis, and from which slice
};

/// What a tool is asked to do. Values stay with the caller for the time of the call.
struct EditRequest {
  const Annotation& annotation;
  const Geometry& geometry;              ///< of the case; its size is the annotation's
  const Image* image = nullptr;          ///< what the person sees, same grid; needed where the tool says so
  int classIndex = 0;                    ///< the class to change, or kIgnoreRegion
  std::optional<SlicePlane> slice = {};  ///< none: the whole volume
  std::vector<EditPoint> points = {};    ///< of the gesture; on a slice only the two axes of its plane count
  PaintPolicy policy = {};
  const Mask* region = nullptr;  ///< only pixels in here may change; null: everywhere
};

/// A tool that turns what a person pointed at into one edit: one entry of builtinEditTools().
///
/// `run` is a function of its inputs: no state, any thread, the annotation is not touched. It keeps the policy, stays within the
/// request's slice and region, and answers an empty edit where there is nothing to do.
struct EditTool {
  std::string name;      ///< a stable word, also the edit's name
  std::string sentence;  ///< what it does, for a person
  std::vector<ParamSpec> params;
  EditGesture gesture = EditGesture::Press;
  ToolExtent extent = ToolExtent::SliceOrVolume;
  bool needsImage = false;
  std::function<LabelEdit(const EditRequest&, const Params&, const Job&)> run;
};

/// All tools, in the order of menus.
const std::vector<EditTool>& builtinEditTools();
/// Throws Error(Usage, "unknown-edit-tool") that names the nearest one.
const EditTool& findEditTool(const std::string& name);

/// Checks the request and the parameters (`given` may hold a part of them), and runs the tool.
/// Throws Error(Usage, "unknown-class" | "bad-parameter" | "unknown-parameter" | "image-needed" | "slice-needed" | "points-needed"),
/// Error(BadInput, "size-mismatch") and Cancelled.
LabelEdit useEditTool(const EditTool& tool, const EditRequest& request, const Json& given = Json::object(), const Job& job = Job());

std::string toString(EditGesture gesture);
std::string toString(ToolExtent extent);

}  // namespace roundel
