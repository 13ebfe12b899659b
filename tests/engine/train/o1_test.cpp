// SemiSAM-O1's parts: prototypes, propagation, refinement by neighbours in feature space.
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "train/neighbour_refinement.h"
#include "train/prototypes.h"

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
    const Prototypes prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), kSize, 2, {.perClass = perClass});
    const Prediction found = prototypes.propagate(other.features);
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
    return Prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), kSize, 2, {.position = position})
        .propagate(other.features);
  };
  EXPECT_GT(dice(found(1), 0, other.labels[0].mask), dice(found(0), 0, other.labels[0].mask) + 0.1);
}

TEST(Prototypes, AClassWithoutLabelsIsFoundNowhere) {
  Scene known = scene(0, 1);
  known.labels[1] = {ClassState::NotAnnotated, {}};
  const Prediction found = Prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), kSize, 2, {}).propagate(known.features);
  for (const float p : found.classMap(1)) ASSERT_EQ(p, 0.0f);
  EXPECT_GT(dice(found, 0, known.labels[0].mask), 0.8);
  FeatureMap foreign = known.features;
  foreign.channels = 2;
  EXPECT_THROW(Prototypes(std::span(&known.features, 1), std::span(&known.labels, 1), kSize, 2, {}).propagate(foreign), Error);
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

TEST(NeighbourRefinement, LeavesAClassOfWhichTooLittleIsKnown) {
  const Scene one = scene(0, 1);
  Prediction nothing{.size = kSize, .classCount = 2, .probabilities = std::vector<float>(2 * 1024, 0.1f)};
  std::vector<RefinementCase> cases{{.features = &one.features, .belief = nothing}};
  std::vector<RefinementCount> counts;
  EXPECT_EQ(NeighbourRefinement(cases, {}, 1).refined(cases[0], counts).probabilities, nothing.probabilities);
  EXPECT_EQ(counts[0].uncertain, 0);
}

}  // namespace
}  // namespace roundel
