#include "train/volume_prompt_samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "models/generalists/prompt_cube.h"

namespace roundel {
namespace {

using Triple = std::array<double, 3>;

/// City-block distance of every place to the next that is not marked; the cube's faces do not count.
std::vector<int> cubeDepths(const std::vector<std::uint8_t>& marked, int side) {
  constexpr int kFar = 1 << 20;
  const std::ptrdiff_t row = side, plane = row * row;
  std::vector<int> depth(marked.size());
  for (std::size_t i = 0; i < depth.size(); ++i) depth[i] = marked[i] != 0 ? kFar : 0;
  for (const int sign : {1, -1}) {
    int* at = depth.data() + (sign > 0 ? 0 : depth.size() - 1);
    for (int z = 0; z < side; ++z)
      for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x, at += sign) {
          if (*at == 0) continue;
          if (x > 0) *at = std::min(*at, at[-sign] + 1);
          if (y > 0) *at = std::min(*at, at[-sign * row] + 1);
          if (z > 0) *at = std::min(*at, at[-sign * plane] + 1);
        }
  }
  return depth;
}

PromptPoint placeAt(std::size_t i, int side, bool positive) {
  const auto s = static_cast<std::size_t>(side);
  return {static_cast<double>(i % s) + 0.5, static_cast<double>(i / s % s) + 0.5, static_cast<double>(i / (s * s)) + 0.5, positive};
}

std::optional<PromptPoint> negativeCubeClick(const std::vector<float>& truth, int side, Random& random) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    const auto i = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(truth.size())));
    if (truth[i] < 0.05F) return placeAt(i, side, false);
  }
  return {};
}

PromptBox boxFrom(const Triple& low, const Triple& high) {
  return {.x0 = low[0], .y0 = low[1], .x1 = high[0], .y1 = high[1], .z0 = low[2], .z1 = high[2]};
}

/// As prompt_samples.cpp's for pictures: drawn loosely, off by a little, or as wrong as a weak specialist's.
PromptBox jitteredBox(const Triple& low, const Triple& high, const PromptSimulation& simulation, Random& random) {
  Triple side{};
  for (std::size_t a = 0; a < 3; ++a) side[a] = high[a] - low[a];
  const double mean = std::cbrt(side[0] * side[1] * side[2]), kind = random.uniform();
  Triple from = low, to = high;
  if (kind < simulation.looseShare) {
    for (std::size_t a = 0; a < 3; ++a) {
      from[a] -= random.uniform(0.05, 0.35) * side[a];
      to[a] += random.uniform(0.05, 0.35) * side[a];
    }
    return boxFrom(from, to);
  }
  const bool large = kind < simulation.looseShare + simulation.largeShare;
  const double size = large ? simulation.largeJitter * random.uniform(0.4, 1.1) : simulation.smallJitter * random.uniform(0, 2);
  for (std::size_t a = 0; a < 3; ++a) {
    const double about = 0.7 * side[a] + 0.3 * mean;
    const double shift = large ? 0.7 * size * about * random.uniform(-1, 1) : 0;
    from[a] += shift + size * about * random.uniform(-1, 1);
    to[a] += shift + size * about * random.uniform(-1, 1);
    if (to[a] - from[a] < 0.35 * side[a]) from[a] = low[a], to[a] = high[a];
  }
  return boxFrom(from, to);
}

