// Grow from seeds: the class and the others spread from what is painted; whoever reaches a pixel by the cheaper way gets it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "edit/metric_morphology.h"
#include "edit/tool_crop.h"
#include "edit/tools/tool_params.h"
#include "edit/tools/tools.h"

namespace roundel {
namespace {

constexpr std::uint8_t kNobody = 0, kOwn = 1, kOther = 2;

/// A step along an axis of the grid: to the next flat index, and how long it is.
struct Step {
  std::int64_t x, y, z;
  double length;
};

/// Cheapest ways from all seeds at once (Dijkstra), as fast GrowCut does (Zhu et al. 2014): a way costs its length, and more where the
/// grey changes. Ways longer than `reach` end. `owner` comes with the seeds and is filled.
void spread(std::vector<std::uint8_t>& owner, const std::vector<float>& values, const Size& size, const std::array<double, 3>& spacing,
            double contrast, double reach, const Job& job) {
  struct Front {
    float cost;
    std::int64_t pixel;
    bool operator<(const Front& other) const { return cost > other.cost; }
  };
  std::vector<Step> steps{{1, 0, 0, spacing[0]}, {-1, 0, 0, spacing[0]}, {0, 1, 0, spacing[1]}, {0, -1, 0, spacing[1]}};
  if (size.z > 1) {
    steps.push_back({0, 0, 1, spacing[2]});
    steps.push_back({0, 0, -1, spacing[2]});
  }
  std::vector<float> cost(owner.size(), std::numeric_limits<float>::max()), way(owner.size(), 0);
  std::priority_queue<Front> fronts;
  for (std::size_t i = 0; i < owner.size(); ++i)
    if (owner[i] != kNobody) {
      cost[i] = 0;
      fronts.push({0, static_cast<std::int64_t>(i)});
    }
  for (std::int64_t count = 0; !fronts.empty(); ++count) {
    if (count % 65536 == 0) job.throwIfStopped();
    const Front front = fronts.top();
    fronts.pop();
    const auto from = static_cast<std::size_t>(front.pixel);
    if (front.cost > cost[from]) continue;
    const std::int64_t x = front.pixel % size.x, y = front.pixel / size.x % size.y, z = front.pixel / size.x / size.y;
    for (const auto& step : steps) {
      const std::int64_t nx = x + step.x, ny = y + step.y, nz = z + step.z;
      if (nx < 0 || ny < 0 || nz < 0 || nx >= size.x || ny >= size.y || nz >= size.z) continue;
      const auto to = static_cast<std::size_t>((nz * size.y + ny) * size.x + nx);
      const float length = way[from] + static_cast<float>(step.length);
      const double change = std::abs(static_cast<double>(values[to]) - values[from]);
      const float next = front.cost + static_cast<float>(step.length * (1 + contrast * (std::isfinite(change) ? change : 1)));
      if (next >= cost[to] || length > reach) continue;
      cost[to] = next;
      way[to] = length;
      owner[to] = owner[from];
      fronts.push({next, static_cast<std::int64_t>(to)});
    }
  }
}

/// The pixels at the end of a box: background where nothing is painted.
void seedFrame(std::vector<std::uint8_t>& owner, const Size& size) {
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x) {
        const bool end = x == 0 || y == 0 || x == size.x - 1 || y == size.y - 1 || (size.z > 1 && (z == 0 || z == size.z - 1));
        auto& one = owner[static_cast<std::size_t>((z * size.y + y) * size.x + x)];
        if (end && one == kNobody) one = kOther;
      }
}

Mask grown(const EditRequest& request, const WorkGrid& grid, const Params& params, const Job& job) {
  const Mask own = grid.classMask(request.classIndex);
  if (own.empty()) return own;
  const auto reach = params.at("reach").get<double>();
  const auto spacing = spacingIn(params, grid);
  std::array<std::int64_t, 3> by{};
  for (std::size_t axis = 0; axis < 3; ++axis) by[axis] = static_cast<std::int64_t>(std::ceil(reach / spacing[axis])) + 1;
  const PixelBox box = grownBox(own.bounds(), by, grid.size());
  const Mask part = cropped(own, box);

  std::vector<std::uint8_t> owner(static_cast<std::size_t>(part.size().count()), kNobody);
  for (std::size_t i = 0; i < request.annotation.classes.size(); ++i)
    if (static_cast<int>(i) != request.classIndex && !request.annotation.classes[i].mask.empty())
      cropped(grid.classMask(static_cast<int>(i)), box).paintInto(owner, kOther);
  if (params.at("background").get<std::string>() == "frame") seedFrame(owner, part.size());
  part.paintInto(owner, kOwn);
  // Greys count by their spread in the box, so that contrast means the same for radiographs and Hounsfield units.
  std::vector<float> values = croppedValues(grid, box);
  standardise(values);
  spread(owner, values, part.size(), spacing, params.at("contrast").get<double>(), reach, job);
  for (auto& one : owner) one = one == kOwn;
  return uncropped(Mask::fromBytes(part.size(), owner), box, grid.size());
}

}  // namespace

EditTool growFromSeedsTool() {
  return {.name = "grow-from-seeds",
          .sentence = "Lets the class spread from what is painted of it, up to edges and to where other classes spread.",
          .params = {{.name = "reach",
                      .type = ParamType::Real,
                      .defaultValue = 50.0,
                      .minimum = 1,
                      .maximum = 2000,
                      .sentence = "How far the class may spread."},
                     unitParam("reach"),
                     {.name = "contrast",
                      .type = ParamType::Real,
                      .defaultValue = 20.0,
                      .minimum = 0,
                      .maximum = 1000,
                      .sentence = "How much a change of grey hinders the spreading; 0 looks at distance alone."},
                     {.name = "background",
                      .type = ParamType::Choice,
                      .defaultValue = "frame",
                      .choices = {"frame", "none"},
                      .sentence = "Whether the background spreads too, from the frame of the area that can be reached."}},
          .gesture = EditGesture::Press,
          .extent = ToolExtent::SliceOrVolume,
          .needsImage = true,
          .run = [](const EditRequest& request, const Params& params, const Job& job) {
            const WorkGrid grid(request);
            return addedEdit(request, grid, grown(request, grid, params, job), PaintMode::Add, "grow-from-seeds");
          }};
}

}  // namespace roundel
