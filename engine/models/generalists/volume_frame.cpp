#include "models/generalists/volume_frame.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace roundel {
namespace {

/// More voxels than this are no volume of a patient at any useful spacing.
constexpr double kMostVoxels = 2e9;

std::array<std::int64_t, 3> sides(const Size& size) { return {size.x, size.y, size.z}; }

/// How far an axis of the image runs along a canonical one. World coordinates are LPS: right and front are their negatives.
double along(const Geometry& geometry, std::size_t canonical, std::size_t axis) {
  return (canonical < 2 ? -1 : 1) * geometry.direction[3 * canonical + axis];
}

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

/// Along one axis of the image: its voxels in the crop, and between which two of the crop's voxels each lies. The crop is in the
/// image's order and direction here.
struct Reach {
  std::int64_t begin = 0, end = 0;  ///< of the image's voxels
  std::vector<std::int64_t> low;    ///< for each of them
  std::vector<float> share;         ///< of the voxel after `low`
};

Reach reachOf(const VolumeFrame& frame, const CubeCrop& crop, std::size_t canonical) {
  const std::size_t axis = frame.axis[canonical];
  const auto length = sides(frame.imageSize)[axis];
  const double scale = static_cast<double>(sides(frame.resampledSize)[axis]) / static_cast<double>(length);
  // Counted from the crop's first voxel in the image's direction.
  const auto first =
      static_cast<double>(frame.reversed[canonical] ? frame.size[canonical] - crop.first[canonical] - crop.side : crop.first[canonical]);
  const auto last = static_cast<double>(crop.side - 1);
  // Beyond the volume's own voxels nothing is read: what a network says of its filling is no part of an answer.
  const double lowest = std::max(0.0, -first), highest = std::min(last, static_cast<double>(sides(frame.resampledSize)[axis] - 1) - first);
  Reach reach;
  for (std::int64_t i = 0; i < length; ++i) {
    const double place = (static_cast<double>(i) + 0.5) * scale - 0.5 - first;
    if (place < -0.5 || place >= last + 0.5) continue;
    if (reach.low.empty()) reach.begin = i;
    reach.end = i + 1;
    const double inside = std::clamp(place, lowest, highest);
    const auto low = std::min(static_cast<std::int64_t>(inside), std::max<std::int64_t>(0, crop.side - 2));
    reach.low.push_back(low);
    reach.share.push_back(static_cast<float>(inside - static_cast<double>(low)));
  }
  return reach;
}

/// A cube [axis 0][axis 1][axis 2] in the image's order, [z][y][x], and direction.
std::vector<float> inImageOrder(std::span<const float> cube, const VolumeFrame& frame, std::int64_t side) {
  std::array<std::int64_t, 3> step{};
  std::int64_t start = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::int64_t stride = c == 0 ? side * side : c == 1 ? side : 1;
    step[frame.axis[c]] = frame.reversed[c] ? -stride : stride;
    if (frame.reversed[c]) start += (side - 1) * stride;
  }
  std::vector<float> out;
  out.reserve(cube.size());
  for (std::int64_t z = 0; z < side; ++z)
    for (std::int64_t y = 0; y < side; ++y)
      for (std::int64_t x = 0; x < side; ++x) out.push_back(cube[at(start + x * step[0] + y * step[1] + z * step[2])]);
  return out;
}

/// (1 - share) * a + share * b, value by value.
void between(const float* a, const float* b, float share, std::vector<float>& out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[i] + share * (b[i] - a[i]);
}

}  // namespace

VolumePoint VolumeFrame::toFrame(const VolumePoint& voxel) const {
  VolumePoint place{};
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t a = axis[c];
    const double scale = static_cast<double>(sides(resampledSize)[a]) / static_cast<double>(sides(imageSize)[a]);
    const double resampled = (voxel[a] + 0.5) * scale - 0.5;
    place[c] = reversed[c] ? static_cast<double>(size[c] - 1) - resampled : resampled;
  }
  return place;
}

VolumeFrame volumeFrame(const Geometry& geometry, double spacingMm) {
  VolumeFrame frame{.imageSize = geometry.size, .resampledSize = geometry.size};
  const auto refuse = [](const std::string& what, const std::string& remedy) {
    throw Error(ErrorKind::BadInput, "bad-geometry", "The volume " + what, {.remedy = remedy});
  };
  auto now = sides(geometry.size);
  double voxels = 1;
  for (std::size_t a = 0; a < 3; ++a) {
    const double spacing = geometry.spacingMm[a];
    if (spacingMm > 0 && geometry.hasSpacing()) {
      if (!std::isfinite(spacing) || spacing <= 0) refuse("has a spacing that is no length.", "Correct the file's header.");
      const double length = std::max(1.0, std::round(static_cast<double>(now[a]) * spacing / spacingMm));
      now[a] = length < kMostVoxels ? static_cast<std::int64_t>(length) : static_cast<std::int64_t>(kMostVoxels);
    }
    voxels *= static_cast<double>(now[a]);
  }
  if (voxels >= kMostVoxels) refuse("is too large for the spacing at which it is looked at.", "Look at the spacing in the file's header.");
  frame.resampledSize = {now[0], now[1], now[2]};
  // The assignment of axes whose directions agree best.
  std::array<std::size_t, 3> order{0, 1, 2};
  double best = -1;
  do {
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c) sum += std::abs(along(geometry, c, order[c]));
    if (sum <= best + 1e-9) continue;  // of equals the first, so that rounding in a header decides nothing
    best = sum;
    frame.axis = order;
  } while (std::next_permutation(order.begin(), order.end()));
  for (std::size_t c = 0; c < 3; ++c) {
    frame.reversed[c] = along(geometry, c, frame.axis[c]) < 0;
    frame.size[c] = now[frame.axis[c]];
  }
  return frame;
}

