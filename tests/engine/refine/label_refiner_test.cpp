#include "refine/label_refiner.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "prompts/cleaning.h"
#include "raster/metrics.h"
#include "refine/builtin_generalists.h"

namespace roundel {
namespace {

constexpr std::int64_t kWidth = 120, kHeight = 80;
struct Disc {
  double x, y, radius;
};
const std::vector<Disc> kDiscs{{34, 40, 16}, {82, 38, 18}};

double inDisc(const Disc& disc, std::int64_t x, std::int64_t y, double softness) {
  return 1 / (1 + std::exp((std::hypot(static_cast<double>(x) - disc.x, static_cast<double>(y) - disc.y) - disc.radius) / softness));
}

template <class Value>
void forPixels(Value value) {
  for (std::int64_t y = 0; y < kHeight; ++y)
    for (std::int64_t x = 0; x < kWidth; ++x) value(x, y);
}

/// Two bright discs, and a specialist that sees them two pixels too large; a third class that is nowhere, and a fourth that is a
/// copy of the first (no pixel of its own, and none is left to the first).
struct Scene {
  Image image{.geometry = {.size = {kWidth, kHeight, 1}}};
  Prediction prediction{.size = {kWidth, kHeight, 1}, .classCount = 3};
  std::vector<Mask> truth, cleanedMasks;
  std::vector<ClassPrompts> prompts;

