#include "models/generalists/cube_asker.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "models/generalists/decision_level.h"

namespace roundel {
namespace {

using torch::Tensor;

std::array<double, 3> sidesAsNumbers(Size size) {
  return {static_cast<double>(size.x), static_cast<double>(size.y), static_cast<double>(size.z)};
}

PromptBox boxBetween(const std::array<double, 3>& low, const std::array<double, 3>& high) {
  return {.x0 = low[0], .y0 = low[1], .x1 = high[0], .y1 = high[1], .z0 = low[2], .z1 = high[2]};
}

void widen(PromptBox& box, const PromptPoint& point) {
  box = boxBetween({std::min(box.x0, point.x), std::min(box.y0, point.y), std::min(box.z0, point.z)},
                   {std::max(box.x1, point.x + 1), std::max(box.y1, point.y + 1), std::max(box.z1, point.z + 1)});
}

/// Where the values of a grid over a window are above 0, in voxels of the volume.
std::optional<PromptBox> extentOfCube(std::span<const float> values, Size grid, const CubeWindow& window) {
  std::array<std::int64_t, 3> low{grid.x, grid.y, grid.z}, high{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] > 0)) continue;
    const auto n = static_cast<std::int64_t>(i);
    const std::array<std::int64_t, 3> at{n % grid.x, n / grid.x % grid.y, n / (grid.x * grid.y)};
    for (std::size_t a = 0; a < 3; ++a) low[a] = std::min(low[a], at[a]), high[a] = std::max(high[a], at[a] + 1);
  }
  if (high[0] <= low[0]) return {};
  const auto sides = sidesAsNumbers(grid);
  std::array<double, 3> from{}, to{};
  for (std::size_t a = 0; a < 3; ++a) {
    const double step = window.length[a] / sides[a];
    from[a] = window.start[a] + static_cast<double>(low[a]) * step;
    to[a] = window.start[a] + static_cast<double>(high[a]) * step;
  }
  return boxBetween(from, to);
}

bool meetsVolume(const PromptBox& box, Size size) {
  const auto sides = sidesAsNumbers(size);
  return box.x1 > 0 && box.y1 > 0 && box.z1 > 0 && box.x0 < sides[0] && box.y0 < sides[1] && box.z0 < sides[2];
}

PromptBox clippedToVolume(const PromptBox& box, Size size) {
  const auto sides = sidesAsNumbers(size);
  const auto within = [&](double at, std::size_t axis) { return std::clamp(at, 0.0, sides[axis]); };
  return boxBetween({within(box.x0, 0), within(box.y0, 1), within(box.z0, 2)}, {within(box.x1, 0), within(box.y1, 1), within(box.z1, 2)});
}

/// IoU of two answers, the second's window twice as long on every side around the same middle; what the second finds beyond the first
/// counts against it.
double agreementOfCubes(std::span<const float> inner, std::span<const float> outer, int side) {
  const CubeWindow middle{{side / 4.0, side / 4.0, side / 4.0}, {side / 2.0, side / 2.0, side / 2.0}};
  const auto finer = resampledCube(outer, {side, side, side}, middle, side);
  double both = 0, either = 0, beyond = 0;
  for (std::size_t k = 0; k < finer.size(); ++k) both += inner[k] > 0 && finer[k] > 0, either += inner[k] > 0 || finer[k] > 0;
  const auto s = static_cast<std::size_t>(side), quarter = s / 4;
  for (std::size_t i = 0; i < outer.size(); ++i) {
    const auto out = [&](std::size_t at) { return at < quarter || at >= s - quarter; };
    if (out(i % s) || out(i / s % s) || out(i / (s * s))) beyond += outer[i] > 0;
  }
  return either == 0 ? 0 : both / (either + 8 * beyond);
}

}  // namespace

Size reducedVolume(Size size, std::int64_t longest) {
  const double factor = std::min(1.0, static_cast<double>(longest) / static_cast<double>(std::max({size.x, size.y, size.z})));
  const auto shrunk = [&](std::int64_t length) { return std::max<std::int64_t>(1, std::llround(factor * static_cast<double>(length))); };
  return {shrunk(size.x), shrunk(size.y), shrunk(size.z)};
}

CubeWindow CubeAsker::whole() const { return {{0, 0, 0}, sidesAsNumbers(m_size)}; }

CubeWindow CubeAsker::around(const PromptBox& box) const {
  const auto& thick = m_embedding.thickness;
  CubeWindow window = cubeAround(
      boxBetween({box.x0 * thick[0], box.y0 * thick[1], box.z0 * thick[2]}, {box.x1 * thick[0], box.y1 * thick[1], box.z1 * thick[2]}),
      m_model.margin());
  for (std::size_t a = 0; a < 3; ++a) window.start[a] /= thick[a], window.length[a] /= thick[a];
  return window;
}

