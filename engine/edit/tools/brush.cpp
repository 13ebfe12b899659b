// The brush and the eraser: strokes of a disc, square, ball or cube, held to a range of grey where asked.
#include "edit/brush_params.h"
#include "edit/tools/tools.h"

namespace roundel {
namespace {

std::vector<ParamSpec> brushParams() {
  return {{.name = "shape",
           .type = ParamType::Choice,
           .defaultValue = "round",
           .choices = {"round", "square"},
           .sentence = "Form of the brush."},
          {.name = "radius",
           .type = ParamType::Real,
           .defaultValue = 10.0,
           .minimum = 0.1,
           .maximum = 1000,
           .sentence = "From the centre of the brush to its edge."},
          {.name = "unit",
           .type = ParamType::Choice,
           .defaultValue = "px",
           .choices = {"px", "mm"},
           .sentence = "What the radius is measured in: pixels, or millimetres where the spacing is known."},
          {.name = "gate",
           .type = ParamType::Choice,
           .defaultValue = "off",
           .choices = {"off", "range", "similar"},
           .sentence = "Which pixels are painted: all, those between low and high, or those like the pixel where the stroke began."},
          {.name = "low", .type = ParamType::Real, .defaultValue = 0.0, .sentence = "Lowest grey that is painted (gate range)."},
          {.name = "high", .type = ParamType::Real, .defaultValue = 1.0, .sentence = "Highest grey that is painted (gate range)."},
          {.name = "tolerance",
           .type = ParamType::Real,
           .defaultValue = 0.1,
           .minimum = 0,
           .sentence = "How far the grey may differ from where the stroke began (gate similar)."}};
}

/// The same stroke that a view paints live, as one call.
LabelEdit stroked(const EditRequest& request, const Params& params, PaintMode mode, const std::string& name) {
  Stroke stroke{.classIndex = request.classIndex,
                .mode = mode,
                .brush = brushOf(params),
                .slice = request.slice,
                .policy = request.policy,
                .gate = gateOf(params, request)};
  const Mask path = strokeMask(stroke.brush, request.points, request.geometry, request.slice);
  const Mask within = request.region == nullptr ? path : intersect(path, *request.region);
  if (!stroke.gate) return paintEdit(request.annotation, request.classIndex, within, mode, request.policy, name);
  std::vector<Mask::Run> runs;
  for (const auto& run : within.runs())
    for (std::int64_t i = run.start; i < run.start + run.length; ++i) {
      const float value = request.image->values[static_cast<std::size_t>(i)];
      if (value >= stroke.gate->low && value <= stroke.gate->high) runs.push_back({i, 1});
    }
  return paintEdit(request.annotation, request.classIndex, Mask(within.size(), std::move(runs)), mode, request.policy, name);
}

}  // namespace

EditTool brushTool() {
  return {.name = "brush",
          .sentence = "Paints the class under a stroke.",
          .params = brushParams(),
          .gesture = EditGesture::Stroke,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job&) {
            return stroked(request, params, PaintMode::Add, "brush");
          }};
}

EditTool eraserTool() {
  return {.name = "eraser",
          .sentence = "Takes the class away under a stroke.",
          .params = brushParams(),
          .gesture = EditGesture::Stroke,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job&) {
            return stroked(request, params, PaintMode::Remove, "eraser");
          }};
}

}  // namespace roundel
