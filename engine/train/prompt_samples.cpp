#include "train/prompt_samples.h"

#include <algorithm>
#include <cmath>

#include "train/volume_prompt_samples.h"

namespace roundel {
namespace {

/// Distance of every place to the next that is not marked (chamfer 3-4, in thirds of a place); the crop's border does not count.
std::vector<int> depths(const std::vector<std::uint8_t>& marked, int side) {
  constexpr int kFar = 1 << 20;
  std::vector<int> depth(marked.size());
  const auto at = [&](int x, int y) {
    return x < 0 || y < 0 || x >= side || y >= side ? kFar : depth[static_cast<std::size_t>(y * side + x)];
  };
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const auto i = static_cast<std::size_t>(y * side + x);
      depth[i] = marked[i] == 0 ? 0 : std::min({at(x - 1, y) + 3, at(x, y - 1) + 3, at(x - 1, y - 1) + 4, at(x + 1, y - 1) + 4, kFar});
    }
  for (int y = side - 1; y >= 0; --y)
    for (int x = side - 1; x >= 0; --x) {
      const auto i = static_cast<std::size_t>(y * side + x);
      if (marked[i] != 0) depth[i] = std::min({depth[i], at(x + 1, y) + 3, at(x, y + 1) + 3, at(x + 1, y + 1) + 4, at(x - 1, y + 1) + 4});
    }
  return depth;
}

/// A place among those at least `share` as deep as the deepest.
std::optional<PromptPoint> placeWithin(const std::vector<std::uint8_t>& marked, int side, double share, Random& random) {
  const auto depth = depths(marked, side);
  const int deepest = *std::max_element(depth.begin(), depth.end());
  if (deepest <= 0) return {};
  std::vector<int> good;
  for (std::size_t i = 0; i < depth.size(); ++i)
    if (depth[i] > 0 && depth[i] >= share * deepest) good.push_back(static_cast<int>(i));
  const int chosen = good[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(good.size())))];
  return PromptPoint{chosen % side + 0.5, chosen / side + 0.5, 0, true};
}

std::optional<PromptPoint> positiveClick(const std::vector<float>& truth, int side, Random& random) {
  std::vector<std::uint8_t> marked(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) marked[i] = truth[i] > 0.5F;
  return placeWithin(marked, side, random.uniform() < 0.6 ? 0.5 : 0.0, random);
}

/// Beside the structure, near it more often than far.
std::optional<PromptPoint> negativeClick(const std::vector<float>& truth, int side, Random& random) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    const auto i = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(truth.size())));
    if (truth[i] < 0.05F)
      return PromptPoint{static_cast<double>(i % static_cast<std::size_t>(side)) + 0.5,
                         static_cast<double>(i / static_cast<std::size_t>(side)) + 0.5, 0, false};
  }
  return {};
}

PromptBox jittered(const PromptBox& box, const PromptSimulation& simulation, Random& random) {
  const double w = box.x1 - box.x0, h = box.y1 - box.y0, mean = std::sqrt(w * h);
  const double kind = random.uniform();
  PromptBox out = box;
  if (kind < simulation.looseShare) {
    const auto more = [&] { return random.uniform(0.05, 0.4); };
    return {box.x0 - more() * w, box.y0 - more() * h, box.x1 + more() * w, box.y1 + more() * h};
  }
  const bool large = kind < simulation.looseShare + simulation.largeShare;
  const double size = large ? simulation.largeJitter * random.uniform(0.4, 1.1) : simulation.smallJitter * random.uniform(0, 2);
  const double across = 0.7 * w + 0.3 * mean, along = 0.7 * h + 0.3 * mean;
  const double dx = large ? 0.7 * size * across * random.uniform(-1, 1) : 0, dy = large ? 0.7 * size * along * random.uniform(-1, 1) : 0;
  out.x0 += dx + size * across * random.uniform(-1, 1);
  out.x1 += dx + size * across * random.uniform(-1, 1);
  out.y0 += dy + size * along * random.uniform(-1, 1);
  out.y1 += dy + size * along * random.uniform(-1, 1);
  const double least = 0.35;
  if (out.x1 - out.x0 < least * w || out.y1 - out.y0 < least * h) return box;
  return out;
}

