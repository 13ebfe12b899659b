// SemiSAM-O1's parts: prototypes, propagation, refinement by neighbours in feature space.
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "train/neighbour_refinement.h"
#include "train/prototypes.h"
#include "train/released_o1.h"

namespace roundel {
namespace {

constexpr Size kSize{32, 32, 1};

/// Two squares whose features differ from the ground's and from one another's; `shift` moves them.
struct Scene {
  FeatureMap features{.channels = 4, .size = {16, 16, 1}, .values = std::vector<float>(4 * 256)};
  std::vector<ClassAnnotation> labels;
};

bool inside(int which, double x, double y, double shift) {
  const double x0 = (which == 0 ? 4 : 18) + shift, y0 = which == 0 ? 6 : 16;
  return x >= x0 && x < x0 + 10 && y >= y0 && y < y0 + 10;
}

Scene scene(double shift, std::uint64_t seed) {
  Scene made;
  Random random(seed, "scene");
  for (std::size_t cell = 0; cell < 256; ++cell) {
    const double x = 2.0 * static_cast<double>(cell % 16) + 0.5, y = 2.0 * static_cast<double>(cell / 16) + 0.5;
    std::vector<double> vector{1, 0, 0, 0};
    for (const int which : {0, 1})
      if (inside(which, x, y, shift)) vector = {0.2, which == 0 ? 1.0 : 0.0, which == 1 ? 1.0 : 0.0, 0};
    double length = 0;
    for (double& value : vector) value += 0.15 * random.normal(), length += value * value;
    for (std::size_t c = 0; c < 4; ++c) made.features.values[c * 256 + cell] = static_cast<float>(vector[c] / std::sqrt(length));
  }
  for (const int which : {0, 1}) {
    std::vector<std::uint8_t> bytes;
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 32; ++x) bytes.push_back(inside(which, x, y, shift));
    made.labels.push_back({ClassState::Present, Mask::fromBytes(kSize, bytes)});
  }
  return made;
}

double dice(const Prediction& prediction, int c, const Mask& truth) {
  const auto bytes = truth.toBytes();
  double overlap = 0, sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool found = prediction.classMap(c)[i] > 0.5f;
    overlap += found && bytes[i] != 0, sum += found + (bytes[i] != 0);
  }
  return 2 * overlap / sum;
}

TEST(Prototypes, FindTheSameTissueInAnotherCase) {
  const Scene known = scene(0, 1), other = scene(3, 2);
  for (const int perClass : {1, 3}) {
    const Prototypes prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), std::span(&kSize, 1), 2,
                                {.perClass = perClass});
    const Prediction found = prototypes.propagate(other.features, kSize);
    for (const int c : {0, 1}) EXPECT_GT(dice(found, c, other.labels[static_cast<std::size_t>(c)].mask), 0.8) << perClass << " " << c;
  }
}

TEST(Prototypes, PlacesTellAlikeClassesApart) {
  Scene known = scene(0, 1), other = scene(1, 2);
  for (Scene* one : {&known, &other})  // both squares of the same tissue
    for (std::size_t cell = 0; cell < 256; ++cell) {
      float& second = one->features.values[2 * 256 + cell];
      one->features.values[1 * 256 + cell] += second;
      second = 0;
    }
  const auto found = [&](double position) {
    return Prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), std::span(&kSize, 1), 2, {.position = position})
        .propagate(other.features, kSize);
  };
  EXPECT_GT(dice(found(1), 0, other.labels[0].mask), dice(found(0), 0, other.labels[0].mask) + 0.1);
}

TEST(Prototypes, AClassWithoutLabelsIsFoundNowhere) {
  Scene known = scene(0, 1);
  known.labels[1] = {ClassState::NotAnnotated, {}};
  const Prediction found =
      Prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), std::span(&kSize, 1), 2, {}).propagate(known.features, kSize);
  for (const float p : found.classMap(1)) ASSERT_EQ(p, 0.0f);
  EXPECT_GT(dice(found, 0, known.labels[0].mask), 0.8);
  FeatureMap foreign = known.features;
  foreign.channels = 2;
  EXPECT_THROW(
      Prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), std::span(&kSize, 1), 2, {}).propagate(foreign, kSize), Error);
}

