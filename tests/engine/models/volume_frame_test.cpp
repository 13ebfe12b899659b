#include "models/generalists/volume_frame.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "raster/resample.h"

namespace roundel {
namespace {

/// x runs up, y to the patient's left, z to the front; 15 x 21 x 30 mm.
Geometry sagittalLike() {
  return {.size = {20, 14, 10},
          .spacingMm = {0.75, 1.5, 3},
          .spacingSource = SpacingSource::FileHeader,
          .originMm = {10, -20, 30},
          .direction = {0, 1, 0, 0, 0, -1, 1, 0, 0}};
}

/// World millimetres to the right, to the front and up.
VolumePoint rasOf(const Geometry& geometry, const VolumePoint& voxel) {
  VolumePoint world{};
  for (std::size_t row = 0; row < 3; ++row) {
    world[row] = geometry.originMm[row];
    for (std::size_t a = 0; a < 3; ++a) world[row] += geometry.direction[3 * row + a] * geometry.spacingMm[a] * voxel[a];
  }
  return {-world[0], -world[1], world[2]};
}

/// An ellipsoid that no flip and no exchange of axes leaves where it is.
std::vector<float> ellipsoid(const Size& size) {
  std::vector<float> values;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x) {
        const double dx = (static_cast<double>(x) - 6) / 5, dy = (static_cast<double>(y) - 8.5) / 4,
                     dz = (static_cast<double>(z) - 3) / 2.2;
        values.push_back(dx * dx + dy * dy + dz * dz <= 1 ? 1.0F : 0.0F);
      }
  return values;
}

TEST(VolumeFrame, RunsToTheRightToTheFrontAndUp) {
  const Geometry geometry = sagittalLike();
  const VolumeFrame frame = volumeFrame(geometry, 1.5);
  EXPECT_EQ(frame.resampledSize, (Size{10, 14, 20}));
  EXPECT_EQ(frame.axis, (std::array<std::size_t, 3>{1, 2, 0}));
  EXPECT_EQ(frame.reversed, (std::array<bool, 3>{true, false, false}));
  EXPECT_EQ(frame.size, (std::array<std::int64_t, 3>{14, 20, 10}));
  const VolumePoint from{0, 0, 0}, to{17, 3, 8.5};
  const VolumePoint a = frame.toFrame(from), b = frame.toFrame(to), worldA = rasOf(geometry, from), worldB = rasOf(geometry, to);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR((b[c] - a[c]) * 1.5, worldB[c] - worldA[c], 1e-9) << "axis " << c;
}

TEST(VolumeFrame, AVolumeInLpsIsTurnedInPlane) {
  const VolumeFrame frame = volumeFrame({.size = {5, 6, 7}}, 1.5);
  EXPECT_EQ(frame.resampledSize, (Size{5, 6, 7})) << "without a known spacing the voxels stay";
  EXPECT_EQ(frame.reversed, (std::array<bool, 3>{true, true, false}));
  EXPECT_EQ(frame.toFrame({0, 0, 0}), (VolumePoint{4, 5, 0}));
  Geometry oblique{.size = {5, 6, 7}};
  const double s = std::sin(0.6), c = std::cos(0.6);
  oblique.direction = {c, -s, 0, s, c, 0, 0, 0, 1};
  EXPECT_EQ(volumeFrame(oblique, 0).axis, (std::array<std::size_t, 3>{0, 1, 2})) << "the nearest axes";
}

TEST(VolumeFrame, ImpossibleSpacingsAreRefused) {
  Geometry geometry = sagittalLike();
  geometry.spacingMm[1] = 0;
  EXPECT_THROW(volumeFrame(geometry, 1.5), Error);
  EXPECT_EQ(volumeFrame(geometry, 0).resampledSize, geometry.size) << "its own voxels were asked for";
  geometry.spacingMm[1] = 1e12;
  EXPECT_THROW(volumeFrame(geometry, 1.5), Error);
}

TEST(CubeCrop, HasTheVoxelOfThePromptInItsMiddle) {
  const Geometry geometry = sagittalLike();
  for (const double spacing : {0.0, 1.5}) {
    const VolumeFrame frame = volumeFrame(geometry, spacing);
    std::vector<float> volume(static_cast<std::size_t>(frame.resampledSize.count()));
    for (std::size_t i = 0; i < volume.size(); ++i) volume[i] = static_cast<float>(i);
    const VolumePoint voxel{12, 3, 7};
    const VolumePoint place = frame.toFrame(voxel);
    const CubeCrop crop = cropAround(place, 8);
    EXPECT_TRUE(crop.holds(place));
    const auto cube = cropped(volume, frame, crop);
    std::array<std::int64_t, 3> old{};  // the resampled voxel nearest to the prompt
    const std::array<std::int64_t, 3> now{frame.resampledSize.x, frame.resampledSize.y, frame.resampledSize.z};
    const std::array<double, 3> was{20, 14, 10};
    for (std::size_t a = 0; a < 3; ++a)
      old[a] = static_cast<std::int64_t>(std::ceil((voxel[a] + 0.5) * static_cast<double>(now[a]) / was[a] - 1));
    const auto value = [&](std::int64_t x, std::int64_t y, std::int64_t z) { return static_cast<float>((z * now[1] + y) * now[0] + x); };
    EXPECT_EQ(cube[(4 * 8 + 4) * 8 + 4], value(old[0], old[1], old[2]));
    EXPECT_EQ(cube[(5 * 8 + 4) * 8 + 4], value(old[0], old[1] - 1, old[2])) << "further to the right: against y";
    EXPECT_EQ(cube[(4 * 8 + 5) * 8 + 4], value(old[0], old[1], old[2] + 1)) << "further to the front: along z";
    EXPECT_EQ(cube[(4 * 8 + 4) * 8 + 5], value(old[0] + 1, old[1], old[2])) << "further up: along x";
  }
}

TEST(CubeCrop, ReachesBeyondTheVolumeWithoutMoving) {
  const VolumeFrame frame = volumeFrame({.size = {4, 4, 4}, .direction = {-1, 0, 0, 0, -1, 0, 0, 0, 1}}, 0);
  const std::vector<float> volume(64, 2.0F);
  const CubeCrop crop = cropAround({0, 3, 2}, 6);
  EXPECT_EQ(crop.first, (std::array<std::int64_t, 3>{-3, 0, -1}));
  const auto cube = cropped(volume, frame, crop);
  for (std::int64_t i = 0; i < 6; ++i)
    for (std::int64_t j = 0; j < 6; ++j)
      for (std::int64_t k = 0; k < 6; ++k) {
        const float value = cube[static_cast<std::size_t>((i * 6 + j) * 6 + k)];
        const bool inside = i >= 3 && j < 4 && k >= 1 && k < 5;
        EXPECT_EQ(std::isnan(value), !inside) << i << " " << j << " " << k;
      }
  EXPECT_FALSE(overlaps({{4, 0, 0}, 6}, frame));
  EXPECT_FALSE(overlaps({{0, -6, 0}, 6}, frame));
  EXPECT_FALSE(overlaps({{0, INT64_MIN, INT64_MAX}, 6}, frame));
  EXPECT_TRUE(std::isnan(cropped(volume, frame, {{0, INT64_MIN, 0}, 6}).front()));
}

TEST(CubeCrop, AMaskComesBackOnTheVoxelsItWasOf) {
  const Geometry geometry = sagittalLike();
  const std::vector<float> truth = ellipsoid(geometry.size);
  for (const double spacing : {0.0, 1.5}) {
    const VolumeFrame frame = volumeFrame(geometry, spacing);
    std::vector<float> logits = resampled(truth, geometry.size, frame.resampledSize, Interpolation::Linear);
    for (float& value : logits) value = 8 * (value - 0.5F);
    // A cube that holds the object and leaves the volume on some sides.
    const CubeCrop crop = cropAround(frame.toFrame({6, 8.5, 3}), 22);
    std::vector<float> cube = cropped(logits, frame, crop);
    for (float& value : cube)
      if (std::isnan(value)) value = 50;  // what a network says there must not come back
    const VolumeMask back = onImage(cube, frame, crop, VolumeProbability::Yes);
    std::int64_t wrong = 0, size = 0;
    std::array<double, 3> before{}, after{};  // sums of coordinates
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      const VolumePoint voxel{static_cast<double>(at % 20), static_cast<double>(at / 20 % 14), static_cast<double>(at / 280)};
      const bool inside = back.mask.contains(at % 20, at / 20 % 14, at / 280), wanted = truth[i] > 0.5F;
      wrong += inside != wanted;
      size += wanted;
      for (std::size_t a = 0; a < 3; ++a) {
        before[a] += wanted ? voxel[a] : 0;
        after[a] += inside ? voxel[a] : 0;
      }
      EXPECT_EQ(inside, back.probability[i] > 0.5F) << i;
    }
    ASSERT_GT(size, 100);
    if (spacing == 0) EXPECT_EQ(wrong, 0);
    else EXPECT_LT(wrong, size / 10) << "only what resampling blurs: one voxel in two was dropped along x";
    for (std::size_t a = 0; a < 3; ++a)
      EXPECT_NEAR(after[a] / static_cast<double>(back.mask.area()), before[a] / static_cast<double>(size), 0.2) << "its middle, axis " << a;
  }
}

TEST(CubeCrop, OutsideOfItIsOutside) {
  const VolumeFrame frame = volumeFrame({.size = {10, 10, 10}}, 0);
  const VolumeMask back = onImage(std::vector<float>(64, 3.0F), frame, cropAround({2, 5, 5}, 4), VolumeProbability::Yes);
  EXPECT_EQ(back.mask.area(), 64);
  EXPECT_EQ(back.mask.bounds(), (PixelBox{6, 3, 10, 7, 3, 7})) << "x and y run to the left and to the back";
  EXPECT_EQ(back.probability[0], 0.0F);
}

}  // namespace
}  // namespace roundel
