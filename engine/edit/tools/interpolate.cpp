// Interpolation between slices: the gaps between the slices on which a class was drawn are filled by its shape (Raya and Udupa 1990):
// signed distances to the outline, weighted by how near each slice is.
#include <algorithm>
#include <cmath>
#include <optional>

#include "edit/metric_morphology.h"
#include "edit/tools/slices.h"
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"
#include "raster/distance_map.h"

namespace roundel {
namespace {

/// A shape on its slice: signed distance of every pixel of a box to its outline, above 0 inside, and its middle.
struct Shape {
  std::vector<double> signedDistance;
  double x = 0, y = 0;
};

std::pair<double, double> middleOf(const Mask& mask) {
  double x = 0, y = 0;
  for (const auto& run : mask.runs()) {
    const auto length = static_cast<double>(run.length);
    x += length * (static_cast<double>(run.start % mask.size().x) + (length - 1) / 2);
    y += length * static_cast<double>(run.start / mask.size().x);
  }
  const auto area = static_cast<double>(mask.area());
  return {x / area, y / area};
}

Shape shapeOf(const Mask& mask, const std::array<double, 3>& spacing) {
  // Half a step is taken off on either side, so that the outline lies between pixels and 0 is on it.
  const double half = std::min(spacing[0], spacing[1]) / 2;
  const auto toShape = squaredDistanceTo(mask, spacing);
  const auto toOutside = squaredDistanceTo(complementOf(mask), spacing);
  Shape shape;
  shape.signedDistance.reserve(toShape.size());
  for (std::size_t i = 0; i < toShape.size(); ++i) {
    const double inside = std::min(std::sqrt(toOutside[i]), 1e6), outside = std::sqrt(toShape[i]);
    shape.signedDistance.push_back(toShape[i] == 0 ? inside - half : half - outside);
  }
  std::tie(shape.x, shape.y) = middleOf(mask);
  return shape;
}

/// The shape between two, `t` of the way from a to b; with `follow` both are moved to the place between their middles first.
Mask between(const Shape& a, const Shape& b, double t, bool follow, const Size& size) {
  std::vector<std::uint8_t> in(a.signedDistance.size(), 0);
  const double x = (1 - t) * a.x + t * b.x, y = (1 - t) * a.y + t * b.y;
  const auto shift = [&](double to, double from) { return follow ? std::llround(to - from) : 0; };
  const std::int64_t ax = shift(x, a.x), ay = shift(y, a.y), bx = shift(x, b.x), by = shift(y, b.y);
  const auto at = [&](const Shape& shape, std::int64_t px, std::int64_t py) {
    px = std::clamp<std::int64_t>(px, 0, size.x - 1);
    py = std::clamp<std::int64_t>(py, 0, size.y - 1);
    return shape.signedDistance[static_cast<std::size_t>(py * size.x + px)];
  };
  for (std::int64_t py = 0; py < size.y; ++py)
    for (std::int64_t px = 0; px < size.x; ++px)
      in[static_cast<std::size_t>(py * size.x + px)] = (1 - t) * at(a, px - ax, py - ay) + t * at(b, px - bx, py - by) > 0;
  return Mask::fromBytes(size, in);
}

}  // namespace

EditTool interpolateTool() {
  return {.name = "interpolate",
          .sentence = "Fills the gaps between the slices on which the class was drawn, by its shape.",
          .params = {{.name = "gaps",
                      .type = ParamType::Choice,
                      .defaultValue = "all",
                      .choices = {"all", "here"},
                      .sentence = "All gaps along the axis of the slice, or only the one that the slice lies in."},
                     {.name = "follow",
                      .type = ParamType::Flag,
                      .defaultValue = true,
                      .sentence = "Lets the shape move from one drawn slice to the next; otherwise it changes in place."}},
          .gesture = EditGesture::Press,
          .extent = ToolExtent::VolumeOnly,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job& job) {
            const std::int64_t count = sliceCount(request);
            const bool here = params.at("gaps").get<std::string>() == "here", follow = params.at("follow").get<bool>();
            Mask filled(request.annotation.size);
            std::optional<std::int64_t> last;
            for (std::int64_t index = 0; index < count; ++index) {
              job.throwIfStopped();
              const EditRequest later = onSlice(request, index);
              const WorkGrid grid(later);
              const Mask b = grid.classMask(request.classIndex);
              if (b.empty()) continue;
              const bool wanted = last && index - *last > 1 && (!here || (request.slice->index > *last && request.slice->index < index));
              if (wanted) {
                const Mask a = WorkGrid(onSlice(request, *last)).classMask(request.classIndex);
                const PixelBox box = grownBox(PixelBox(unitedBoxes(a.bounds(), b.bounds())), {2, 2, 0}, grid.size());
                const Shape from = shapeOf(cropped(a, box), grid.spacingMm()), to = shapeOf(cropped(b, box), grid.spacingMm());
                const Size part{box.x1 - box.x0, box.y1 - box.y0, 1};
                for (std::int64_t i = *last + 1; i < index; ++i) {
                  const double t = static_cast<double>(i - *last) / static_cast<double>(index - *last);
                  const EditRequest middle = onSlice(request, i);
                  filled = unite(filled, WorkGrid(middle).toCase(uncropped(between(from, to, t, follow, part), box, grid.size())));
                }
              }
              last = index;
            }
            if (request.region != nullptr) filled = intersect(filled, *request.region);
            return paintEdit(request.annotation, request.classIndex, filled, PaintMode::Add, request.policy, "interpolate");
          }};
}

}  // namespace roundel
