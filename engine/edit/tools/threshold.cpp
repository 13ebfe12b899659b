// Threshold: the pixels of a range of grey, given or found by Otsu's method.
#include <limits>

#include "edit/otsu.h"
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {

EditTool thresholdTool() {
  return {
      .name = "threshold",
      .sentence = "Takes every pixel whose grey lies in a range.",
      .params = {{.name = "method",
                  .type = ParamType::Choice,
                  .defaultValue = "range",
                  .choices = {"range", "otsu-bright", "otsu-dark"},
                  .sentence = "Between low and high, or what Otsu's method calls bright or dark."},
                 {.name = "low", .type = ParamType::Real, .defaultValue = 0.5, .sentence = "Lowest grey that is taken (method range)."},
                 {.name = "high", .type = ParamType::Real, .defaultValue = 1.0, .sentence = "Highest grey that is taken (method range)."},
                 actionParam()},
      .gesture = EditGesture::Press,
      .extent = ToolExtent::SliceOrVolume,
      .needsImage = true,
      .run = [](const EditRequest& request, const Params& params, const Job&) {
        constexpr float kFar = std::numeric_limits<float>::max();
        const WorkGrid grid(request);
        const std::vector<float> values = grid.values();
        const auto method = params.at("method").get<std::string>();
        const float split = method == "range" ? 0 : otsuThreshold(values);
        Mask mask;
        if (method == "range") mask = maskBetween(values, grid.size(), params.at("low").get<float>(), params.at("high").get<float>());
        else if (method == "otsu-bright") mask = maskBetween(values, grid.size(), split, kFar);
        else mask = maskBetween(values, grid.size(), -kFar, split);
        return regionEdit(request, grid, mask, params, "threshold");
      }};
}

}  // namespace roundel