/// The truth as a specialist or an earlier answer gets it wrong: moved, scaled, with waves, soft, and sometimes with an end missing.
std::vector<float> wrongMask(const std::vector<float>& truth, int side, Random& random) {
  double area = 0, cx = 0, cy = 0;
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const double share = static_cast<double>(truth[static_cast<std::size_t>(y * side + x)]);
      area += share, cx += share * x, cy += share * y;
    }
  cx /= std::max(area, 1e-6), cy /= std::max(area, 1e-6);
  const double size = std::sqrt(std::max(area, 1.0));
  const double dx = 0.07 * size * random.normal(), dy = 0.07 * size * random.normal();
  const double sx = std::exp(random.uniform(-0.2, 0.2)), sy = std::exp(random.uniform(-0.2, 0.2));
  const double wave = 0.08 * size * random.uniform(), pitch = size * random.uniform(0.3, 1.2), phase = random.uniform(0, 6.28);
  const bool cut = random.uniform() < 0.3;
  const double turn = random.uniform(0, 6.28), cutAt = size * random.uniform(0.1, 0.6);
  const double across = std::cos(turn), down = std::sin(turn);
  std::vector<double> waveOfRow, waveOfColumn;
  for (int i = 0; i < side; ++i) {
    waveOfRow.push_back(wave * std::sin(i / pitch + phase));
    waveOfColumn.push_back(wave * std::sin(i / pitch + 2 * phase));
  }
  std::vector<float> wrong(truth.size());
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      if (cut && (x - cx) * across + (y - cy) * down > cutAt) continue;
      const double u = cx + (x - cx - dx) / sx + waveOfRow[static_cast<std::size_t>(y)],
                   v = cy + (y - cy - dy) / sy + waveOfColumn[static_cast<std::size_t>(x)];
      const auto i = static_cast<int>(std::lround(u)), j = static_cast<int>(std::lround(v));
      if (i >= 0 && j >= 0 && i < side && j < side)
        wrong[static_cast<std::size_t>(y * side + x)] = truth[static_cast<std::size_t>(j * side + i)];
    }
  // Soft, as probabilities are.
  const int passes = static_cast<int>(random.below(4));
  for (int pass = 0; pass < passes; ++pass) {
    std::vector<float> soft = wrong;
    for (int y = 1; y + 1 < side; ++y)
      for (int x = 1; x + 1 < side; ++x) {
        const auto i = static_cast<std::size_t>(y * side + x), row = static_cast<std::size_t>(side);
        soft[i] = 0.2F * (wrong[i] + wrong[i - 1] + wrong[i + 1] + wrong[i - row] + wrong[i + row]);
      }
    wrong = std::move(soft);
  }
  return wrong;
}

/// A mirror or a quarter turn of the crop.
struct Symmetry {
  bool mirrorX = false, mirrorY = false, transpose = false;

  void apply(std::vector<float>& values, int side) const {
    if (values.empty()) return;
    std::vector<float> out(values.size());
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) {
        int u = mirrorX ? side - 1 - x : x, v = mirrorY ? side - 1 - y : y;
        if (transpose) std::swap(u, v);
        out[static_cast<std::size_t>(v * side + u)] = values[static_cast<std::size_t>(y * side + x)];
      }
    values = std::move(out);
  }
  PromptBox apply(PromptBox box, double side) const {
    if (mirrorX) box = {side - box.x1, box.y0, side - box.x0, box.y1};
    if (mirrorY) box = {box.x0, side - box.y1, box.x1, side - box.y0};
    return transpose ? PromptBox{box.y0, box.x0, box.y1, box.x1} : box;
  }
};