/// A belief that is right, but for a blob that hangs on the square and is not sure of itself.
Prediction doubtful(const Scene& one) {
  Prediction belief{.size = kSize, .classCount = 2, .probabilities = {}};
  for (const int which : {0, 1})
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 32; ++x) {
        const bool truth = one.labels[static_cast<std::size_t>(which)].mask.contains(x, y);
        const bool blob = which == 0 && x >= 14 && x < 17 && y >= 8 && y < 12;
        belief.probabilities.push_back(blob ? 0.55f : truth ? 0.97f : 0.03f);
      }
  return belief;
}

TEST(NeighbourRefinement, CorrectsWhatIsUncertainAndLeavesTheRest) {
  const Scene known = scene(0, 1), other = scene(0, 2);
  std::vector<RefinementCase> cases{{.features = &known.features, .belief = doubtful(known), .labels = known.labels},
                                    {.features = &other.features, .belief = doubtful(other)}};
  const NeighbourRefinement refinement(cases, {}, 1);
  std::vector<RefinementCount> counts;
  const Prediction after = refinement.refined(cases[1], counts);
  EXPECT_EQ(counts[0].changed, 12) << "the blob";
  EXPECT_GE(counts[0].uncertain, 12);
  EXPECT_EQ(counts[1].changed, 0);
  EXPECT_GT(dice(after, 0, other.labels[0].mask), dice(cases[1].belief, 0, other.labels[0].mask) + 0.03);
  std::vector<RefinementCount> again;
  EXPECT_EQ(NeighbourRefinement(cases, {}, 1).refined(cases[1], again).probabilities, after.probabilities);
}

/// The scene drawn out along slices: on the outer ones there is ground alone.
Scene drawnOut(const Scene& flat, std::int64_t depth) {
  Scene made{.features = {.channels = 4, .size = {16, 16, depth / 2}, .values = {}}};
  const auto within = [depth](std::int64_t z) { return z >= depth / 4 && z < 3 * depth / 4; };
  for (std::size_t c = 0; c < 4; ++c)
    for (std::int64_t z = 0; z < depth / 2; ++z)
      for (std::size_t cell = 0; cell < 256; ++cell)
        made.features.values.push_back(within(2 * z) ? flat.features.values[c * 256 + cell] : (c == 0 ? 1.0f : 0.0f));
  for (const auto& label : flat.labels) {
    std::vector<std::uint8_t> bytes;
    for (std::int64_t z = 0; z < depth; ++z)
      for (const std::uint8_t value : label.mask.toBytes()) bytes.push_back(within(z) ? value : 0);
    made.labels.push_back({ClassState::Present, Mask::fromBytes({32, 32, depth}, bytes)});
  }
  return made;
}

TEST(Prototypes, FindTissueInVolumesOfAnotherSize) {
  const Scene known = drawnOut(scene(0, 1), 12), other = drawnOut(scene(3, 2), 16);
  const Size knownSize{32, 32, 12}, otherSize{32, 32, 16};
  const Prediction found = Prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), std::span(&knownSize, 1), 2, {})
                               .propagate(other.features, otherSize);
  EXPECT_EQ(found.size, otherSize);
  for (const int c : {0, 1}) EXPECT_GT(dice(found, c, other.labels[static_cast<std::size_t>(c)].mask), 0.75) << c;
}

TEST(NeighbourRefinement, CorrectsVolumes) {
  const Scene known = drawnOut(scene(0, 1), 12), other = drawnOut(scene(0, 2), 16);
  Prediction belief{.size = {32, 32, 16}, .classCount = 2, .probabilities = {}};
  for (const int which : {0, 1})
    for (int z = 0; z < 16; ++z)
      for (int y = 0; y < 32; ++y)
        for (int x = 0; x < 32; ++x) {
          const bool truth = other.labels[static_cast<std::size_t>(which)].mask.contains(x, y, z);
          const bool blob = which == 0 && x >= 14 && x < 17 && y >= 8 && y < 12 && z >= 5 && z < 11;
          belief.probabilities.push_back(blob ? 0.55f : truth ? 0.97f : 0.03f);
        }
  NeighbourRefinement refinement(2, {}, 1);
  refinement.add(
      {.features = &known.features, .belief = {.size = {32, 32, 12}, .classCount = 2, .probabilities = {}}, .labels = known.labels});
  refinement.add({.features = &other.features, .belief = belief});
  std::vector<RefinementCount> counts;
  const Prediction after = refinement.refined({.features = &other.features, .belief = belief}, counts);
  EXPECT_GE(counts[0].changed, 60) << "most of the blob's 72 voxels";
  EXPECT_GT(dice(after, 0, other.labels[0].mask), dice(belief, 0, other.labels[0].mask) + 0.02);
}

