// The generalist of crops that ships with Roundel, asked about drawn pictures.
#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "models/generalists/crop_generalist.h"
#include "models/generalists/decision_level.h"

namespace roundel {
namespace {

constexpr std::int64_t kBodyWidth = 120, kBodyHeight = 96;

/// A slanted, shaded body with one soft end: nothing about it is symmetric.
struct Drawn {
  Image image;
  Mask truth;
};

Drawn slantedBody(std::uint64_t seed) {
  Random random(seed, "slanted-body");
  const Size size{kBodyWidth, kBodyHeight, 1};
  Drawn drawn{.image = {.geometry = {.size = size}, .values = std::vector<float>(static_cast<std::size_t>(size.count()))},
              .truth = Mask(size)};
  std::vector<std::uint8_t> inside(drawn.image.values.size());
  const double cx = random.uniform(45, 75), cy = random.uniform(40, 56), turn = random.uniform(0.3, 1.2);
  for (std::int64_t y = 0; y < size.y; ++y)
    for (std::int64_t x = 0; x < size.x; ++x) {
      const double dx = static_cast<double>(x) - cx, dy = static_cast<double>(y) - cy;
      const double along = dx * std::cos(turn) + dy * std::sin(turn), across = dy * std::cos(turn) - dx * std::sin(turn);
      const double depth = 1 - std::hypot(along / 24, across / (10 + 0.15 * along));
      const auto i = static_cast<std::size_t>(y * size.x + x);
      inside[i] = depth > 0;
      drawn.image.values[i] =
          static_cast<float>(std::clamp(0.35 + (depth > 0 ? 0.25 + 0.006 * along : 0.0) + 0.05 * random.normal(), 0.0, 1.0));
    }
  drawn.truth = Mask::fromBytes(size, inside);
  return drawn;
}

Image mirrored(const Image& image) {
  Image out = image;
  for (std::int64_t y = 0; y < kBodyHeight; ++y)
    for (std::int64_t x = 0; x < kBodyWidth; ++x)
      out.values[static_cast<std::size_t>(y * kBodyWidth + x)] =
          image.values[static_cast<std::size_t>(y * kBodyWidth + kBodyWidth - 1 - x)];
  return out;
}

std::vector<float> mirrored(const std::vector<float>& values) {
  Image image{.geometry = {.size = {kBodyWidth, kBodyHeight, 1}}, .values = values};
  return mirrored(image).values;
}

Prompt mirrored(Prompt prompt) {
  if (prompt.box) prompt.box = PromptBox{kBodyWidth - prompt.box->x1, prompt.box->y0, kBodyWidth - prompt.box->x0, prompt.box->y1};
  for (auto& point : prompt.points) point.x = static_cast<double>(kBodyWidth - 1) - point.x;
  return prompt;
}

Prompt boxAround(const Mask& truth) {
  const PixelBox bounds = truth.bounds();
  return {.box = PromptBox{static_cast<double>(bounds.x0), static_cast<double>(bounds.y0), static_cast<double>(bounds.x1),
                           static_cast<double>(bounds.y1)},
          .points = {{60, 48, 0, true}}};
}

CropGeneralist builtin(const Json& params) {
  for (const auto& model : shippedModels())
    if (model.name == "builtin-2d") return CropGeneralist(model, resolveParams(CropGeneralist::params(), params), "cpu", 1);
  throw std::runtime_error("builtin-2d is not among what ships");
}

/// Largest difference between the soft masks of a picture and of its mirror image.
double asymmetry(const CropGeneralist& generalist, const Drawn& drawn) {
  Job job;
  const Prompt prompt = boxAround(drawn.truth);
  const auto straight =
      generalist.segment(*generalist.embed(drawn.image, job), std::vector<Prompt>{prompt}, SoftMasks::Yes, job).front().probability;
  const auto other =
      mirrored(generalist.segment(*generalist.embed(mirrored(drawn.image), job), std::vector<Prompt>{mirrored(prompt)}, SoftMasks::Yes, job)
                   .front()
                   .probability);
  double most = 0;
  for (std::size_t i = 0; i < straight.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(straight[i]) - static_cast<double>(other[i])));
  return most;
}

TEST(CropGeneralist, FindsADrawnBodyFromItsBox) {
  Job job;
  const auto generalist = builtin(Json::object());
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const Drawn drawn = slantedBody(seed);
    const auto answer =
        generalist.segment(*generalist.embed(drawn.image, job), std::vector<Prompt>{boxAround(drawn.truth)}, SoftMasks::No, job).front();
    const auto both = overlapArea(answer.mask, drawn.truth);
    EXPECT_GT(static_cast<double>(both) / static_cast<double>(answer.mask.area() + drawn.truth.area() - both), 0.8) << "body " << seed;
  }
}

TEST(CropGeneralist, TwoViewsAnswerThePictureAndItsMirrorImageAlike) {
  const auto one = builtin({{"precision", "float32"}, {"views", 1}}), two = builtin({{"precision", "float32"}, {"views", 2}});
  double plain = 0;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Drawn drawn = slantedBody(seed);
    EXPECT_LT(asymmetry(two, drawn), 0.02) << "body " << seed;
    plain = std::max(plain, asymmetry(one, drawn));
  }
  EXPECT_GT(plain, 0.02) << "or the test would say nothing";
  EXPECT_NE(one.contentHash(), two.contentHash());
}

TEST(DecisionLevel, AMaskTakesWhatIsHalfAsProbableAsItsDice) {
  // IoU 1/2 is a Dice of 2/3, so a third is enough.
  std::vector<float> logits{std::log(0.34F / 0.66F), std::log(0.32F / 0.68F)};
  decideForDice(logits, 0.5);
  EXPECT_GT(logits[0], 0);
  EXPECT_LT(logits[1], 0);
  std::vector<float> sure{0.01F, -0.01F};
  decideForDice(sure, 1);
  EXPECT_GT(sure[0], 0);
  EXPECT_LT(sure[1], 0);
  std::vector<float> hopeless{-2};
  decideForDice(hopeless, 0);  // nothing is known: still no mask of everything
  EXPECT_LT(hopeless[0], 0);
}

/// Of every independent choice among a few places, the one with the greatest expected Dice is found by trying all.
TEST(DecisionLevel, IsTheBestThatTryingAllMasksFinds) {
  const std::vector<double> probable{0.95, 0.8, 0.62, 0.44, 0.41, 0.3, 0.12, 0.05};
  const auto expectedDice = [&](unsigned mask) {
    double sum = 0;
    for (unsigned truth = 0; truth < 256; ++truth) {
      double chance = 1;
      for (unsigned k = 0; k < 8; ++k) chance *= truth >> k & 1 ? probable[k] : 1 - probable[k];
      const int both = __builtin_popcount(mask & truth), all = __builtin_popcount(mask) + __builtin_popcount(truth);
      sum += chance * (all == 0 ? 1.0 : 2.0 * both / all);
    }
    return sum;
  };
  unsigned best = 0;
  for (unsigned mask = 1; mask < 256; ++mask)
    if (expectedDice(mask) > expectedDice(best)) best = mask;
  const double dice = expectedDice(best);
  std::vector<float> logits;
  for (const double p : probable) logits.push_back(static_cast<float>(std::log(p / (1 - p))));
  decideForDice(logits, dice / (2 - dice));
  for (unsigned k = 0; k < 8; ++k) EXPECT_EQ(logits[k] > 0, (best >> k & 1) != 0) << probable[k];
}

}  // namespace
}  // namespace roundel