GeneralistMask CubeAsker::answer(const Prompt& asked, SoftMasks soft) const {
  Prompt prompt = asked;
  if (prompt.box) {
    if (!meetsVolume(*prompt.box, m_size)) return {.mask = Mask(m_size)};
    prompt.box = clippedToVolume(*prompt.box, m_size);
  }
  std::optional<MaskSource> mask;
  if (prompt.mask) mask = MaskSource{prompt.mask->values, {prompt.mask->width, prompt.mask->height, prompt.mask->depth}, whole()};
  std::optional<PromptBox> extent = prompt.box;
  if (!extent && mask) {
    extent = extentOfCube(mask->values, mask->grid, mask->window);
    if (extent)
      for (const auto& point : prompt.points)
        if (point.positive) widen(*extent, point);
  }
  std::optional<Found> found;
  if (extent) found = std::move(ask(prompt, {around(*extent)}, mask).front());
  else found = search(prompt);
  return found ? finished(prompt, *found, soft) : GeneralistMask{.mask = Mask(m_size)};
}

std::vector<float> CubeAsker::maskIn(const MaskSource& mask, const CubeWindow& window) const {
  // The window in places of the mask's own grid.
  const auto sides = sidesAsNumbers(mask.grid);
  CubeWindow there;
  for (std::size_t a = 0; a < 3; ++a) {
    const double scale = sides[a] / mask.window.length[a];
    there.start[a] = (window.start[a] - mask.window.start[a]) * scale;
    there.length[a] = window.length[a] * scale;
  }
  auto values = resampledCube(mask.values, mask.grid, there, m_side);
  for (auto& value : values) value = 1 / (1 + std::exp(-value));
  return values;
}

std::vector<CubeAsker::Found> CubeAsker::ask(const Prompt& prompt, const std::vector<CubeWindow>& windows,
                                             const std::optional<MaskSource>& mask) const {
  const auto count = static_cast<std::int64_t>(windows.size()), places = static_cast<std::int64_t>(m_side) * m_side * m_side;
  Tensor cubes = torch::empty({count, nn::kCropChannels, m_side, m_side, m_side});
  std::vector<CropPrompt> prompts;
  for (std::int64_t i = 0; i < count; ++i) {
    const CubeWindow& window = windows[static_cast<std::size_t>(i)];
    std::vector<float> grey = resampledCube(m_embedding.grey, m_size, window, m_side);
    standardise(grey);
    CropPrompt inside = inCube(prompt, window, m_side);
    if (mask) inside.mask = maskIn(*mask, window);
    const auto channels = drawnCube(grey, inside, m_side);
    std::memcpy(cubes.mutable_data_ptr<float>() + i * nn::kCropChannels * places, channels.data(), channels.size() * sizeof(float));
    inside.mask.clear();  // it is drawn
    prompts.push_back(std::move(inside));
  }
  const auto answer = answerInViews(*m_model.network, cubes, prompts, cubePoints, mask.has_value(), m_asking);
  const std::vector<float> logits = floats(answer.logits), scores = floats(answer.iou);
  std::vector<Found> found;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto from = logits.begin() + i * places;
    found.push_back(
        {windows[static_cast<std::size_t>(i)], {from, from + places}, static_cast<double>(scores[static_cast<std::size_t>(i)])});
  }
  return found;
}

std::optional<CubeAsker::Found> CubeAsker::lookAgain(const Prompt& prompt, const Found& before) const {
  const Size grid{m_side, m_side, m_side};
  auto extent = extentOfCube(before.logits, grid, before.window);
  if (!extent) return {};
  for (const auto& point : prompt.points)
    if (point.positive) widen(*extent, point);
  return std::move(ask(prompt, {around(*extent)}, MaskSource{before.logits, grid, before.window}).front());
}

