#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "models/generalists/cube_generalist.h"
#include "support/temporary_folder.h"
#include "train/generalist_adaptation.h"
#include "train/generalist_training.h"

namespace roundel {
namespace {

Json tinyVolumePlan(int steps) {
  return {{"name", "tiny-3d"},
          {"seed", 5},
          {"params",
           {{"dimensions", 3},
            {"side", 16},
            {"width", 12},
            {"levels", 2},
            {"steps", steps},
            {"batch", 2},
            {"per_scene", 2},
            {"warmup", 2},
            {"fall", 0.25},
            {"second_round", 1},
            {"validate_every", 1000},
            {"validation_scenes", 1},
            {"checkpoint_seconds", 600}}},
          {"families", {{"lesions", 1}}}};
}

class StopSoon : public Job {
 public:
  bool stopRequested() const override { return m_left-- <= 0; }

 private:
  mutable int m_left = 3;
};

TEST(VolumeGeneralistPlan, KeepsFamiliesOfPicturesAndVolumesApart) {
  const auto codeOf = [](const Json& families) -> std::string {
    Json plan = tinyVolumePlan(4);
    plan["families"] = families;
    try {
      generalistPlanFromJson(plan);
    } catch (const Error& error) {
      return error.code();
    }
    return "accepted";
  };
  EXPECT_EQ(codeOf({{"lesions", 1}, {"curved", 2}}), "accepted");
  EXPECT_EQ(codeOf({{"teeth", 1}}), "bad-parameter");
  EXPECT_EQ(codeOf({{"volume-cells", 1}}), "held-out-family");
  EXPECT_EQ(generalistPlanFromJson({{"params", {{"dimensions", 3}, {"width", 12}, {"side", 40}}}}).families.size(),
            sceneFamilies(3).size() - 1);
}

TEST(VolumePromptSamples, TheTrueBoxLiesAroundTheTruth) {
  for (std::uint64_t index = 0; index < 6; ++index) {
    const auto scene = makeScene("lesions", 8, index);
    const auto sample = trueBoxSample(scene, 0, {.side = 24});
    ASSERT_TRUE(sample.prompt.box.has_value());
    const PromptBox& box = *sample.prompt.box;
    ASSERT_EQ(sample.truth.size(), 24U * 24U * 24U);
    double inside = 0, all = 0;
    for (std::size_t i = 0; i < sample.truth.size(); ++i) {
      const auto value = static_cast<double>(sample.truth[i]);
      const double x = static_cast<double>(i % 24) + 0.5, y = static_cast<double>(i / 24 % 24) + 0.5,
                   z = static_cast<double>(i / 576) + 0.5;
      all += value;
      const auto within = [](double at, double low, double high) { return at > low - 1.5 && at < high + 1.5; };
      if (within(x, box.x0, box.x1) && within(y, box.y0, box.y1) && within(z, box.z0, box.z1)) inside += value;
    }
    EXPECT_GT(all, 12);
    EXPECT_GT(inside / all, 0.98) << "scene " << index;
  }
}

TEST(VolumePromptSamples, EveryKindOfPromptIsDrawnAndClicksLieWhereTheySay) {
  int boxes = 0, clicksAlone = 0, masks = 0;
  const auto scene = makeScene("volume-organs", 9, 3);
  for (std::uint64_t index = 0; index < 120; ++index) {
    Random random(1, "test", index);
    const auto sample = drawSample(scene, index % scene.structures.size(), {.side = 16}, random);
    ASSERT_EQ(sample.grey.size(), 4096U);
    boxes += sample.prompt.box.has_value();
    masks += !sample.prompt.mask.empty();
    clicksAlone += !sample.prompt.box && sample.prompt.mask.empty();
    for (const auto& point : sample.prompt.points) {
      const auto place =
          static_cast<std::size_t>((static_cast<int>(point.z) * 16 + static_cast<int>(point.y)) * 16 + static_cast<int>(point.x));
      EXPECT_EQ(sample.truth[place] > 0.5F, point.positive) << "sample " << index;
    }
    // The box goes through the same mirrors and turns as the truth.
    if (sample.prompt.box && sample.prompt.mask.empty()) {
      double middle[3]{}, all = 0;
      for (std::size_t i = 0; i < 4096; ++i) {
        const auto value = static_cast<double>(sample.truth[i]);
        all += value, middle[0] += value * static_cast<double>(i % 16), middle[1] += value * static_cast<double>(i / 16 % 16),
            middle[2] += value * static_cast<double>(i / 256);
      }
      if (all < 20) continue;
      const PromptBox& box = *sample.prompt.box;
      const double low[3]{box.x0, box.y0, box.z0}, high[3]{box.x1, box.y1, box.z1};
      for (std::size_t a = 0; a < 3; ++a) {
        const double at = middle[a] / all + 0.5;
        EXPECT_TRUE(at > low[a] && at < high[a])
            << "sample " << index << " axis " << a << ": " << at << " in " << low[a] << " .. " << high[a];
      }
    }
  }
  EXPECT_GT(boxes, 50);
  EXPECT_GT(clicksAlone, 10);
  EXPECT_GT(masks, 8);
}

TEST(NextClick, LiesInAVolumeWhereItIsMissing) {
  std::vector<float> truth, logits;
  for (std::size_t i = 0; i < 512; ++i) {
    truth.push_back(i / 64 < 4 ? 1.0F : 0.0F);                 // slices 0 .. 3
    logits.push_back(i / 64 < 2 && i % 8 < 8 ? 3.0F : -3.0F);  // said: slices 0 and 1
  }
  for (std::uint64_t k = 0; k < 20; ++k) {
    Random random(2, "click", k);
    const auto click = nextClick(logits, truth, 8, random);
    ASSERT_TRUE(click.has_value());
    EXPECT_TRUE(click->positive);
    EXPECT_TRUE(click->z > 2 && click->z < 4) << click->z;
  }
}

TEST(VolumeGeneralistTraining, GoesOnToTheSameBytesAndAnswersPrompts) {
  const test::TemporaryFolder folder;
  Job job;
  const GeneralistPlan plan = generalistPlanFromJson(tinyVolumePlan(5));
  const auto whole = trainGeneralist(plan, folder.path() / "whole", "cpu", 1, 1, job);
  StopSoon stop;
  EXPECT_THROW(trainGeneralist(plan, folder.path() / "broken", "cpu", 1, 1, stop), Cancelled);
  const auto resumed = trainGeneralist(plan, folder.path() / "broken", "cpu", 1, 2, job);
  EXPECT_EQ(readFile(whole.weights), readFile(resumed.weights));
  EXPECT_EQ(resumed.iou.size(), sceneFamilies(3).size());

  const ShippedModel model{
      .name = "tiny-3d", .weights = whole.weights, .title = {}, .goodFor = {}, .licence = {}, .sha256 = {}, .dimensions = 3};
  const CubeGeneralist generalist(model, resolveParams(CubeGeneralist::params(), {}), "cpu", 1);
  Image image{.geometry = {.size = {40, 36, 20}}};
  image.geometry.spacingMm = {1, 1, 2.5};
  for (std::int64_t i = 0; i < image.geometry.size.count(); ++i) image.values.push_back(static_cast<float>(i % 97) / 97.0F);
  const auto embedding = generalist.embed(image, job);
  const std::vector<Prompt> prompts{{.box = PromptBox{.x0 = 8, .y0 = 9, .x1 = 22, .y1 = 25, .z0 = 4, .z1 = 11}},
                                    {.points = {{20, 18, 10, true}}}};
  const auto answers = generalist.segment(*embedding, prompts, SoftMasks::Yes, job);
  ASSERT_EQ(answers.size(), 2U);
  for (const auto& answer : answers) {
    EXPECT_EQ(answer.mask.size(), image.geometry.size);
    ASSERT_EQ(answer.probability.size(), image.values.size());
    const auto bytes = answer.mask.toBytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(bytes[i] != 0, answer.probability[i] > 0.5F) << i;
    EXPECT_TRUE(answer.score >= 0 && answer.score <= 1) << answer.score;
    EXPECT_EQ(answer.lowRes.depth, 20);
  }
  EXPECT_TRUE(answers[1].mask.contains(20, 18, 10)) << "what was clicked on is in";
  Prompt again = prompts[0];
  again.mask = answers[0].lowRes;
  again.box.reset();
  again.points = {{15, 17, 7, true}};
  EXPECT_EQ(generalist.segment(*embedding, std::vector{again}, SoftMasks::No, job).size(), 1U);
  // Volumes keep the values of their modality: what counts is what is seen.
  Image hounsfield = image;
  for (auto& value : hounsfield.values) value = 2048 * value - 1024;
  const auto same = generalist.segment(*generalist.embed(hounsfield, job), prompts, SoftMasks::Yes, job);
  for (std::size_t k = 0; k < same.size(); ++k)
    for (std::size_t i = 0; i < image.values.size(); ++i) ASSERT_NEAR(same[k].probability[i], answers[k].probability[i], 0.02) << k;
  // A question is answered alike alone and in company.
  const auto alone = generalist.segment(*embedding, std::vector{prompts[1]}, SoftMasks::No, job);
  EXPECT_EQ(alone.front().mask, answers[1].mask);
  const FeatureMap features = generalist.features(*embedding);
  EXPECT_EQ(features.values.size(), static_cast<std::size_t>(features.channels * features.size.count()));
  EXPECT_THROW(generalist.segment(*embedding, std::vector<Prompt>{{.box = PromptBox{.x0 = 1, .y0 = 1, .x1 = 4, .y1 = 4, .z0 = 3, .z1 = 3}}},
                                  SoftMasks::No, job),
               Error);
  Image flat{.geometry = {.size = {8, 8, 1}}, .values = std::vector<float>(64)};
  EXPECT_THROW(generalist.embed(flat, job), Error);
}

/// What comes with Roundel.
CubeGeneralist shippedCubes(const Json& params) {
  for (const auto& model : shippedModels())
    if (model.name == "builtin-3d") return CubeGeneralist(model, resolveParams(CubeGeneralist::params(), params), "cpu", 1);
  throw std::runtime_error("builtin-3d is not among what ships");
}

PromptBox boxAround(const Mask& truth) {
  const PixelBox box = truth.bounds();
  const auto number = [](std::int64_t at) { return static_cast<double>(at); };
  return {
      .x0 = number(box.x0), .y0 = number(box.y0), .x1 = number(box.x1), .y1 = number(box.y1), .z0 = number(box.z0), .z1 = number(box.z1)};
}

TEST(ShippedCubes, FindBodiesOfAFamilyThatTheyNeverSaw) {
  Job job;
  const auto generalist = shippedCubes({{"views", 1}});
  double sum = 0, count = 0;
  for (std::uint64_t index = 0; index < 3; ++index) {
    const PromptableScene scene = makeScene("volume-cells", 77, index);
    const auto embedding = generalist.embed(scene.image, job);
    for (std::size_t k = 0; k < std::min<std::size_t>(3, scene.structures.size()); ++k) {
      const Mask& truth = scene.structures[k];
      const auto answer = generalist.segment(*embedding, std::vector<Prompt>{{.box = boxAround(truth)}}, SoftMasks::No, job).front();
      const auto both = static_cast<double>(overlapArea(answer.mask, truth));
      sum += both / (static_cast<double>(answer.mask.area() + truth.area()) - both);
      ++count;
    }
  }
  EXPECT_GT(sum / count, 0.65);
}

TEST(ShippedCubes, TwoViewsAnswerAVolumeAndItsMirrorImageAlike) {
  Job job;
  const PromptableScene scene = makeScene("volume-cells", 78, 0);
  const Size size = scene.image.geometry.size;
  Image other = scene.image;
  for (std::int64_t row = 0; row < size.y * size.z; ++row)
    std::reverse(other.values.begin() + row * size.x, other.values.begin() + (row + 1) * size.x);
  PromptBox box = boxAround(scene.structures.front()), turned = box;
  turned.x0 = static_cast<double>(size.x) - box.x1, turned.x1 = static_cast<double>(size.x) - box.x0;
  const auto unlike = [&](const CubeGeneralist& generalist) {
    const auto soft = [&](const Image& image, const PromptBox& asked) {
      return generalist.segment(*generalist.embed(image, job), std::vector<Prompt>{{.box = asked}}, SoftMasks::Yes, job)
          .front()
          .probability;
    };
    const auto one = soft(scene.image, box), mirror = soft(other, turned);
    float most = 0;
    for (std::int64_t i = 0; i < size.count(); ++i) {
      const std::int64_t row = i / size.x, x = i % size.x;
      most = std::max(most, std::abs(one[static_cast<std::size_t>(i)] - mirror[static_cast<std::size_t>(row * size.x + size.x - 1 - x)]));
    }
    return most;
  };
  EXPECT_LT(unlike(shippedCubes({{"precision", "float32"}, {"views", 2}})), 0.02F);
  EXPECT_GT(unlike(shippedCubes({{"precision", "float32"}, {"views", 1}})), 0.02F) << "or the test would say nothing";
}

TEST(VolumeGeneralistTraining, IsAdaptedToLabelledVolumesWithItsOwnForm) {
  const test::TemporaryFolder folder;
  Job job;
  const auto base = trainGeneralist(generalistPlanFromJson(tinyVolumePlan(2)), folder.path() / "base", "cpu", 1, 1, job);
  PromptableScene labelled = makeScene("curved", 4, 1);
  labelled.structures.push_back(Mask(labelled.image.geometry.size, {{0, kSmallestVolumeStructure - 1}}));
  const PromptableScene scene = studyScene(labelled.image, labelled.structures);
  EXPECT_EQ(scene.structures.size() + 1, labelled.structures.size()) << "what is too small is not asked for";
  const GeneralistPlan plan = adaptationPlan(base.weights, {.steps = 2});
  EXPECT_EQ(plan.at<int>("dimensions"), 3);
  for (const auto& model : shippedModels())
    EXPECT_LE(adaptationPlan(model.weights, {}).at<int>("batch"), model.dimensions == 3 ? 8 : 16) << "it was trained on a GPU, not so a lab's";
  const auto adapted = trainGeneralist(plan, folder.path() / "adapted", "cpu", 1, 1, job, {.scenes = {scene}, .start = base.weights});
  EXPECT_NE(readFile(adapted.weights), readFile(base.weights));
  EXPECT_EQ(adapted.environment["learnt_from_labelled_pictures"], 1);
}

TEST(VolumeGeneralistTraining, LearnsToSegmentLesionsBetterThanTheirBox) {
  const test::TemporaryFolder folder;
  Job job;
  Json plan = tinyVolumePlan(45);
  plan["params"]["batch"] = 6;
  plan["params"]["per_scene"] = 3;
  plan["params"]["learning_rate"] = 0.004;
  plan["params"]["average"] = 0.9;
  plan["params"]["validation_scenes"] = 4;
  plan["params"]["second_round"] = 0;
  const auto trained = trainGeneralist(generalistPlanFromJson(plan), folder.path() / "model", "cpu", 0, 2, job);
  EXPECT_GT(trained.iou.at("lesions"), 0.45);
}

}  // namespace
}  // namespace roundel
