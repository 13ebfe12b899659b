// Magic wand: the pixels like the one that was clicked, as far as they hang together with it.
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {

EditTool magicWandTool() {
  return {.name = "magic-wand",
          .sentence = "Takes the pixels whose grey is like that of the pixel clicked.",
          .params = {{.name = "tolerance",
                      .type = ParamType::Real,
                      .defaultValue = 0.1,
                      .minimum = 0,
                      .sentence = "How far the grey may differ from that of the pixel clicked."},
                     {.name = "connected",
                      .type = ParamType::Flag,
                      .defaultValue = true,
                      .sentence = "Only pixels that hang together with the one clicked."},
                     connectivityParam(),
                     actionParam()},
          .gesture = EditGesture::Click,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = true,
          .run = [](const EditRequest& request, const Params& params, const Job& job) {
            const WorkGrid grid(request);
            const std::vector<float> values = grid.values();
            const auto tolerance = params.at("tolerance").get<float>();
            Mask region(grid.size());
            for (const std::int64_t pixel : pixelsOf(request, grid)) {
              job.throwIfStopped();
              const float centre = values[static_cast<std::size_t>(pixel)];
              Mask like = maskBetween(values, grid.size(), centre - tolerance, centre + tolerance);
              if (params.at("connected").get<bool>()) like = componentsAt(like, connectivityOf(params), {pixel});
              region = unite(region, like);
            }
            return regionEdit(request, grid, region, params, "magic-wand");
          }};
}

}  // namespace roundel
