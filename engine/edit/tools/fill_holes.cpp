// Fill holes: what the class encloses.
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {
namespace {

/// Whether a component reaches the end of the grid, and so is no hole. A slice has no end towards its neighbours.
bool reachesEdge(const PixelBox& box, const Size& size) {
  return box.x0 == 0 || box.y0 == 0 || box.x1 == size.x || box.y1 == size.y || (size.z > 1 && (box.z0 == 0 || box.z1 == size.z));
}

}  // namespace

EditTool fillHolesTool() {
  return {.name = "fill-holes",
          .sentence = "Fills what the class encloses.",
          .params = {{.name = "largest",
                      .type = ParamType::Integer,
                      .defaultValue = 0,
                      .minimum = 0,
                      .unit = "px",
                      .sentence = "Holes with more pixels stay open; 0 fills all."}},
          .gesture = EditGesture::Press,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job&) {
            const WorkGrid grid(request);
            const auto largest = params.at("largest").get<std::int64_t>();
            const Components outside = connectedComponents(complementOf(grid.classMask(request.classIndex)), Connectivity::Faces);
            std::vector<Mask::Run> runs;
            for (std::size_t i = 0; i < outside.runs.size(); ++i) {
              const Component& one = outside.list[static_cast<std::size_t>(outside.ofRun[i])];
              if (!reachesEdge(one.bounds, grid.size()) && (largest == 0 || one.area <= largest)) runs.push_back(outside.runs[i]);
            }
            return addedEdit(request, grid, Mask(grid.size(), std::move(runs)), PaintMode::Add, "fill-holes");
          }};
}

}  // namespace roundel