/// The truth as a specialist or an earlier answer gets it wrong: moved, scaled, with waves, soft, and sometimes with an end missing.
std::vector<float> wrongCube(const std::vector<float>& truth, int side, Random& random) {
  const auto s = static_cast<std::size_t>(side);
  double volume = 0;
  Triple middle{};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == 0) continue;
    const auto share = static_cast<double>(truth[i]);
    const PromptPoint at = placeAt(i, side, true);
    volume += share, middle[0] += share * at.x, middle[1] += share * at.y, middle[2] += share * at.z;
  }
  for (auto& m : middle) m = m / std::max(volume, 1e-6) - 0.5;
  const double size = std::cbrt(std::max(volume, 1.0));
  Triple move{}, scale{}, phase{}, cutAlong{};
  for (std::size_t a = 0; a < 3; ++a) {
    move[a] = 0.07 * size * random.normal();
    scale[a] = std::exp(random.uniform(-0.2, 0.2));
    phase[a] = random.uniform(0, 6.28);
    cutAlong[a] = random.normal();
  }
  const double norm = std::sqrt(cutAlong[0] * cutAlong[0] + cutAlong[1] * cutAlong[1] + cutAlong[2] * cutAlong[2]) + 1e-9;
  const double wave = 0.09 * size * random.uniform(), pitch = size * random.uniform(0.3, 1.2);
  const bool cut = random.uniform() < 0.3;
  const double cutAt = size * random.uniform(0.1, 0.6);
  // Where along axis a a place comes from depends on its own place there and on that along the next axis.
  std::array<std::vector<double>, 3> own, waves;
  for (std::size_t a = 0; a < 3; ++a)
    for (int i = 0; i < side; ++i) {
      own[a].push_back(middle[a] + (i - middle[a] - move[a]) / scale[a]);
      waves[a].push_back(wave * std::sin(i / pitch + phase[a]));
    }
  std::vector<float> wrong(truth.size());
  std::size_t place = 0;
  for (std::size_t z = 0; z < s; ++z)
    for (std::size_t y = 0; y < s; ++y) {
      const double fromY = own[1][y] + waves[1][z] + 0.5;
      const bool inside = fromY >= 0 && fromY < side;
      for (std::size_t x = 0; x < s; ++x, ++place) {
        const double fromX = own[0][x] + waves[0][y] + 0.5, fromZ = own[2][z] + waves[2][x] + 0.5;
        if (!inside || fromX < 0 || fromX >= side || fromZ < 0 || fromZ >= side) continue;
        const double beyond = (static_cast<double>(x) - middle[0]) * cutAlong[0] + (static_cast<double>(y) - middle[1]) * cutAlong[1] +
                              (static_cast<double>(z) - middle[2]) * cutAlong[2];
        if (cut && beyond > cutAt * norm) continue;
        wrong[place] = truth[(static_cast<std::size_t>(fromZ) * s + static_cast<std::size_t>(fromY)) * s + static_cast<std::size_t>(fromX)];
      }
    }
  const int passes = static_cast<int>(random.below(3));
  for (int pass = 0; pass < passes; ++pass) {  // soft, as probabilities are
    const std::vector<float> before = wrong;
    for (std::size_t z = 1; z + 1 < s; ++z)
      for (std::size_t y = 1; y + 1 < s; ++y)
        for (std::size_t i = (z * s + y) * s + 1; i + 1 < (z * s + y + 1) * s; ++i)
          wrong[i] =
              (before[i] + before[i - 1] + before[i + 1] + before[i - s] + before[i + s] + before[i - s * s] + before[i + s * s]) / 7;
  }
  return wrong;
}

/// Axes changed among themselves and mirrored.
struct CubeSymmetry {
  std::array<std::size_t, 3> axis{0, 1, 2};  ///< new axis a is the old axis[a]
  std::array<bool, 3> mirrored{};

  static CubeSymmetry draw(Random& random) {
    CubeSymmetry out;
    for (std::size_t a = 2; a > 0; --a)
      std::swap(out.axis[a], out.axis[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(a) + 1))]);
    for (auto& one : out.mirrored) one = random.uniform() < 0.5;
    return out;
  }
  void apply(std::vector<float>& values, int side) const {
    const std::array<std::ptrdiff_t, 3> strides{1, side, static_cast<std::ptrdiff_t>(side) * side};
    std::ptrdiff_t start = 0;
    std::array<std::ptrdiff_t, 3> step{};
    for (std::size_t a = 0; a < 3; ++a) {
      step[a] = mirrored[a] ? -strides[axis[a]] : strides[axis[a]];
      if (mirrored[a]) start += (side - 1) * strides[axis[a]];
    }
    std::vector<float> out;
    out.reserve(values.size());
    for (int z = 0; z < side; ++z)
      for (int y = 0; y < side; ++y) {
        const float* from = values.data() + (start + z * step[2] + y * step[1]);
        for (int x = 0; x < side; ++x) out.push_back(from[x * step[0]]);
      }
    values = std::move(out);
  }
  PromptBox apply(const PromptBox& box, double side) const {
    const Triple low{box.x0, box.y0, box.z0}, high{box.x1, box.y1, box.z1};
    Triple from{}, to{};
    for (std::size_t a = 0; a < 3; ++a) {
      from[a] = mirrored[a] ? side - high[axis[a]] : low[axis[a]];
      to[a] = mirrored[a] ? side - low[axis[a]] : high[axis[a]];
    }
    return boxFrom(from, to);
  }
};