/// How much of each place of a window a mask covers. Only the part of the picture that the window's places look at is filled in.
std::vector<float> coverage(const Mask& mask, const CropWindow& window, int side) {
  const Size size = mask.size();
  const auto stretch = [&](double start, double length, std::int64_t limit) {
    const double reach = std::max(1.0, length / side) + 2;
    const auto low = static_cast<std::int64_t>(std::clamp(std::floor(start - reach), 0.0, static_cast<double>(limit - 1)));
    const auto high = static_cast<std::int64_t>(std::clamp(std::ceil(start + length + reach), 0.0, static_cast<double>(limit)));
    return std::pair{low, std::max(low + 1, high)};
  };
  const auto [x0, x1] = stretch(window.x0, window.width, size.x);
  const auto [y0, y1] = stretch(window.y0, window.height, size.y);
  const std::int64_t width = x1 - x0;
  std::vector<float> plane(static_cast<std::size_t>(width * (y1 - y0)), 0.0F);
  for (const auto& run : mask.runs()) {
    // A run may go on in the next row.
    for (std::int64_t at = run.start; at < run.start + run.length;) {
      const std::int64_t y = at / size.x, end = std::min(run.start + run.length, (y + 1) * size.x);
      const std::int64_t from = std::max(at - y * size.x, x0), to = std::min(end - y * size.x, x1);
      if (y >= y0 && y < y1 && from < to) std::fill_n(plane.begin() + (y - y0) * width + from - x0, to - from, 1.0F);
      at = end;
    }
  }
  const CropWindow within{window.x0 - static_cast<double>(x0), window.y0 - static_cast<double>(y0), window.width, window.height};
  return resampled(plane, {width, y1 - y0, 1}, within, side);
}

/// What lies in a window of a scene: grey and truth, and how much of the structure lies beyond.
PromptSample cutOut(const PromptableScene& scene, const Mask& mask, const CropWindow& window, int side) {
  const Size size = scene.image.geometry.size;
  PromptSample sample;
  sample.grey = resampled(scene.image.values, size, window, side);
  // The edge of a picture goes on in grey; what would lie there is not asked for.
  sample.truth = coverage(mask, window, side);
  const double sx = window.width / side, sy = window.height / side;
  double inside = 0;
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const double px = window.x0 + (x + 0.5) * sx, py = window.y0 + (y + 0.5) * sy;
      auto& value = sample.truth[static_cast<std::size_t>(y * side + x)];
      if (px < 0 || py < 0 || px > static_cast<double>(size.x) || py > static_cast<double>(size.y)) value = 0;
      inside += static_cast<double>(value);
    }
  sample.outside = std::max(0.0, static_cast<double>(mask.area()) / (sx * sy) - inside);
  return sample;
}

PromptBox boxOf(const Mask& mask) {
  const PixelBox bounds = mask.bounds();
  return {static_cast<double>(bounds.x0), static_cast<double>(bounds.y0), static_cast<double>(bounds.x1), static_cast<double>(bounds.y1)};
}

void spoil(std::vector<float>& grey, Random& random) {
  if (random.uniform() < 0.1)
    for (auto& value : grey) value = 1 - value;
  if (random.uniform() < 0.25) {
    const double strength = 0.12 * random.uniform();
    for (auto& value : grey) value += static_cast<float>(strength * (random.uniform() + random.uniform() - 1));
  }
}

}  // namespace

PromptSample trueBoxSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation) {
  if (scene.image.geometry.size.z > 1) return trueVolumeBoxSample(scene, structure, simulation);
  const Mask& mask = scene.structures[structure];
  const PromptBox box = boxOf(mask);
  const CropWindow window = windowAround(box, simulation.margin);
  PromptSample sample = cutOut(scene, mask, window, simulation.side);
  standardise(sample.grey);
  sample.prompt = inWindow({.box = box}, window, simulation.side);
  sample.box = true;
  return sample;
}

