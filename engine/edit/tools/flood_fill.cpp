// Flood fill: the area around the pixel clicked, up to the next labels.
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {

EditTool floodFillTool() {
  return {.name = "flood-fill",
          .sentence = "Fills the area around the pixel clicked, up to where labels bound it.",
          .params = {{.name = "bounds",
                      .type = ParamType::Choice,
                      .defaultValue = "class",
                      .choices = {"class", "any"},
                      .sentence = "What stops the filling: pixels of this class, or of any class."},
                     connectivityParam()},
          .gesture = EditGesture::Click,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job&) {
            const WorkGrid grid(request);
            Mask bounds = grid.classMask(request.classIndex);
            if (params.at("bounds").get<std::string>() == "any")
              for (std::size_t i = 0; i < request.annotation.classes.size(); ++i)
                if (!request.annotation.classes[i].mask.empty()) bounds = unite(bounds, grid.classMask(static_cast<int>(i)));
            const Mask region = componentsAt(complementOf(bounds), connectivityOf(params), pixelsOf(request, grid));
            return addedEdit(request, grid, region, PaintMode::Add, "flood-fill");
          }};
}

}  // namespace roundel
