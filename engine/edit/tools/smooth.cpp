// Smooth: a class's outline made smoother, by the majority around each pixel, by a blur, or by opening and closing.
#include <algorithm>
#include <cmath>

#include "edit/blur.h"
#include "edit/metric_morphology.h"
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {
namespace {

std::array<std::int64_t, 3> reachOf(double radius, const std::array<double, 3>& spacing, const Size& size) {
  std::array<std::int64_t, 3> reach{};
  const std::array<std::int64_t, 3> extent{size.x, size.y, size.z};
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (extent[axis] > 1) reach[axis] = static_cast<std::int64_t>(std::floor(radius / spacing[axis]));
  return reach;
}

/// In where more than half of the pixels around are: within the radius, and within the image.
Mask median(const Mask& mask, double radius, const std::array<double, 3>& spacing, const Job& job) {
  const auto reach = reachOf(radius, spacing, mask.size());
  const PixelBox box = grownBox(mask.bounds(), {2 * reach[0] + 1, 2 * reach[1] + 1, 2 * reach[2] + 1}, mask.size());
  const Mask part = cropped(mask, box);
  const Size& size = part.size();
  const auto bytes = part.toBytes();
  // Sums from the beginning of each row, so that a stretch of any length is one difference.
  const std::int64_t wide = size.x + 1;
  std::vector<std::int32_t> sums(static_cast<std::size_t>(wide * size.y * size.z), 0);
  for (std::int64_t row = 0; row < size.y * size.z; ++row)
    for (std::int64_t x = 0; x < size.x; ++x)
      sums[static_cast<std::size_t>(row * wide + x + 1)] =
          sums[static_cast<std::size_t>(row * wide + x)] + bytes[static_cast<std::size_t>(row * size.x + x)];
  struct Row {
    std::int64_t dy, dz, half;
  };
  std::vector<Row> rows;
  for (std::int64_t dz = -reach[2]; dz <= reach[2]; ++dz)
    for (std::int64_t dy = -reach[1]; dy <= reach[1]; ++dy) {
      const double y = static_cast<double>(dy) * spacing[1], z = static_cast<double>(dz) * spacing[2],
                   rest = radius * radius - y * y - z * z;
      if (rest >= 0) rows.push_back({dy, dz, std::min(reach[0], static_cast<std::int64_t>(std::sqrt(rest) / spacing[0] + 1e-9))});
    }
  std::vector<std::uint8_t> result(bytes.size());
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y) {
      job.throwIfStopped();
      for (std::int64_t x = 0; x < size.x; ++x) {
        std::int64_t in = 0, all = 0;
        for (const auto& row : rows) {
          if (y + row.dy < 0 || y + row.dy >= size.y || z + row.dz < 0 || z + row.dz >= size.z) continue;
          const std::int64_t x0 = std::max<std::int64_t>(x - row.half, 0), x1 = std::min(x + row.half + 1, size.x);
          const std::int32_t* line = sums.data() + ((z + row.dz) * size.y + y + row.dy) * wide;
          in += line[x1] - line[x0];
          all += x1 - x0;
        }
        result[static_cast<std::size_t>((z * size.y + y) * size.x + x)] = 2 * in > all;
      }
    }
  return uncropped(Mask::fromBytes(size, result), box, mask.size());
}

Mask blurred(const Mask& mask, double radius, const std::array<double, 3>& spacing) {
  std::array<double, 3> sigma{};
  std::array<std::int64_t, 3> by{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    sigma[axis] = radius / spacing[axis];
    by[axis] = static_cast<std::int64_t>(std::ceil(3 * sigma[axis])) + 1;
  }
  const PixelBox box = grownBox(mask.bounds(), by, mask.size());
  const Mask part = cropped(mask, box);
  const auto bytes = part.toBytes();
  std::vector<float> values(bytes.begin(), bytes.end());
  blur(values, part.size(), sigma);
  return uncropped(maskBetween(values, part.size(), 0.5F, 2), box, mask.size());
}

}  // namespace

EditTool smoothTool() {
  return {.name = "smooth",
          .sentence = "Makes the outline of the class smoother.",
          .params = {{.name = "method",
                      .type = ParamType::Choice,
                      .defaultValue = "median",
                      .choices = {"median", "gaussian", "open", "close"},
                      .sentence = "Majority around each pixel, blur, taking away thin parts, or filling narrow gaps."},
                     {.name = "radius",
                      .type = ParamType::Real,
                      .defaultValue = 3.0,
                      .minimum = 0.1,
                      .maximum = 100,
                      .sentence = "Size of what is smoothed away (gaussian: standard deviation)."},
                     unitParam("radius")},
          .gesture = EditGesture::Press,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = false,
          .run = [](const EditRequest& request, const Params& params, const Job& job) {
            const WorkGrid grid(request);
            const Mask mask = grid.classMask(request.classIndex);
            const auto method = params.at("method").get<std::string>();
            const auto radius = params.at("radius").get<double>();
            const auto spacing = spacingIn(params, grid);
            Mask result = mask;
            if (mask.empty()) return replacedEdit(request, grid, result, "smooth");
            if (method == "median") result = median(mask, radius, spacing, job);
            else if (method == "gaussian") result = blurred(mask, radius, spacing);
            else if (method == "open") result = openedBy(mask, radius, spacing);
            else result = closedBy(mask, radius, spacing);
            return replacedEdit(request, grid, result, "smooth");
          }};
}

}  // namespace roundel
