// Livewire: an outline that clings to the edges between the corners that are clicked.
#include "edit/livewire.h"

#include <cmath>

#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"
#include "raster/polygon.h"

namespace roundel {

EditTool livewireTool() {
  return {.name = "livewire",
          .sentence = "Fills an outline that clings to edges between the corners that are clicked.",
          .params = {{.name = "smoothing",
                      .type = ParamType::Real,
                      .defaultValue = 1.5,
                      .minimum = 0,
                      .maximum = 20,
                      .unit = "px",
                      .sentence = "Blur before edges are looked for; more of it passes over fine lines."},
                     {.name = "sharpness",
                      .type = ParamType::Real,
                      .defaultValue = 2.0,
                      .minimum = 0,
                      .maximum = 8,
                      .sentence = "How strongly the line prefers strong edges; 0 gives straight lines."},
                     actionParam()},
          .gesture = EditGesture::Outline,
          .extent = ToolExtent::SliceOnly,
          .needsImage = true,
          .run = [](const EditRequest& request, const Params& params, const Job& job) {
            const WorkGrid grid(request);
            Livewire wire(grid.values(), grid.size().x, grid.size().y,
                          {.smoothingPx = params.at("smoothing").get<double>(), .sharpness = params.at("sharpness").get<double>()});
            const auto pixel = [&](std::size_t i) {
              const EditPoint at = grid.toGrid(request.points[i % request.points.size()]);
              const auto kept = [](double value, std::int64_t extent) {
                return static_cast<std::int64_t>(std::floor(std::min(std::max(value + 0.5, 0.0), static_cast<double>(extent) - 1)));
              };
              return std::pair{kept(at.x, grid.size().x), kept(at.y, grid.size().y)};
            };
            // The pixels of the line themselves are in; its inside is filled.
            Outline outline;
            std::vector<Mask::Run> line;
            for (std::size_t i = 0; i < request.points.size(); ++i) {
              job.throwIfStopped();
              const auto [x0, y0] = pixel(i);
              const auto [x1, y1] = pixel(i + 1);
              wire.setSeed(x0, y0);
              for (const auto& point : wire.pathTo(x1, y1)) {
                outline.push_back({point.x + 0.5, point.y + 0.5});
                line.push_back({std::llround(point.y) * grid.size().x + std::llround(point.x), 1});
              }
            }
            const Mask border(grid.size(), std::move(line));
            const Mask region = outline.size() < 3 ? border : unite(border, maskFromOutline(grid.size(), outline));
            return regionEdit(request, grid, region, params, "livewire");
          }};
}

}  // namespace roundel