/// What lies in a window of a scene: grey and truth, and how much of the structure lies beyond.
PromptSample cutOutCube(const PromptableScene& scene, const Mask& mask, const CubeWindow& window, int side) {
  const Size size = scene.image.geometry.size;
  PromptSample sample;
  sample.grey = resampledCube(scene.image.values, size, window, side);
  std::vector<float> whole(static_cast<std::size_t>(size.count()), 0.0F);
  for (const auto& run : mask.runs()) std::fill_n(whole.begin() + run.start, run.length, 1.0F);
  sample.truth = resampledCube(whole, size, window, side);
  double inside = 0, place = 1;
  for (const double length : window.length) place *= length / side;
  // The volume's edge goes on where the window reaches beyond it; a structure does not.
  std::array<std::vector<std::uint8_t>, 3> beyond;
  const Triple most{static_cast<double>(size.x), static_cast<double>(size.y), static_cast<double>(size.z)};
  for (std::size_t a = 0; a < 3; ++a)
    for (int i = 0; i < side; ++i) {
      const double there = window.start[a] + (i + 0.5) * window.length[a] / side;
      beyond[a].push_back(there < 0 || there > most[a]);
    }
  std::size_t i = 0;
  for (std::size_t z = 0; z < beyond[2].size(); ++z)
    for (std::size_t y = 0; y < beyond[1].size(); ++y)
      for (std::size_t x = 0; x < beyond[0].size(); ++x, ++i) {
        if (sample.truth[i] == 0) continue;
        if (beyond[0][x] != 0 || beyond[1][y] != 0 || beyond[2][z] != 0) sample.truth[i] = 0;
        inside += static_cast<double>(sample.truth[i]);
      }
  sample.outside = std::max(0.0, static_cast<double>(mask.area()) / place - inside);
  return sample;
}

std::pair<Triple, Triple> boundsOf(const Mask& mask) {
  const PixelBox box = mask.bounds();
  return {Triple{static_cast<double>(box.x0), static_cast<double>(box.y0), static_cast<double>(box.z0)},
          Triple{static_cast<double>(box.x1), static_cast<double>(box.y1), static_cast<double>(box.z1)}};
}

}  // namespace

std::optional<PromptPoint> cubePlaceWithin(const std::vector<std::uint8_t>& marked, int side, double share, Random& random) {
  const auto depth = cubeDepths(marked, side);
  const int deepest = *std::max_element(depth.begin(), depth.end());
  if (deepest <= 0) return {};
  std::vector<std::size_t> good;
  for (std::size_t i = 0; i < depth.size(); ++i)
    if (depth[i] > 0 && depth[i] >= share * deepest) good.push_back(i);
  return placeAt(good[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(good.size())))], side, true);
}

PromptSample trueVolumeBoxSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation) {
  const Mask& mask = scene.structures[structure];
  const auto [low, high] = boundsOf(mask);
  const PromptBox box = boxFrom(low, high);
  const CubeWindow window = cubeAround(box, simulation.margin);
  PromptSample sample = cutOutCube(scene, mask, window, simulation.side);
  standardise(sample.grey);
  sample.prompt = inCube({.box = box}, window, simulation.side);
  sample.box = true;
  return sample;
}

