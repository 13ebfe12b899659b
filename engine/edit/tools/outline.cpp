// Polygon and lasso: the pixels whose centres lie inside a closed outline (even-odd rule).
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"
#include "raster/polygon.h"

namespace roundel {
namespace {

EditTool outlineTool(const std::string& name, const std::string& sentence, EditGesture gesture) {
  return {.name = name,
          .sentence = sentence,
          .params = {actionParam()},
          .gesture = gesture,
          .extent = ToolExtent::SliceOnly,
          .needsImage = false,
          .run = [name](const EditRequest& request, const Params& params, const Job&) {
            const WorkGrid grid(request);
            Outline outline;
            for (const auto& point : request.points) {
              const EditPoint at = grid.toGrid(point);
              outline.push_back({at.x + 0.5, at.y + 0.5});  // outlines count from the corner of the first pixel
            }
            return regionEdit(request, grid, maskFromOutline(grid.size(), outline), params, name);
          }};
}

}  // namespace

EditTool polygonTool() { return outlineTool("polygon", "Fills the outline through corners that are clicked.", EditGesture::Outline); }
EditTool lassoTool() { return outlineTool("lasso", "Fills the outline that is drawn by hand.", EditGesture::Freehand); }

}  // namespace roundel
