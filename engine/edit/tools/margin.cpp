// Margin: a class grown, shrunk or hollowed by an exact distance.
#include "edit/metric_morphology.h"
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {

EditTool marginTool() {
  return {
      .name = "margin",
      .sentence = "Grows or shrinks the class by a distance, or leaves only its wall.",
      .params = {{.name = "operation",
                  .type = ParamType::Choice,
                  .defaultValue = "grow",
                  .choices = {"grow", "shrink", "hollow"},
                  .sentence = "What is done; hollow leaves a wall of that thickness."},
                 {.name = "distance", .type = ParamType::Real, .defaultValue = 2.0, .minimum = 0, .maximum = 1000, .sentence = "How far."},
                 unitParam("distance")},
      .gesture = EditGesture::Press,
      .extent = ToolExtent::SliceOrVolume,
      .needsImage = false,
      .run = [](const EditRequest& request, const Params& params, const Job&) {
        const WorkGrid grid(request);
        const Mask mask = grid.classMask(request.classIndex);
        const auto what = params.at("operation").get<std::string>();
        const auto distance = params.at("distance").get<double>();
        const auto spacing = spacingIn(params, grid);
        Mask result;
        if (what == "grow") result = grownBy(mask, distance, spacing);
        else if (what == "shrink") result = shrunkBy(mask, distance, spacing);
        else result = distance > 0 ? subtract(mask, shrunkBy(mask, distance, spacing)) : mask;
        return replacedEdit(request, grid, result, "margin");
      }};
}

}  // namespace roundel