PromptSample drawSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation, Random& random) {
  if (scene.image.geometry.size.z > 1) return drawVolumeSample(scene, structure, simulation, random);
  const Mask& mask = scene.structures[structure];
  const int side = simulation.side;
  // Boxes and windows are drawn in a stretched picture.
  double kx = 1, ky = 1;
  if (random.uniform() < 0.6) (random.uniform() < 0.5 ? kx : ky) = std::exp(random.uniform(-simulation.squeeze, simulation.squeeze));
  const PromptBox exact = boxOf(mask);
  const PromptBox stretched{exact.x0 * kx, exact.y0 * ky, exact.x1 * kx, exact.y1 * ky};
  const double kind = random.uniform();
  const bool clicksAlone = kind < simulation.clicksAlone, masked = !clicksAlone && kind < simulation.clicksAlone + simulation.masks,
             both = !clicksAlone && !masked && kind < simulation.clicksAlone + simulation.masks + simulation.boxAndClicks;
  const PromptBox box = jittered(stretched, simulation, random);
  CropWindow window = windowAround(box, simulation.margin);
  if (clicksAlone) {
    // The size of what is meant is not known: a square around a pixel of it.
    const double extent = std::max(stretched.x1 - stretched.x0, stretched.y1 - stretched.y0);
    // Squares much smaller than it are tried too, when a generalist searches for the size: there its IoU must be seen to be low.
    const double factor = random.uniform() < 0.3 ? random.uniform(-1.4, 0.15) : random.uniform(0.15, 1.7);
    const double length = std::max(kSmallestWindow, extent * std::exp(factor));
    const auto& runs = mask.runs();
    const auto& run = runs[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(runs.size())))];
    const std::int64_t pixel = run.start + random.below(run.length);
    const double x = (static_cast<double>(pixel % mask.size().x) + 0.5) * kx, y = (static_cast<double>(pixel / mask.size().x) + 0.5) * ky;
    window = {x - length / 2, y - length / 2, length, length};
  }
  const double grow = std::exp(random.uniform(-0.08, 0.25));
  window.x0 += window.width * (0.5 - 0.5 * grow + random.uniform(-0.05, 0.05));
  window.y0 += window.height * (0.5 - 0.5 * grow + random.uniform(-0.05, 0.05));
  window.width *= grow;
  window.height *= grow;
  PromptSample sample = cutOut(scene, mask, {window.x0 / kx, window.y0 / ky, window.width / kx, window.height / ky}, side);
  spoil(sample.grey, random);
  standardise(sample.grey);

  const Symmetry symmetry{random.uniform() < 0.5, random.uniform() < 0.5, random.uniform() < 0.3};
  symmetry.apply(sample.grey, side);
  symmetry.apply(sample.truth, side);
  sample.box = !clicksAlone && !(masked && random.uniform() < 0.6);
  if (sample.box) sample.prompt.box = symmetry.apply(*inWindow({.box = box}, window, side).box, side);
  sample.masked = masked;
  if (masked) sample.prompt.mask = wrongMask(sample.truth, side, random);
  int positive = 0, negative = 0;
  if (clicksAlone)
    positive = 1 + static_cast<int>(random.uniform() < 0.3) + static_cast<int>(random.uniform() < 0.1),
    negative = random.uniform() < 0.3 ? 1 : 0;
  else if (both || (masked && random.uniform() < 0.7))
    positive = static_cast<int>(random.below(3)), negative = random.uniform() < 0.4 ? 1 + static_cast<int>(random.below(3)) : 0;
  for (int k = 0; k < positive; ++k)
    if (const auto point = positiveClick(sample.truth, side, random)) sample.prompt.points.push_back(*point);
  for (int k = 0; k < negative; ++k)
    if (const auto point = negativeClick(sample.truth, side, random)) sample.prompt.points.push_back(*point);
  return sample;
}

std::optional<PromptPoint> nextClick(std::span<const float> logits, std::span<const float> truth, int side, Random& random) {
  std::vector<std::uint8_t> missing(truth.size()), surplus(truth.size());
  double lacking = 0, excess = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool is = truth[i] > 0.5F, said = logits[i] > 0;
    missing[i] = is && !said;
    surplus[i] = said && !is;
    lacking += missing[i];
    excess += surplus[i];
  }
  if (lacking + excess == 0) return {};
  const bool positive = random.uniform() * (lacking + excess) < lacking;
  const auto& marked = positive ? missing : surplus;
  const bool volume = truth.size() > static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  auto place = volume ? cubePlaceWithin(marked, side, 0.6, random) : placeWithin(marked, side, 0.6, random);
  if (place) place->positive = positive;
  return place;
}

}  // namespace roundel