std::optional<CubeAsker::Found> CubeAsker::search(const Prompt& prompt) const {
  std::optional<PromptBox> clicks;
  for (const auto& point : prompt.points) {
    if (!point.positive) continue;
    if (!clicks) clicks = boxBetween({point.x, point.y, point.z}, {point.x + 1, point.y + 1, point.z + 1});
    widen(*clicks, point);
  }
  if (!clicks || !meetsVolume(*clicks, m_size)) return {};
  // Lengths as if voxels were as thick as wide.
  const auto& thick = m_embedding.thickness;
  const auto sides = sidesAsNumbers(m_size);
  const std::array<double, 3> low{clicks->x0, clicks->y0, clicks->z0}, high{clicks->x1, clicks->y1, clicks->z1};
  double longest = 0, spread = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    longest = std::max(longest, sides[a] * thick[a]);
    spread = std::max(spread, 1.25 * (high[a] - low[a]) * thick[a]);
  }
  std::vector<CubeWindow> windows;
  const auto cubeOf = [&](double length) {
    CubeWindow window;
    for (std::size_t a = 0; a < 3; ++a) {
      window.length[a] = length / thick[a];
      window.start[a] = (low[a] + high[a] - window.length[a]) / 2;
    }
    return window;
  };
  for (double length = std::max(12.0, longest / 8); length < 1.5 * longest && windows.size() < 4; length *= 2)
    if (length >= spread) windows.push_back(cubeOf(length));
  if (windows.empty()) windows.push_back(cubeOf(2 * spread));
  const auto tried = ask(prompt, windows, {});
  std::size_t best = 0;
  double most = -1;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    double agreement = tried.size() > 1 ? 0 : 1;
    if (i > 0) agreement += agreementOfCubes(tried[i - 1].logits, tried[i].logits, m_side);
    if (i + 1 < tried.size()) agreement += agreementOfCubes(tried[i].logits, tried[i + 1].logits, m_side);
    if (i > 0 && i + 1 < tried.size()) agreement /= 2;
    if (const double worth = agreement * tried[i].score; worth > most) most = worth, best = i;
  }
  const auto nearer = lookAgain(prompt, tried[best]);
  return nearer ? *nearer : tried[best];
}

GeneralistMask CubeAsker::finished(const Prompt& prompt, const Found& found, SoftMasks soft) const {
  const PixelBox area = voxelsOf(found.window, m_size);
  std::vector<float> logits = area.empty() ? std::vector<float>() : spreadOutCube(found.logits, m_side, found.window, area);
  decideForDice(logits, found.score);
  const std::int64_t width = area.x1 - area.x0, height = area.y1 - area.y0;
  const auto place = [&](std::int64_t x, std::int64_t y, std::int64_t z) {
    return static_cast<std::size_t>(((z - area.z0) * height + y - area.y0) * width + x - area.x0);
  };
  // What a person has clicked on is in, by a voxel at least.
  for (const auto& point : prompt.points) {
    const auto x = std::llround(point.x), y = std::llround(point.y), z = std::llround(point.z);
    if (x < area.x0 || y < area.y0 || z < area.z0 || x >= area.x1 || y >= area.y1 || z >= area.z1) continue;
    float& logit = logits[place(x, y, z)];
    logit = point.positive ? std::max(logit, 0.1F) : std::min(logit, -0.1F);
  }
  GeneralistMask answer{.mask = Mask(m_size), .score = std::clamp(found.score, 0.0, 1.0)};
  std::vector<Mask::Run> runs;
  if (soft == SoftMasks::Yes) answer.probability.assign(static_cast<std::size_t>(m_size.count()), 0.0F);
  for (std::int64_t z = area.z0; z < area.z1; ++z)
    for (std::int64_t y = area.y0; y < area.y1; ++y) {
      const std::int64_t line = (z * m_size.y + y) * m_size.x;
      for (std::int64_t x = area.x0, start = -1; x <= area.x1; ++x) {
        const bool in = x < area.x1 && logits[place(x, y, z)] > 0;
        if (in && start < 0) start = x;
        if (!in && start >= 0) runs.push_back({line + start, x - start}), start = -1;
      }
      if (soft == SoftMasks::No) continue;
      for (std::int64_t x = area.x0; x < area.x1; ++x) {
        // A sigmoid rounds to a half where a logit is tiny: the mask decides.
        const float logit = logits[place(x, y, z)], p = 1 / (1 + std::exp(-logit));
        answer.probability[static_cast<std::size_t>(line + x)] = logit > 0 ? std::max(p, 0.50001F) : std::min(p, 0.5F);
      }
    }
  answer.mask = Mask(m_size, std::move(runs));
  const Size low = reducedVolume(m_size, kCubeLowResSide);
  const auto shrunk = sidesAsNumbers(low), sides = sidesAsNumbers(m_size);
  CubeWindow window = found.window;
  for (std::size_t a = 0; a < 3; ++a) window.start[a] *= shrunk[a] / sides[a], window.length[a] *= shrunk[a] / sides[a];
  answer.lowRes = {.width = static_cast<int>(low.x), .height = static_cast<int>(low.y), .depth = static_cast<int>(low.z)};
  answer.lowRes.values.assign(static_cast<std::size_t>(low.count()), kCubeNowhere);
  if (const PixelBox cells = voxelsOf(window, low); !cells.empty()) {
    const auto values = spreadOutCube(found.logits, m_side, window, cells);
    std::size_t next = 0;
    for (std::int64_t z = cells.z0; z < cells.z1; ++z)
      for (std::int64_t y = cells.y0; y < cells.y1; ++y)
        for (std::int64_t x = cells.x0; x < cells.x1; ++x)
          answer.lowRes.values[static_cast<std::size_t>((z * low.y + y) * low.x + x)] = values[next++];
  }
  return answer;
}

}  // namespace roundel
