// Copy to the next slices: what the class is on one slice, on its neighbours too.
#include "edit/tools/slices.h"
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {

std::int64_t sliceCount(const EditRequest& request) {
  const Size& size = request.annotation.size;
  switch (request.slice->axis) {
    case SliceAxis::X: return size.x;
    case SliceAxis::Y: return size.y;
    case SliceAxis::Z: break;
  }
  return size.z;
}

EditRequest onSlice(const EditRequest& request, std::int64_t index) {
  EditRequest other = request;
  other.slice->index = index;
  return other;
}

EditTool copySliceTool() {
  return {.name = "copy-slice",
          .sentence = "Copies what the class is on this slice to the slices next to it.",
          .params = {{.name = "direction",
                      .type = ParamType::Choice,
                      .defaultValue = "next",
                      .choices = {"next", "previous"},
                      .sentence = "Towards higher or lower slice numbers."},
                     {.name = "count", .type = ParamType::Integer, .defaultValue = 1, .minimum = 1, .sentence = "To how many slices."},
                     {.name = "mode",
                      .type = ParamType::Choice,
                      .defaultValue = "replace",
                      .choices = {"replace", "add"},
                      .sentence = "Whether what the class is there is replaced or kept beside."}},
          .gesture = EditGesture::Press,
          .extent = ToolExtent::VolumeOnly,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job&) {
            const Mask shape = WorkGrid(request).classMask(request.classIndex);
            const std::int64_t step = params.at("direction").get<std::string>() == "next" ? 1 : -1, slices = sliceCount(request);
            const bool replace = params.at("mode").get<std::string>() == "replace";
            Mask within(request.annotation.size), wanted(request.annotation.size);
            std::int64_t index = request.slice->index;
            for (auto left = params.at("count").get<std::int64_t>(); left > 0; --left) {
              index += step;
              if (index < 0 || index >= slices) break;
              const EditRequest other = onSlice(request, index);
              const WorkGrid grid(other);
              wanted = unite(wanted, grid.toCase(shape));
              within = unite(within, grid.toCase(replace ? wholeMask(grid.size()) : shape));
            }
            if (request.region != nullptr) within = intersect(within, *request.region);
            return replaceEdit(request.annotation, request.classIndex, wanted, within, request.policy, "copy-slice");
          }};
}

}  // namespace roundel
