#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "models/generalists/crop_generalist.h"
#include "support/temporary_folder.h"
#include "train/batch_makers.h"
#include "train/generalist_adaptation.h"
#include "train/generalist_training.h"

namespace roundel {
namespace {

constexpr int kSide = 32;

Json tinyPlan(int steps) {
  return {{"name", "tiny"},
          {"seed", 5},
          {"params",
           {{"side", kSide},
            {"levels", 2},
            {"steps", steps},
            {"batch", 4},
            {"per_scene", 2},
            {"warmup", 2},
            {"fall", 0.25},
            {"validate_every", 1000},
            {"validation_scenes", 1},
            {"checkpoint_seconds", 600}}},
          {"families", {{"bodies", 1}}}};
}

/// Asks to stop after some steps.
class StopAfter : public Job {
 public:
  explicit StopAfter(int polls) : m_left(polls) {}
  bool stopRequested() const override { return m_left-- <= 0; }

 private:
  mutable int m_left;
};

TEST(GeneralistPlan, RefusesWhatItDoesNotKnowAndFamiliesThatAreHeldOut) {
  const auto codeOf = [](Json plan) -> std::string {
    try {
      generalistPlanFromJson(plan);
    } catch (const Error& error) {
      return error.code();
    }
    return "accepted";
  };
  EXPECT_EQ(codeOf(tinyPlan(4)), "accepted");
  EXPECT_EQ(codeOf({{"params", {{"stepz", 3}}}}), "unknown-parameter");
  EXPECT_EQ(codeOf({{"params", {{"side", 90}}}}), "bad-parameter");
  EXPECT_EQ(codeOf({{"families", {{"cells", 1}}}}), "held-out-family");
  EXPECT_EQ(codeOf({{"families", {{"teeth", 0}}}}), "bad-parameter");
  EXPECT_EQ(codeOf({{"families", {{"tooth", 1}}}}), "unknown-family");
  EXPECT_EQ(codeOf({{"seed", "one"}}), "bad-document");
}

TEST(GeneralistPlan, SurvivesJsonAndItsIdentityLeavesOnlyTheLengthOpen) {
  const GeneralistPlan plan = generalistPlanFromJson(tinyPlan(40));
  EXPECT_EQ(toJson(generalistPlanFromJson(toJson(plan))), toJson(plan));
  EXPECT_EQ(identityHash(plan), identityHash(generalistPlanFromJson(tinyPlan(80))));
  Json other = tinyPlan(40);
  other["params"]["batch"] = 6;
  EXPECT_NE(identityHash(plan), identityHash(generalistPlanFromJson(other)));
}

TEST(GeneralistPlan, TheLearningRateRisesStaysAndFalls) {
  const GeneralistPlan plan = generalistPlanFromJson(tinyPlan(40));
  const double rate = plan.at<double>("learning_rate");
  EXPECT_EQ(fallBegins(plan), 30);
  EXPECT_DOUBLE_EQ(learningRate(plan, 0), rate / 2);
  EXPECT_DOUBLE_EQ(learningRate(plan, 5), rate);
  EXPECT_DOUBLE_EQ(learningRate(plan, 29), rate);
  EXPECT_LT(learningRate(plan, 39), 0.05 * rate);
}

TEST(PromptSamples, TheTrueBoxLiesAroundTheTruth) {
  for (std::uint64_t index = 0; index < 20; ++index) {
    const auto scene = makeScene("bones", 8, index);
    const auto sample = trueBoxSample(scene, 0, {.side = 96});
    ASSERT_TRUE(sample.prompt.box.has_value());
    double inside = 0, all = 0;
    for (int y = 0; y < 96; ++y)
      for (int x = 0; x < 96; ++x) {
        const auto value = static_cast<double>(sample.truth[static_cast<std::size_t>(y * 96 + x)]);
        const auto& box = *sample.prompt.box;
        all += value;
        if (x + 0.5 > box.x0 - 1.5 && x + 0.5 < box.x1 + 1.5 && y + 0.5 > box.y0 - 1.5 && y + 0.5 < box.y1 + 1.5) inside += value;
      }
    EXPECT_GT(all, 12);
    EXPECT_GT(inside / all, 0.98) << "scene " << index;
    EXPECT_LT(sample.outside, 0.03 * all) << "scene " << index;
  }
}

TEST(PromptSamples, EveryKindOfPromptIsDrawnAndEachSaysSomething) {
  int boxes = 0, clicksAlone = 0, masks = 0;
  for (std::uint64_t index = 0; index < 200; ++index) {
    const auto scene = makeScene("bodies", 9, index);
    Random random(1, "test", index);
    const auto sample = drawSample(scene, 0, {.side = 48}, random);
    ASSERT_EQ(sample.grey.size(), 48U * 48U);
    ASSERT_EQ(sample.truth.size(), 48U * 48U);
    boxes += sample.prompt.box.has_value();
    masks += !sample.prompt.mask.empty();
    clicksAlone += !sample.prompt.box && sample.prompt.mask.empty();
    if (!sample.prompt.box && sample.prompt.mask.empty()) {
      const bool positive =
          std::any_of(sample.prompt.points.begin(), sample.prompt.points.end(), [](const auto& point) { return point.positive; });
      EXPECT_TRUE(positive) << "sample " << index;
    }
    for (const auto& point : sample.prompt.points) {
      const float there = sample.truth[static_cast<std::size_t>(static_cast<int>(point.y) * 48 + static_cast<int>(point.x))];
      EXPECT_EQ(there > 0.5F, point.positive) << "sample " << index;
    }
  }
  EXPECT_GT(boxes, 90);
  EXPECT_GT(clicksAlone, 20);
  EXPECT_GT(masks, 15);
}

TEST(NextClick, LiesInWhatIsMissingOrTooMuchAndSaysWhich) {
  // Truth: columns 0 .. 15; said: columns 8 .. 19.
  std::vector<float> truth, logits;
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x) truth.push_back(x < 16 ? 1.0F : 0.0F), logits.push_back(x >= 8 && x < 20 ? 3.0F : -3.0F);
  int positive = 0;
  for (std::uint64_t k = 0; k < 60; ++k) {
    Random random(2, "click", k);
    const auto click = nextClick(logits, truth, 32, random);
    ASSERT_TRUE(click.has_value());
    if (click->positive) EXPECT_LT(click->x, 8);
    else EXPECT_TRUE(click->x > 16 && click->x < 20) << click->x;
    positive += click->positive;
  }
  EXPECT_TRUE(positive > 25 && positive < 55) << "two thirds of the error are missing: " << positive;
  Random random(2, "click");
  EXPECT_FALSE(nextClick(std::vector<float>(1024, -1.0F), std::vector<float>(1024, 0.0F), 32, random).has_value());
}

TEST(BatchMakers, GiveEachStepItsOwnAndPassFailuresOn) {
  BatchMakers<std::int64_t> makers(3, 40, 3, [](std::int64_t step) { return step * step; });
  for (std::int64_t step = 3; step < 40; ++step) EXPECT_EQ(makers.take(step), step * step);
  BatchMakers<int> broken(0, 10, 2, [](std::int64_t step) -> int {
    if (step == 2) throw Error(ErrorKind::Defect, "broken", "It broke.");
    return 1;
  });
  EXPECT_THROW(
      {
        for (std::int64_t step = 0; step < 10; ++step) broken.take(step);
      },
      Error);
}

TEST(GeneralistTraining, StoppedAndGoneOnWithEndsWithTheSameBytesWhateverThreadsMadeTheScenes) {
  const test::TemporaryFolder folder;
  Job job;
  const GeneralistPlan plan = generalistPlanFromJson(tinyPlan(10));
  const auto whole = trainGeneralist(plan, folder.path() / "whole", "cpu", 1, 1, job);
  StopAfter stop(6);
  EXPECT_THROW(trainGeneralist(plan, folder.path() / "broken", "cpu", 1, 2, stop), Cancelled);
  writeFileAtomically(folder.path() / "broken" / "training-state.safetensors.part-1", "half");  // as a kill leaves it
  const auto resumed = trainGeneralist(plan, folder.path() / "broken", "cpu", 1, 3, job);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "broken" / "training-state.safetensors.part-1"));
  EXPECT_EQ(readFile(whole.weights), readFile(resumed.weights));
  EXPECT_EQ(resumed.steps, 10);
  EXPECT_EQ(resumed.iou.size(), sceneFamilies().size());
}

