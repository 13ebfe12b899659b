// The generalist of crops that ships with Roundel, asked about drawn pictures.
#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "models/generalists/crop_generalist.h"

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
  const auto one = builtin({{"precision", "float32"}}), two = builtin({{"precision", "float32"}, {"views", 2}});
  double plain = 0;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Drawn drawn = slantedBody(seed);
    EXPECT_LT(asymmetry(two, drawn), 0.02) << "body " << seed;
    plain = std::max(plain, asymmetry(one, drawn));
  }
  EXPECT_GT(plain, 0.02) << "or the test would say nothing";
  EXPECT_NE(one.contentHash(), two.contentHash());
}

}  // namespace
}  // namespace roundel