  explicit Scene(double swollen = 2) {
    Random noise(1, "scene");
    forPixels([&](auto x, auto y) {
      image.values.push_back(
          static_cast<float>(0.3 + 0.4 * std::max(inDisc(kDiscs[0], x, y, 0.7), inDisc(kDiscs[1], x, y, 0.7)) + 0.01 * noise.normal()));
    });
    for (const auto& disc : kDiscs) {
      std::vector<std::uint8_t> bytes;
      forPixels([&](auto x, auto y) {
        bytes.push_back(inDisc(disc, x, y, 1) > 0.5);
        prediction.probabilities.push_back(static_cast<float>(inDisc({disc.x + 1, disc.y, disc.radius + swollen}, x, y, 1.5)));
      });
      truth.push_back(Mask::fromBytes(prediction.size, bytes));
    }
    prediction.probabilities.resize(static_cast<std::size_t>(3 * kWidth * kHeight), 0.01F);
    truth.emplace_back(prediction.size);
    clean();
  }
  void clean() {
    cleanedMasks = masksOf(cleaned(prediction, {}));
    prompts = promptExtractors().create("sctb")->extract(cleanedMasks);
  }
};

LabelRefiner refiner(const std::vector<std::string>& names, RefinerSettings settings = {}) {
  std::vector<std::shared_ptr<const Generalist>> generalists;
  const auto registry = generalistRegistry();
  for (const auto& name : names) generalists.push_back(registry.create(name));
  return LabelRefiner(std::move(generalists), settings);
}

TEST(LabelRefiner, MovesSwollenMasksOntoTheEdges) {
  const Scene scene;
  Job job;
  for (const auto& names : std::vector<std::vector<std::string>>{{"random-walker"}, {"graph-cut"}, {"random-walker", "graph-cut"}}) {
    const auto labelRefiner = refiner(names);
    const auto embeddings = labelRefiner.embed(scene.image, job);
    const auto refined = labelRefiner.refine(embeddings, scene.prediction, scene.cleanedMasks, scene.prompts, job);
    ASSERT_EQ(refined.size(), 3U);
    for (std::size_t c = 0; c < 2; ++c) {
      EXPECT_EQ(refined[c].source, RefinedSource::Generalist);
      EXPECT_GT(*diceOf(refined[c].mask, scene.truth[c]), *diceOf(scene.cleanedMasks[c], scene.truth[c]) + 0.02)
          << names[0] << " class " << c;
      EXPECT_NEAR(*refined[c].agreement, *diceOf(refined[c].answer, scene.cleanedMasks[c]), 1e-12);
      EXPECT_TRUE(refined[c].score && *refined[c].score > 0.3 && *refined[c].score <= 1);
      EXPECT_EQ(refined[c].disagreement.has_value(), names.size() > 1);
      ASSERT_TRUE(refined[c].first);
      EXPECT_FALSE(refined[c].first->points.empty());
    }
    EXPECT_EQ(refined[2].source, RefinedSource::Absent);
    EXPECT_TRUE(refined[2].mask.empty());
    EXPECT_FALSE(refined[2].score || refined[2].agreement);
  }
}

TEST(LabelRefiner, ThePapersTwoCallsAreAskedWhereWanted) {
  const Scene scene;
  Job job;
  const auto paper = refiner({"random-walker"}, {.specialistMask = SpecialistMask::Never});
  const auto refined = paper.refine(paper.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, job);
  ASSERT_TRUE(refined[0].first && refined[0].second);
  EXPECT_TRUE(refined[0].first->box && refined[0].first->points.empty());
  EXPECT_FALSE(refined[0].second->box);
  ASSERT_EQ(refined[0].second->points.size(), 2U);
  EXPECT_TRUE(refined[0].second->points[0].positive && !refined[0].second->points[1].positive);
  const auto once = refiner({"random-walker"}, {.specialistMask = SpecialistMask::Never, .secondCall = SecondCall::Never});
  EXPECT_FALSE(once.refine(once.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, job)[0].second);
}

TEST(LabelRefiner, AClassWithoutPixelsOfItsOwnKeepsItsMask) {
  Scene scene;
  const auto map = static_cast<std::ptrdiff_t>(kWidth * kHeight);
  auto& p = scene.prediction.probabilities;
  std::copy(p.begin(), p.begin() + map, p.begin() + 2 * map);
  scene.clean();
  Job job;
  const auto labelRefiner = refiner({"random-walker"});
  const auto refined = labelRefiner.refine(labelRefiner.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, job);
  for (const std::size_t c : {0U, 2U}) {
    EXPECT_EQ(refined[c].source, RefinedSource::NoPrompt);
    EXPECT_EQ(refined[c].mask, scene.cleanedMasks[c]);
  }
  EXPECT_EQ(refined[1].source, RefinedSource::Generalist);
}

TEST(LabelRefiner, AnAnswerThatDisagreesIsNotBelieved) {
  const Scene scene;
  Job job;
  const auto strict = refiner({"random-walker"}, {.minimumAgreement = 0.999});
  const auto refined = strict.refine(strict.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, job);
  EXPECT_EQ(refined[0].source, RefinedSource::Disagreement);
  EXPECT_EQ(refined[0].mask, scene.cleanedMasks[0]);
  EXPECT_NE(refined[0].answer, refined[0].mask) << "what was said is kept for the report";
}

TEST(LabelRefiner, StabilityFallsWhereTheImageShowsNoEdge) {
  Scene scene;
  Job job;
  const auto labelRefiner = refiner({"random-walker"});
  const auto clear =
      labelRefiner.stability(labelRefiner.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, 4, 9, job);
  const auto again =
      labelRefiner.stability(labelRefiner.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, 4, 9, job);
  EXPECT_EQ(clear, again);
  std::fill(scene.image.values.begin(), scene.image.values.end(), 0.5F);
  const auto flat =
      labelRefiner.stability(labelRefiner.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, 4, 9, job);
  for (std::size_t c = 0; c < 2; ++c) {
    ASSERT_TRUE(clear[c] && flat[c]);
    EXPECT_GT(*clear[c], *flat[c]);
    EXPECT_LE(*clear[c], 1);
    EXPECT_GT(*flat[c], 0.5);
  }
  EXPECT_FALSE(clear[2]);
}

TEST(LabelRefiner, ThingsThatDoNotBelongTogetherAreRefused) {
  const Scene scene;
  Job job;
  EXPECT_THROW(LabelRefiner({}, {}), Error);
  const auto labelRefiner = refiner({"random-walker"});
  Image small{.geometry = {.size = {10, 10, 1}}};
  small.values.assign(100, 0.5F);
  EXPECT_THROW(labelRefiner.refine(labelRefiner.embed(small, job), scene.prediction, scene.cleanedMasks, scene.prompts, job), Error);
  EXPECT_THROW(labelRefiner.refine({}, scene.prediction, scene.cleanedMasks, scene.prompts, job), Error);
}

/// Answers a box of whole pixels with the left half of the picture, any other with the upper half, and nothing without a mask prompt;
/// remembers what it was asked.
class HalvesGeneralist : public Generalist {
 public:
  std::string name() const override { return "halves"; }
  GeneralistTraits traits() const override { return {.takesMask = true, .learnt = true}; }
  std::string contentHash() const override { return "halves"; }
  std::shared_ptr<const Embedding> embed(const Image& image, Job&) const override {
    auto embedding = std::make_shared<Embedding>();
    embedding->imageSize = image.geometry.size;
    return embedding;
  }
  std::vector<GeneralistMask> segment(const Embedding&, std::span<const Prompt> prompts, SoftMasks soft, Job&) const override {
    std::vector<GeneralistMask> answers;
    for (const auto& prompt : prompts) {
      forms.push_back((prompt.box ? 1 : 0) + (prompt.mask ? 2 : 0) + (prompt.points.empty() ? 0 : 4));
      GeneralistMask answer{.mask = Mask({kWidth, kHeight, 1}), .score = forms.size() % 2 == 0 ? 0.9 : 0.5};
      answer.lowRes = {.width = 1, .height = 1, .values = {0.0F}};
      if (soft == SoftMasks::Yes)
        forPixels([&](auto x, auto y) {
          const bool tight = prompt.box && prompt.box->x0 == std::floor(prompt.box->x0);
          answer.probability.push_back(prompt.mask && (tight ? x < kWidth / 2 : y < kHeight / 2) ? 1.0F : 0.0F);
        });
      answers.push_back(std::move(answer));
    }
    return answers;
  }
  FeatureMap features(const Embedding&) const override { return {}; }
  LowResLogits maskPrompt(const Embedding&, std::span<const float>) const override { return {.width = 1, .height = 1, .values = {1.0F}}; }
  mutable std::vector<int> forms;
};

TEST(LabelRefiner, SeveralProposalsAreAveragedWithTheSpecialistsOwnMask) {
  const Scene scene;
  Job job;
  const auto refinedWith = [&](const std::shared_ptr<const HalvesGeneralist>& generalist, RefinerSettings settings) {
    const LabelRefiner labelRefiner({generalist}, settings);
    return labelRefiner.refine(labelRefiner.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, job);
  };
  const auto halves = std::make_shared<HalvesGeneralist>();
  const auto several = [](double share) {
    return RefinerSettings{.proposals = Proposals::Several, .specialistShare = share, .minimumAgreement = 0};
  };
  // Both answers are for the upper left quarter, one for two more.
  const auto alone = refinedWith(halves, several(0))[0];
  EXPECT_EQ(halves->forms, (std::vector<int>{3, 3, 3, 3})) << "box and mask, for both classes that are there";
  EXPECT_EQ(alone.answer.area(), (kWidth / 2) * (kHeight / 2));
  EXPECT_TRUE(alone.answer.contains(kWidth / 4, kHeight / 4));
  EXPECT_NEAR(alone.score.value(), 0.7, 1e-9) << "their mean";
  ASSERT_TRUE(alone.first && alone.first->box);
  EXPECT_FALSE(alone.second);
  // The specialist's own mask counts as much as it is said to, up to being all that counts.
  EXPECT_EQ(refinedWith(halves, several(1))[0].answer, scene.cleanedMasks[0]);
  const auto shared = refinedWith(halves, several(0.4))[0].answer;
  EXPECT_TRUE(shared.contains(30, 50)) << "in the disc and in one half: 0.4 + 0.3";
  EXPECT_FALSE(shared.contains(5, 70)) << "in one half and not in the disc: 0.3";
  EXPECT_TRUE(shared.contains(5, 5)) << "in both halves: 0.6";
  // A generalist that sees the whole picture is asked as in the paper, unless it is said otherwise.
  halves->forms.clear();
  refinedWith(halves, {});
  EXPECT_EQ(halves->forms, (std::vector<int>{1, 1, 6, 6}));
}

TEST(LabelRefiner, WhatSeesACropIsAskedSeverallyUnlessItIsSaidOtherwise) {
  const Scene scene;
  Job job;
  const auto refinedBy = [&](RefinerSettings settings) {
    const auto labelRefiner = refiner({"builtin-2d"}, settings);
    return labelRefiner.refine(labelRefiner.embed(scene.image, job), scene.prediction, scene.cleanedMasks, scene.prompts, job);
  };
  const auto several = refinedBy({}), calls = refinedBy({.proposals = Proposals::Calls});
  EXPECT_FALSE(several[0].second);
  EXPECT_TRUE(calls[0].second);
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_EQ(several[c].source, RefinedSource::Generalist);
    EXPECT_GT(diceOf(several[c].mask, scene.truth[c]).value(), diceOf(scene.cleanedMasks[c], scene.truth[c]).value());
  }
}

TEST(RefinerSettings, ComeFromTheirParameters) {
  const auto settings =
      refinerSettings(resolveParams(refinerParams(), {{"mask_prompt", "never"}, {"second_call", "always"}, {"minimum_agreement", 0.25}}));
  EXPECT_EQ(settings.specialistMask, SpecialistMask::Never);
  EXPECT_EQ(settings.secondCall, SecondCall::Always);
  EXPECT_EQ(settings.minimumAgreement, 0.25);
  EXPECT_EQ(settings.proposals, Proposals::Automatic);
  const auto several = refinerSettings(resolveParams(refinerParams(), {{"proposals", "several"}, {"specialist_share", 0.5}}));
  EXPECT_EQ(several.proposals, Proposals::Several);
  EXPECT_EQ(several.specialistShare, 0.5);
}

}  // namespace
}  // namespace roundel