bool CubeCrop::holds(const VolumePoint& inFrame) const {
  for (std::size_t c = 0; c < 3; ++c) {
    const double place = inFrame[c] - static_cast<double>(first[c]);
    if (!(place >= -0.5 && place < static_cast<double>(side) - 0.5)) return false;
  }
  return true;
}

CubeCrop cropAround(const VolumePoint& centre, std::int64_t side) {
  CubeCrop crop{.side = side};
  for (std::size_t c = 0; c < 3; ++c) crop.first[c] = static_cast<std::int64_t>(std::ceil(centre[c] - 0.5)) - side / 2;
  return crop;
}

bool overlaps(const CubeCrop& crop, const VolumeFrame& frame) {
  for (std::size_t c = 0; c < 3; ++c)
    if (crop.first[c] >= frame.size[c] || crop.first[c] <= -crop.side) return false;
  return true;
}

std::vector<float> cropped(std::span<const float> volume, const VolumeFrame& frame, const CubeCrop& crop) {
  const std::array<std::int64_t, 3> stride{1, frame.resampledSize.x, frame.resampledSize.x * frame.resampledSize.y};
  const auto length = sides(frame.resampledSize);
  std::vector<float> out(at(crop.side * crop.side * crop.side), std::numeric_limits<float>::quiet_NaN());
  if (!overlaps(crop, frame)) return out;
  std::array<std::int64_t, 3> from{}, to{}, start{}, step{};
  for (std::size_t c = 0; c < 3; ++c) {
    from[c] = std::max<std::int64_t>(0, -crop.first[c]);
    to[c] = std::min(crop.side, frame.size[c] - crop.first[c]);
    const std::size_t a = frame.axis[c];
    step[c] = frame.reversed[c] ? -stride[a] : stride[a];
    start[c] = (frame.reversed[c] ? length[a] - 1 - crop.first[c] : crop.first[c]) * stride[a];
  }
  for (std::int64_t i = from[0]; i < to[0]; ++i)
    for (std::int64_t j = from[1]; j < to[1]; ++j) {
      const std::int64_t row = start[0] + i * step[0] + start[1] + j * step[1] + start[2];
      float* write = out.data() + (i * crop.side + j) * crop.side;
      for (std::int64_t k = from[2]; k < to[2]; ++k) write[k] = volume[at(row + k * step[2])];
    }
  return out;
}

VolumeMask onImage(std::span<const float> logits, const VolumeFrame& frame, const CubeCrop& crop, VolumeProbability soft) {
  const Size size = frame.imageSize;
  std::array<Reach, 3> reach;
  for (std::size_t c = 0; c < 3; ++c) reach[frame.axis[c]] = reachOf(frame, crop, c);
  const auto& [x, y, z] = reach;
  const std::vector<float> cube = inImageOrder(logits, frame, crop.side);
  const std::size_t side = at(crop.side), next = crop.side > 1 ? 1 : 0;
  std::vector<float> plane(side * side), row(side);
  std::vector<Mask::Run> runs;
  VolumeMask result;
  if (soft == VolumeProbability::Yes) result.probability.assign(at(size.count()), 0.0F);
  for (std::int64_t k = z.begin; k < z.end; ++k) {
    const auto zAt = at(k - z.begin);
    const float* below = cube.data() + at(z.low[zAt]) * side * side;
    between(below, below + next * side * side, z.share[zAt], plane);
    for (std::int64_t j = y.begin; j < y.end; ++j) {
      const auto yAt = at(j - y.begin);
      const float* before = plane.data() + at(y.low[yAt]) * side;
      between(before, before + next * side, y.share[yAt], row);
      for (std::int64_t i = x.begin; i < x.end; ++i) {
        const auto xAt = at(i - x.begin);
        const auto left = at(x.low[xAt]);
        const float logit = row[left] + x.share[xAt] * (row[left + next] - row[left]);
        const std::int64_t flat = (k * size.y + j) * size.x + i;
        if (soft == VolumeProbability::Yes) result.probability[at(flat)] = 1 / (1 + std::exp(-logit));
        if (!(logit > 0)) continue;
        if (!runs.empty() && runs.back().start + runs.back().length == flat) ++runs.back().length;
        else runs.push_back({flat, 1});
      }
    }
  }
  result.mask = Mask(size, std::move(runs));
  return result;
}

}  // namespace roundel