TEST(NeighbourRefinement, LeavesAClassOfWhichTooLittleIsKnown) {
  const Scene one = scene(0, 1);
  Prediction nothing{.size = kSize, .classCount = 2, .probabilities = std::vector<float>(2 * 1024, 0.1f)};
  std::vector<RefinementCase> cases{{.features = &one.features, .belief = nothing}};
  std::vector<RefinementCount> counts;
  EXPECT_EQ(NeighbourRefinement(cases, {}, 1).refined(cases[0], counts).probabilities, nothing.probabilities);
  EXPECT_EQ(counts[0].uncertain, 0);
}

TEST(ReleasedO1, LabelsTheCentredCubeAlone) {
  EXPECT_EQ(centredPart({32, 32, 1}), (PixelBox{0, 0, 32, 32, 0, 1}));
  EXPECT_EQ(centredPart({200, 128, 140}), (PixelBox{36, 0, 164, 128, 6, 134}));
  const Scene known = scene(0, 1), other = scene(2, 2);
  const ReleasedPrototypes prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), 2);
  const Prediction found = prototypes.propagate(other.features, {0, 0, 32, 32}, {32, 32, 1});
  for (const int c : {0, 1}) EXPECT_GT(dice(found, c, other.labels[static_cast<std::size_t>(c)].mask), 0.8);
  for (const float p : found.probabilities) EXPECT_TRUE(p == 0 || p == 1);
  const Prediction placed = prototypes.propagate(other.features, {10, 5, 42, 37}, {60, 40, 1});
  EXPECT_EQ(placed.probabilities[static_cast<std::size_t>(5 * 60 + 9)], 0);
  EXPECT_EQ(placed.probabilities[static_cast<std::size_t>((5 + 10) * 60 + 10 + 10)], found.probabilities[10 * 32 + 10]);
}

TEST(ReleasedO1, AnUncertainCaseIsReplacedByTheVoteOfItsNeighbours) {
  const auto labelsAt = [](int x0) {
    Prediction labels{.size = {8, 4, 1}, .classCount = 1, .probabilities = std::vector<float>(32)};
    for (int y = 0; y < 4; ++y)
      for (int x = x0; x < x0 + 4; ++x) labels.probabilities[static_cast<std::size_t>(y * 8 + x)] = 1;
    return labels;
  };
  std::vector<ReleasedCase> cases;
  for (int i = 0; i < 6; ++i) cases.push_back({.feature = {1, 0}, .labels = labelsAt(2), .uncertainty = 0.1 + 0.01 * i});
  cases.push_back({.feature = {0, 1}, .labels = labelsAt(0), .uncertainty = 0.05});  // certain, but nothing alike
  cases.push_back({.feature = {1, 0}, .labels = labelsAt(4), .uncertainty = 0.9});   // wrong, and not sure of itself
  std::vector<bool> replaced;
  const auto after = releasedRefinement(cases, replaced);
  EXPECT_TRUE(replaced[7]);
  EXPECT_EQ(after[7].probabilities, labelsAt(2).probabilities);
  EXPECT_FALSE(replaced[6]);
  EXPECT_EQ(after[6].probabilities, labelsAt(0).probabilities);
  cases.erase(cases.begin(), cases.begin() + 3);
  releasedRefinement(cases, replaced);
  EXPECT_FALSE(replaced[4]) << "four certain cases are too few";
}

TEST(ReleasedO1, EntropyIsNothingWhereNothingIsUncertain) {
  Prediction sure{.size = {4, 1, 1}, .classCount = 1, .probabilities = {0, 1, 0, 1}}, unsure = sure;
  unsure.probabilities = {0.5f, 0.5f, 0.5f, 0.5f};
  EXPECT_NEAR(meanEntropy(sure), 0, 1e-6);
  EXPECT_NEAR(meanEntropy(unsure), std::log(2.0), 1e-5);
  Prediction both{.size = {2, 1, 1}, .classCount = 2, .probabilities = {0.6f, 0.4f, 0.9f, 0.3f}};
  EXPECT_EQ(certain(both).probabilities, (std::vector<float>{0, 0, 1, 0})) << "of two the more probable one";
}

}  // namespace
}  // namespace roundel
