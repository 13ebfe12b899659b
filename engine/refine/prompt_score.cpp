#include "refine/prompt_score.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.h"
#include "raster/distance_map.h"

namespace roundel {
namespace {

double iouOf(const Mask& a, const Mask& b) {
  const auto both = overlapArea(a, b), either = a.area() + b.area() - both;
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

PromptBox boxOf(const Mask& mask) {
  const PixelBox bounds = mask.bounds();
  return {.x0 = static_cast<double>(bounds.x0),
          .y0 = static_cast<double>(bounds.y0),
          .x1 = static_cast<double>(bounds.x1),
          .y1 = static_cast<double>(bounds.y1),
          .z0 = static_cast<double>(bounds.z0),
          .z1 = static_cast<double>(bounds.z1)};
}

/// Along z only where the mask is of a volume.
PromptBox moved(const PromptBox& box, Size size, double sides, double shift, Random& random) {
  const double w = box.x1 - box.x0, h = box.y1 - box.y0;
  const double dx = shift * w * random.uniform(-1, 1), dy = shift * h * random.uniform(-1, 1);
  PromptBox out{box.x0 + dx + sides * w * random.uniform(-1, 1), box.y0 + dy + sides * h * random.uniform(-1, 1),
                box.x1 + dx + sides * w * random.uniform(-1, 1), box.y1 + dy + sides * h * random.uniform(-1, 1)};
  out.z0 = box.z0, out.z1 = box.z1;
  if (size.z > 1) {
    const double d = box.z1 - box.z0, dz = shift * d * random.uniform(-1, 1);
    out.z0 += dz + sides * d * random.uniform(-1, 1);
    out.z1 += dz + sides * d * random.uniform(-1, 1);
  }
  return out.x1 - out.x0 >= 1 && out.y1 - out.y0 >= 1 && out.z1 - out.z0 >= 1 ? out : box;
}

/// The pixel or voxel of a mask that is furthest from what is not of it, and how far (squared).
std::pair<PromptPoint, double> deepest(const Mask& mask) {
  const PixelBox bounds = mask.bounds();
  const std::int64_t rim = mask.size().z > 1 ? 1 : 0;  // a picture has no outside above and below
  const Size grid{bounds.x1 - bounds.x0 + 2, bounds.y1 - bounds.y0 + 2, bounds.z1 - bounds.z0 + 2 * rim};
  std::vector<std::uint8_t> outside(static_cast<std::size_t>(grid.count()), 1);
  for (const auto& run : mask.runs())
    for (std::int64_t i = run.start; i < run.start + run.length; ++i) {
      const std::int64_t x = i % mask.size().x - bounds.x0 + 1, y = i / mask.size().x % mask.size().y - bounds.y0 + 1,
                         z = i / (mask.size().x * mask.size().y) - bounds.z0 + rim;
      outside[static_cast<std::size_t>((z * grid.y + y) * grid.x + x)] = 0;
    }
  const auto distance = squaredDistanceTo(grid, outside);
  const auto best = std::max_element(distance.begin(), distance.end()) - distance.begin();
  return {PromptPoint{static_cast<double>(best % grid.x + bounds.x0 - 1), static_cast<double>(best / grid.x % grid.y + bounds.y0 - 1),
                      static_cast<double>(best / (grid.x * grid.y) + bounds.z0 - rim)},
          distance[static_cast<std::size_t>(best)]};
}

/// Where a person would correct: well inside the larger of what is missing and what is too much.
std::optional<PromptPoint> correction(const Mask& answer, const Mask& truth) {
  const Mask missing = subtract(truth, answer), surplus = subtract(answer, truth);
  if (missing.empty() && surplus.empty()) return {};
  const auto none = std::pair{PromptPoint{}, -1.0};
  const auto lack = missing.empty() ? none : deepest(missing), excess = surplus.empty() ? none : deepest(surplus);
  PromptPoint point = lack.second >= excess.second ? lack.first : excess.first;
  point.positive = lack.second >= excess.second;
  return point;
}

/// A click beside the mask: of the places a little outside its box, the first that is not of it.
PromptPoint beside(const Mask& mask) {
  const PixelBox bounds = mask.bounds();
  const double x0 = static_cast<double>(bounds.x0), x1 = static_cast<double>(bounds.x1), y0 = static_cast<double>(bounds.y0),
               y1 = static_cast<double>(bounds.y1);
  const double middleX = std::floor((x0 + x1) / 2), middleY = std::floor((y0 + y1) / 2), gap = 3;
  const double z = std::floor((static_cast<double>(bounds.z0) + static_cast<double>(bounds.z1)) / 2);
  const auto inside = [&](double x, double y) {
    return x >= 0 && y >= 0 && x < static_cast<double>(mask.size().x) && y < static_cast<double>(mask.size().y);
  };
  for (const auto& [x, y] :
       {std::pair{x1 + gap, middleY}, std::pair{x0 - gap, middleY}, std::pair{middleX, y1 + gap}, std::pair{middleX, y0 - gap}})
    if (inside(x, y)) return {x, y, z, false};
  return {x0, y0, z, false};
}

}  // namespace

std::string toString(Asking asking) {
  switch (asking) {
    case Asking::TrueBox: return "true-box";
    case Asking::NearBox: return "near-box";
    case Asking::WrongBox: return "wrong-box";
    case Asking::TwoCalls: return "two-calls";
    case Asking::OneClick: return "one-click";
    case Asking::ThreeClicks: break;
  }
  return "three-clicks";
}

double ellipseIou(const Mask& truth) {
  const PromptBox box = boxOf(truth);
  const double rx = (box.x1 - box.x0) / 2, ry = (box.y1 - box.y0) / 2, cx = (box.x0 + box.x1) / 2, cy = (box.y0 + box.y1) / 2;
  const double rz = (box.z1 - box.z0) / 2, cz = (box.z0 + box.z1) / 2;
  std::vector<Mask::Run> runs;
  for (auto z = static_cast<std::int64_t>(box.z0); z < static_cast<std::int64_t>(box.z1); ++z)
    for (auto y = static_cast<std::int64_t>(box.y0); y < static_cast<std::int64_t>(box.y1); ++y)
      for (auto x = static_cast<std::int64_t>(box.x0); x < static_cast<std::int64_t>(box.x1); ++x)
        if (std::hypot((static_cast<double>(x) + 0.5 - cx) / rx, (static_cast<double>(y) + 0.5 - cy) / ry,
                       (static_cast<double>(z) + 0.5 - cz) / rz) <= 1)
          runs.push_back({(z * truth.size().y + y) * truth.size().x + x, 1});
  return iouOf(Mask(truth.size(), std::move(runs)), truth);
}

std::vector<PromptScore> scorePrompts(const Generalist& generalist, const Embedding& embedding, std::span<const Mask> truth, Asking asking,
                                      std::uint64_t seed, std::uint64_t sample, Job& job) {
  std::vector<Prompt> prompts;
  std::vector<std::size_t> which;
  for (std::size_t c = 0; c < truth.size(); ++c) {
    if (truth[c].empty()) continue;
    Random random(seed, "prompt-score/" + toString(asking), sample, c);
    Prompt prompt{.classIndex = static_cast<int>(c)};
    const PromptBox box = boxOf(truth[c]);
    if (asking == Asking::TrueBox || asking == Asking::TwoCalls) prompt.box = box;
    else if (asking == Asking::NearBox) prompt.box = moved(box, truth[c].size(), 0.1, 0, random);
    else if (asking == Asking::WrongBox) prompt.box = moved(box, truth[c].size(), 0.2, 0.14, random);
    else prompt.points.push_back(deepest(truth[c]).first);
    prompts.push_back(std::move(prompt));
    which.push_back(c);
  }
  auto answers = generalist.segment(embedding, prompts, SoftMasks::No, job);
  const bool masks = generalist.traits().takesMask;
  if (asking == Asking::TwoCalls) {
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      prompts[i].points = {deepest(truth[which[i]]).first, beside(truth[which[i]])};
      if (masks && !answers[i].lowRes.values.empty()) prompts[i].mask = answers[i].lowRes, prompts[i].box.reset();
    }
    answers = generalist.segment(embedding, prompts, SoftMasks::No, job);
  }
  for (int click = 1; asking == Asking::ThreeClicks && click < 3; ++click) {
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      if (const auto point = correction(answers[i].mask, truth[which[i]])) prompts[i].points.push_back(*point);
      if (masks && !answers[i].lowRes.values.empty()) prompts[i].mask = answers[i].lowRes;
    }
    answers = generalist.segment(embedding, prompts, SoftMasks::No, job);
  }
  std::vector<PromptScore> scores;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const Mask& mask = truth[which[i]];
    const PixelBox bounds = mask.bounds();
    scores.push_back({.classIndex = static_cast<int>(which[i]),
                      .iou = iouOf(answers[i].mask, mask),
                      .predicted = answers[i].score,
                      .area = mask.area(),
                      .longest = std::max({bounds.x1 - bounds.x0, bounds.y1 - bounds.y0, bounds.z1 - bounds.z0})});
  }
  return scores;
}

}  // namespace roundel