TEST(GeneralistTraining, MayBeMadeLongerBeforeTheFallAndNotAfterNorWithAnotherPlan) {
  const test::TemporaryFolder folder;
  Job job;
  const auto longer = trainGeneralist(generalistPlanFromJson(tinyPlan(16)), folder.path() / "whole", "cpu", 1, 1, job);
  StopAfter stop(5);
  EXPECT_THROW(trainGeneralist(generalistPlanFromJson(tinyPlan(8)), folder.path() / "grown", "cpu", 1, 1, stop), Cancelled);
  const auto grown = trainGeneralist(generalistPlanFromJson(tinyPlan(16)), folder.path() / "grown", "cpu", 1, 1, job);
  EXPECT_EQ(readFile(longer.weights), readFile(grown.weights));
  EXPECT_THROW(trainGeneralist(generalistPlanFromJson(tinyPlan(20)), folder.path() / "grown", "cpu", 1, 1, job), Error) << "it has fallen";
  Json other = tinyPlan(16);
  other["seed"] = 6;
  EXPECT_THROW(trainGeneralist(generalistPlanFromJson(other), folder.path() / "grown", "cpu", 1, 1, job), Error);
}

TEST(GeneralistTraining, LearnsToSegmentBodiesBetterThanChance) {
  const test::TemporaryFolder folder;
  Job job;
  Json plan = tinyPlan(60);
  plan["params"]["batch"] = 8;
  plan["params"]["learning_rate"] = 0.004;
  plan["params"]["average"] = 0.9;
  plan["params"]["validation_scenes"] = 8;
  plan["params"]["second_round"] = 0;
  const auto trained = trainGeneralist(generalistPlanFromJson(plan), folder.path() / "model", "cpu", 0, 2, job);
  EXPECT_GT(trained.iou.at("bodies"), 0.5);
}