PromptSample drawVolumeSample(const PromptableScene& scene, std::size_t structure, const PromptSimulation& simulation, Random& random) {
  const Mask& mask = scene.structures[structure];
  const int side = simulation.side;
  auto [low, high] = boundsOf(mask);
  // Windows are drawn in a volume that is stretched along one axis: thick slices look so.
  Triple stretch{1, 1, 1};
  if (random.uniform() < 0.6)
    stretch[static_cast<std::size_t>(random.below(3))] = std::exp(random.uniform(-simulation.squeeze, simulation.squeeze));
  for (std::size_t a = 0; a < 3; ++a) low[a] *= stretch[a], high[a] *= stretch[a];
  const double kind = random.uniform();
  const bool clicksAlone = kind < simulation.clicksAlone, masked = !clicksAlone && kind < simulation.clicksAlone + simulation.masks,
             both = !clicksAlone && !masked && kind < simulation.clicksAlone + simulation.masks + simulation.boxAndClicks;
  const PromptBox box = jitteredBox(low, high, simulation, random);
  CubeWindow window = cubeAround(box, simulation.margin);
  if (clicksAlone) {  // the size of what is meant is not known: a cube around a voxel of it
    const double extent = std::max({high[0] - low[0], high[1] - low[1], high[2] - low[2]});
    const double factor = random.uniform() < 0.3 ? random.uniform(-1.2, 0.15) : random.uniform(0.15, 1.2);
    const double length = std::max(kSmallestCube, extent * std::exp(factor));
    const auto& run = mask.runs()[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(mask.runs().size())))];
    const std::int64_t voxel = run.start + random.below(run.length);
    const Triple at{static_cast<double>(voxel % mask.size().x), static_cast<double>(voxel / mask.size().x % mask.size().y),
                    static_cast<double>(voxel / (mask.size().x * mask.size().y))};
    for (std::size_t a = 0; a < 3; ++a) window.start[a] = (at[a] + 0.5) * stretch[a] - length / 2, window.length[a] = length;
  }
  const double grow = std::exp(random.uniform(-0.08, 0.25));
  CubeWindow drawn = window;
  for (std::size_t a = 0; a < 3; ++a) {
    window.start[a] += window.length[a] * (0.5 - 0.5 * grow + random.uniform(-0.05, 0.05));
    window.length[a] *= grow;
    drawn.start[a] = window.start[a] / stretch[a], drawn.length[a] = window.length[a] / stretch[a];
  }
  PromptSample sample = cutOutCube(scene, mask, drawn, side);
  if (random.uniform() < 0.1)
    for (auto& value : sample.grey) value = 1 - value;
  standardise(sample.grey);

  const CubeSymmetry symmetry = CubeSymmetry::draw(random);
  symmetry.apply(sample.grey, side);
  symmetry.apply(sample.truth, side);
  sample.box = !clicksAlone && !(masked && random.uniform() < 0.6);
  if (sample.box) sample.prompt.box = symmetry.apply(*inCube({.box = box}, window, side).box, side);
  sample.masked = masked;
  if (masked) sample.prompt.mask = wrongCube(sample.truth, side, random);
  int positive = 0, negative = 0;
  if (clicksAlone)
    positive = 1 + static_cast<int>(random.uniform() < 0.3) + static_cast<int>(random.uniform() < 0.1),
    negative = random.uniform() < 0.3 ? 1 : 0;
  else if (both || (masked && random.uniform() < 0.7))
    positive = static_cast<int>(random.below(3)), negative = random.uniform() < 0.4 ? 1 + static_cast<int>(random.below(3)) : 0;
  std::vector<std::uint8_t> marked(sample.truth.size());
  for (std::size_t i = 0; i < marked.size(); ++i) marked[i] = sample.truth[i] > 0.5F;
  for (int k = 0; k < positive; ++k)
    if (const auto point = cubePlaceWithin(marked, side, random.uniform() < 0.6 ? 0.5 : 0.0, random))
      sample.prompt.points.push_back(*point);
  for (int k = 0; k < negative; ++k)
    if (const auto point = negativeCubeClick(sample.truth, side, random)) sample.prompt.points.push_back(*point);
  return sample;
}

}  // namespace roundel
