// Islands: the connected parts of a class, kept, removed or given to another class.
#include <algorithm>

#include "core/error.h"
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {
namespace {

/// The parts that leave the class.
Mask leaving(const Components& parts, const std::string& what, const Params& params, const Mask& clicked) {
  const auto smallest = params.at("smallest").get<std::int64_t>();
  const int largest = parts.largest();
  std::vector<Mask::Run> runs;
  for (std::size_t i = 0; i < parts.runs.size(); ++i) {
    const int part = parts.ofRun[i];
    const bool isClicked =
        clicked.contains(parts.runs[i].start % clicked.size().x, parts.runs[i].start / clicked.size().x % clicked.size().y,
                         parts.runs[i].start / clicked.size().x / clicked.size().y);
    bool leaves = false;
    if (what == "keep-largest" || what == "move-others") leaves = part != largest;
    else if (what == "remove-small") leaves = parts.list[static_cast<std::size_t>(part)].area < smallest;
    else if (what == "keep-clicked") leaves = !isClicked;
    else leaves = isClicked;  // remove-clicked, move-clicked
    if (leaves) runs.push_back(parts.runs[i]);
  }
  return Mask(parts.size, std::move(runs));
}

LabelEdit moved(const EditRequest& request, const WorkGrid& grid, const Mask& region, int target) {
  if (target < 0 || target >= static_cast<int>(request.annotation.classes.size()) || target == request.classIndex)
    throw Error(ErrorKind::Usage, "bad-parameter", "The islands must go to another class of the study.");
  LabelEdit nothing{.name = "islands", .classIndex = request.classIndex, .size = request.annotation.size, .changes = {}};
  Mask mask = grid.toCase(region);
  if (request.region != nullptr) mask = intersect(mask, *request.region);
  // Only what may both leave the one class and come into the other moves.
  mask = editableArea(request.annotation, request.classIndex, PaintMode::Remove, request.policy, mask);
  Annotation after = request.annotation;
  applyEdit(after, paintEdit(after, request.classIndex, mask, PaintMode::Remove, request.policy, "islands"));
  mask = editableArea(after, target, PaintMode::Add, request.policy, mask);
  if (mask.empty()) return nothing;
  after = request.annotation;
  applyEdit(after, paintEdit(after, request.classIndex, mask, PaintMode::Remove, request.policy, "islands"));
  applyEdit(after, paintEdit(after, target, mask, PaintMode::Add, request.policy, "islands"));
  return differenceOf(request.annotation, after, "islands", request.classIndex);
}

}  // namespace

EditTool islandsTool() {
  return {.name = "islands",
          .sentence = "Keeps, removes or splits off the connected parts of the class.",
          .params = {{.name = "operation",
                      .type = ParamType::Choice,
                      .defaultValue = "keep-largest",
                      .choices = {"keep-largest", "remove-small", "keep-clicked", "remove-clicked", "move-others", "move-clicked"},
                      .sentence = "What is done with which parts; those that move go to the class named by target."},
                     {.name = "smallest",
                      .type = ParamType::Integer,
                      .defaultValue = 50,
                      .minimum = 0,
                      .unit = "px",
                      .sentence = "Parts with fewer pixels are removed (operation remove-small)."},
                     {.name = "target",
                      .type = ParamType::Integer,
                      .defaultValue = 0,
                      .minimum = 0,
                      .sentence = "Index of the class that parts move to, from 0."},
                     connectivityParam()},
          .gesture = EditGesture::Press,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job&) {
            const WorkGrid grid(request);
            const auto what = params.at("operation").get<std::string>();
            if (what.ends_with("-clicked") && request.points.empty())
              throw Error(ErrorKind::Usage, "points-needed", "Click the part of the class that is meant.");
            const Mask mask = grid.classMask(request.classIndex);
            const Mask clicked = componentsAt(mask, connectivityOf(params), pixelsOf(request, grid));
            const bool missed = clicked.empty() && what.ends_with("-clicked");  // a click beside every part means nothing
            const Mask region =
                missed ? Mask(grid.size()) : leaving(connectedComponents(mask, connectivityOf(params)), what, params, clicked);
            if (what.starts_with("move-")) return moved(request, grid, region, params.at("target").get<int>());
            return addedEdit(request, grid, region, PaintMode::Remove, "islands");
          }};
}

}  // namespace roundel