/// Pictures of another kind than the families: discs with a bright rim, of which the dark inside is what is meant.
std::vector<PromptableScene> rimmedDiscs(std::uint64_t seed, int count) {
  std::vector<PromptableScene> scenes;
  for (int index = 0; index < count; ++index) {
    Random random(seed, "rimmed-disc", static_cast<std::uint64_t>(index));
    const Size size{96, 96, 1};
    Image image{.geometry = {.size = size}, .values = std::vector<float>(static_cast<std::size_t>(size.count()))};
    const double cx = random.uniform(36, 60), cy = random.uniform(36, 60), radius = random.uniform(12, 20), rim = random.uniform(4, 8);
    std::vector<std::uint8_t> inside(image.values.size());
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x) {
        const double r = std::hypot(static_cast<double>(x) - cx, static_cast<double>(y) - cy);
        const auto i = static_cast<std::size_t>(y * size.x + x);
        image.values[i] = static_cast<float>((r < radius ? 0.3 : r < radius + rim ? 0.9 : 0.5) + 0.05 * random.normal());
        inside[i] = r < radius;
      }
    scenes.push_back(studyScene(std::move(image), std::vector<Mask>{Mask::fromBytes(size, inside), Mask(size)}));
  }
  return scenes;
}

/// Mean IoU from boxes as wrong as a weak specialist's.
double iouOf(const std::filesystem::path& weights, const std::vector<PromptableScene>& scenes) {
  Job job;
  const ShippedModel model{.name = "tiny", .weights = weights, .title = {}, .goodFor = {}, .licence = {}, .sha256 = {}};
  const CropGeneralist generalist(model, resolveParams(CropGeneralist::params(), {}), "cpu", 1);
  double sum = 0;
  for (const auto& scene : scenes) {
    const Mask& truth = scene.structures.front();
    const PixelBox box = truth.bounds();
    const double grow = 0.15 * static_cast<double>(box.x1 - box.x0);
    const Prompt prompt{.box = PromptBox{static_cast<double>(box.x0) - grow, static_cast<double>(box.y0) - grow,
                                         static_cast<double>(box.x1) + grow, static_cast<double>(box.y1) + grow}};
    const auto answer = generalist.segment(*generalist.embed(scene.image, job), std::vector<Prompt>{prompt}, SoftMasks::No, job).front();
    const auto both = overlapArea(answer.mask, truth);
    sum += static_cast<double>(both) / static_cast<double>(answer.mask.area() + truth.area() - both);
  }
  return sum / static_cast<double>(scenes.size());
}

TEST(Adaptation, CrossFittingHidesEachPictureFromOneFoldAndNoneFromTheWhole) {
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_FALSE(heldOut(i, 3, kWholeStudy));
    int hidden = 0;
    for (int fold = 0; fold < 3; ++fold) hidden += heldOut(i, 3, fold);
    EXPECT_EQ(hidden, 1);
  }
  EXPECT_TRUE(heldOut(4, 3, 1));
}

TEST(Adaptation, LearnsAStudysStructuresFromAFewPicturesAndSaysWhatItBeganWith) {
  const test::TemporaryFolder folder;
  Job job;
  Json plan = tinyPlan(40);
  plan["params"]["batch"] = 8;
  plan["params"]["learning_rate"] = 0.004;
  plan["params"]["average"] = 0.9;
  const auto base = trainGeneralist(generalistPlanFromJson(plan), folder.path() / "base", "cpu", 0, 2, job);
  GeneralistLesson lesson{.scenes = rimmedDiscs(1, 3), .start = base.weights};
  EXPECT_EQ(lesson.scenes.front().structures.size(), 1U) << "a class without pixels is nothing to ask for";
  const GeneralistPlan own = adaptationPlan(base.weights, {.steps = 60, .learningRate = 0.004, .seed = 3});
  EXPECT_EQ(own.at<int>("side"), kSide) << "the form is the weights' own";
  const auto adapted = trainGeneralist(own, folder.path() / "adapted", "cpu", 0, 1, job, lesson);
  const auto others = rimmedDiscs(2, 12);
  const double before = iouOf(base.weights, others), after = iouOf(adapted.weights, others);
  EXPECT_GT(after, before + 0.05) << before;
  EXPECT_EQ(adapted.environment["began_with"], sha256OfFile(base.weights));
  EXPECT_EQ(adapted.environment["learnt_from_labelled_pictures"], 3);
  // Another lesson in the same folder is another training.
  lesson.scenes = rimmedDiscs(5, 3);
  EXPECT_THROW(trainGeneralist(own, folder.path() / "adapted", "cpu", 0, 1, job, lesson), Error);
}

}  // namespace
}  // namespace roundel
