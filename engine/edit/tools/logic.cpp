// Logic: a class made from itself and another one.
#include "core/error.h"
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {

EditTool logicTool() {
  return {.name = "logic",
          .sentence = "Makes the class from itself and another one.",
          .params = {{.name = "operation",
                      .type = ParamType::Choice,
                      .defaultValue = "union",
                      .choices = {"union", "intersect", "subtract", "xor", "copy", "invert", "clear"},
                      .sentence = "What is done with the other class; invert and clear need none."},
                     {.name = "other",
                      .type = ParamType::Integer,
                      .defaultValue = 0,
                      .minimum = kIgnoreRegion,
                      .sentence = "Index of the other class, from 0; -1 is the region to ignore."}},
          .gesture = EditGesture::Press,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job&) {
            const WorkGrid grid(request);
            const auto what = params.at("operation").get<std::string>();
            const int index = params.at("other").get<int>();
            if (index >= static_cast<int>(request.annotation.classes.size()))
              throw Error(ErrorKind::Usage, "unknown-class", "There is no class number " + std::to_string(index) + " in these labels.");
            const Mask own = grid.classMask(request.classIndex), other = grid.classMask(index);
            Mask result(grid.size());
            if (what == "union") result = unite(own, other);
            else if (what == "intersect") result = intersect(own, other);
            else if (what == "subtract") result = subtract(own, other);
            else if (what == "xor") result = subtract(unite(own, other), intersect(own, other));
            else if (what == "copy") result = other;
            else if (what == "invert") result = complementOf(own);
            return replacedEdit(request, grid, result, "logic");
          }};
}

}  // namespace roundel
