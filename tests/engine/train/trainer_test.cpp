#include "train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "engine/train/box_generalist.h"
#include "engine/train/discs.h"
#include "models/specialist.h"
#include "models/specialists/specialists.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

class TrainerTest : public testing::Test {
 protected:
  void SetUp() override {
    m_folder = fs::path(testing::TempDir()) / (std::string("roundel_trainer_") +
                                               testing::UnitTest::GetInstance()->current_test_info()->name() + std::to_string(::getpid()));
    fs::remove_all(m_folder);
  }
  void TearDown() override { fs::remove_all(m_folder); }

  static TrainPlan plan(std::int64_t steps, Json more = Json::object(), const std::string& specialist = "unet2d",
                        const std::string& strategy = "supervised") {
    Json values{{"steps", steps}, {"width", 8}, {"batch", 4}, {"precision", "float32"}};
    for (const auto& [key, value] : more.items()) values[key] = value;
    TrainPlan result = makeTrainPlan("quick", 1, values, specialist, strategy);
    result.device = "cpu";
    result.threads = 1;
    return result;
  }

  fs::path m_folder;
  Job m_job;
};

/// Counts the steps that a training reports.
class CountingJob : public Job {
 public:
  explicit CountingJob(int& steps) : m_steps(steps) {}
  void progress(std::int64_t, std::int64_t, const std::string&) override { ++m_steps; }

 private:
  int& m_steps;
};

std::vector<Image> imagesOf(const TrainingSet& set) {
  std::vector<Image> images;
  for (const auto& one : set.labelled) images.push_back({.geometry = {.size = set.gridOf(one)}, .values = one.image});
  return images;
}

double diceOf(const Prediction& prediction, int classIndex, const Mask& truth) {
  const auto bytes = truth.toBytes();
  const auto map = prediction.classMap(classIndex);
  double overlap = 0, sum = 0;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const bool in = map[i] > 0.5f;
    overlap += in && bytes[i] != 0;
    sum += in + (bytes[i] != 0);
  }
  return 2 * overlap / sum;
}

/// Small values for every parameter that a listed specialist may have.
Json small(const RegistryEntry<SpecialistBuilder>& specialist, bool volumes) {
  Json values = Json::object();
  if (volumes) values = {{"turns", false}, {"learning_rate", 4e-3}};
  const Json known{{"width", 8}, {"nnunet_width", 8}, {"nnunet_levels", 3}};
  for (const auto& spec : specialist.params)
    if (known.contains(spec.name)) values[spec.name] = known[spec.name];
  return values;
}

TEST_F(TrainerTest, EverySpecialistOverfitsFourPhantomsAndSurvivesSaveAndLoad) {
  for (const auto& entry : specialists().entries()) {
    SCOPED_TRACE(entry.name);
    const bool volumes = dimensionsOf(entry.name) == 3;
    const TrainingSet set = volumes ? test::balls(4) : test::discs(4);
    // nnU-Net's plan in 3-D learns the smallest ball last: 0.80 after 450 steps, 0.82 after 800. Why is not known.
    const bool slow = entry.name == "nnunet-like-3d";
    const std::int64_t steps = slow ? 450 : volumes ? 250 : 400;
    const TrainResult result =
        train(set, plan(steps, small(entry, volumes), entry.name), TrainStart::fromScratch(), m_folder / entry.name, m_job);
    const auto images = imagesOf(set);
    const Specialist specialist = Specialist::load(result.checkpoint, {.device = "cpu", .threads = 1});
    EXPECT_EQ(specialist.classes(), set.classes);
    EXPECT_EQ(specialist.pixelPipeline(), set.pixelPipeline);
    EXPECT_EQ(specialist.weightsSha256(), result.weightsSha256);
    const auto predictions = specialist.predict(images, m_job);
    ASSERT_EQ(predictions.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i)
      for (int c = 0; c < 2; ++c)
        EXPECT_GT(diceOf(predictions[i], c, set.labelled[i].classes[static_cast<std::size_t>(c)].mask), slow ? 0.7 : 0.9) << i << " " << c;
    const auto again = Specialist::load(result.checkpoint, {.device = "cpu", .threads = 1}).predict(images, m_job);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(predictions[i].probabilities, again[i].probabilities);
  }
}

TEST_F(TrainerTest, TakesTheResultOfTheSameTrainingDoneElsewhere) {
  const TrainingSet set = test::discs(3, 32);
  const auto first = train(set, plan(6), {}, m_folder / "a", m_job);
  int steps = 0;
  const auto counting = [&](const fs::path& folder, const TrainPlan& what) {
    steps = 0;
    CountingJob job(steps);
    return train(set, what, {.elsewhere = {m_folder / "none", m_folder / "a"}}, folder, job);
  };
  EXPECT_EQ(counting(m_folder / "b", plan(6)).weightsSha256, first.weightsSha256);
  EXPECT_EQ(steps, 0);
  EXPECT_TRUE(fs::exists(m_folder / "b" / "curve.json"));
  EXPECT_EQ(readFile(m_folder / "a" / "model.safetensors"), readFile(m_folder / "b" / "model.safetensors"));
  TrainPlan other = plan(6);
  other.seed = 2;
  EXPECT_NE(counting(m_folder / "c", other).weightsSha256, first.weightsSha256);
  EXPECT_EQ(steps, 6);
}

TEST_F(TrainerTest, SamePlanGivesSameBytesAndAnotherSeedOthers) {
  const TrainingSet set = test::discs(3, 32);
  const Json more{{"flip", 0.5}, {"intensity", 0.5}, {"blur", 1.0}, {"noise", 0.3}};
  const auto first = train(set, plan(6, more), {}, m_folder / "a", m_job);
  EXPECT_EQ(train(set, plan(6, more), {}, m_folder / "b", m_job).weightsSha256, first.weightsSha256);
  EXPECT_EQ(sha256Hex(readFile(m_folder / "a" / "model.safetensors")), sha256Hex(readFile(m_folder / "b" / "model.safetensors")));
  TrainPlan other = plan(6, more);
  other.seed = 2;
  EXPECT_NE(train(set, other, {}, m_folder / "c", m_job).weightsSha256, first.weightsSha256);
}

TEST_F(TrainerTest, SeveralThreadsGiveTheSameBytesTwice) {
  const TrainingSet set = test::discs(6, 64);
  for (const std::string precision : {"float32", "bfloat16"}) {
    TrainPlan two = plan(6, {{"precision", precision}, {"flip", 0.5}});
    two.threads = 2;
    const auto first = train(set, two, {}, m_folder / precision / "a", m_job);
    EXPECT_EQ(train(set, two, {}, m_folder / precision / "b", m_job).weightsSha256, first.weightsSha256) << precision;
  }
}

TEST_F(TrainerTest, MirrorsByItselfOnlyWhereClassesNameMirrors) {
  TrainingSet set = test::discs(3, 32);
  const auto weightsOf = [&](const std::string& name, const Json& more) {
    return train(set, plan(4, more), {}, m_folder / name, m_job).weightsSha256;
  };
  EXPECT_EQ(weightsOf("plain", Json::object()), weightsOf("never", {{"flip", 0.0}}));
  auto classes = set.classes.classes();
  classes[0].mirror = classes[1].name;
  classes[1].mirror = classes[0].name;
  set.classes = LabelSet(classes);
  EXPECT_EQ(weightsOf("named", Json::object()), weightsOf("half", {{"flip", 0.5}}));
  EXPECT_NE(weightsOf("half", {{"flip", 0.5}}), weightsOf("not", {{"flip", 0.0}}));
}

class StopAfter : public Job {
 public:
  explicit StopAfter(std::int64_t step) : m_step(step) {}
  void progress(std::int64_t done, std::int64_t, const std::string&) override { m_done = done; }
  bool stopRequested() const override { return m_done >= m_step; }

 private:
  std::int64_t m_step, m_done = 0;
};

TEST_F(TrainerTest, BudgetsFollowAllThatIsLearntFrom) {
  TrainingSet set = test::discs(20, 16);
  const TrainPlan quick = makeTrainPlan("quick", 1), paper = makeTrainPlan("paper", 1);
  EXPECT_EQ(plannedSteps(quick, set, StartKind::FromScratch), 800);
  EXPECT_EQ(plannedSteps(quick, set, StartKind::Continued), 267);
  EXPECT_EQ(plannedSteps(paper, set, StartKind::FromScratch), 1050);
  TrainingSet pseudo = set, unlabelled = set;
  for (int i = 0; i < 120; ++i) {
    pseudo.pseudoLabelled.push_back(set.labelled.front());
    unlabelled.unlabelled.push_back(set.labelled.front());
  }
  EXPECT_EQ(plannedSteps(quick, pseudo, StartKind::Continued), 635);
  EXPECT_EQ(plannedSteps(quick, unlabelled, StartKind::Continued), 635) << "Mean Teacher gets as many steps as those it is compared with";
}

TEST_F(TrainerTest, StopsAtTheNextStepAndGoesOn) {
  TrainingSet set = test::discs(5, 32);
  set.unlabelled.assign(set.labelled.begin() + 3, set.labelled.end());
  set.labelled.resize(3);
  TrainStart start;
  start.generalists = {std::make_shared<test::BoxGeneralist>()};
  for (const std::string strategy : {"supervised", "mean-teacher", "ua-mt", "dan", "dtc", "urpc", "semisam-plus"})
    for (const std::string specialist : {"unet2d", "unet2d-ssl"}) {
      // BatchNorm's statistics, a teacher's and a discriminator's weights are state, and dropout is a function of the step.
      const Json more{{"width", 4}, {"judge_width", 4}, {"teacher_form", "noise"}, {"uncertainty_passes", 2}, {"noise", 0.1}};
      const fs::path folder = m_folder / (strategy + " " + specialist);
      const auto whole = train(set, plan(8, more, specialist, strategy), start, folder / "whole", m_job);
      StopAfter stop(3);
      EXPECT_THROW(train(set, plan(8, more, specialist, strategy), start, folder / "cut", stop), Cancelled);
      EXPECT_FALSE(fs::exists(folder / "cut" / "model.safetensors"));
      EXPECT_EQ(train(set, plan(8, more, specialist, strategy), start, folder / "cut", m_job).weightsSha256, whole.weightsSha256)
          << strategy << " " << specialist;
      EXPECT_THROW(train(set, plan(9, more, specialist, strategy), start, folder / "cut", m_job), Error);
    }
}

TEST_F(TrainerTest, WhatAKillLeftBesideAFinishedTrainingGoes) {
  const TrainingSet set = test::discs(3, 32);
  const std::string state = "training-state.safetensors";
  StopAfter stop(2);
  EXPECT_THROW(train(set, plan(4), {}, m_folder / "cut", stop), Cancelled);
  fs::copy_file(m_folder / "cut" / state, m_folder / "state");
  const auto whole = train(set, plan(4), {}, m_folder / "cut", m_job);
  EXPECT_FALSE(fs::exists(m_folder / "cut" / state));
  // As a kill between the writing of the result and the removal of the state leaves the folder, and one in the middle of a write.
  fs::copy_file(m_folder / "state", m_folder / "cut" / state);
  writeFileAtomically(m_folder / "cut" / "curve.json.part-1", "{");
  EXPECT_EQ(train(set, plan(4), {}, m_folder / "cut", m_job).weightsSha256, whole.weightsSha256);
  EXPECT_FALSE(fs::exists(m_folder / "cut" / state));
  EXPECT_FALSE(fs::exists(m_folder / "cut" / "curve.json.part-1"));
  // The state of another training is not this one's to take away.
  EXPECT_THROW(train(set, plan(5), {}, m_folder / "other", stop), Cancelled);
  fs::copy_file(m_folder / "other" / state, m_folder / "cut" / state);
  EXPECT_EQ(train(set, plan(4), {}, m_folder / "cut", m_job).weightsSha256, whole.weightsSha256);
  EXPECT_TRUE(fs::exists(m_folder / "cut" / state));
}

TEST_F(TrainerTest, LabelsOfUnlabelledCasesDecideNothing) {
  TrainingSet set = test::discs(4, 32);
  set.unlabelled.assign(set.labelled.begin() + 2, set.labelled.end());
  set.labelled.resize(2);
  TrainingSet noise = set;
  for (auto& one : noise.unlabelled)
    for (auto& annotation : one.classes) annotation.mask = Mask({32, 32, 1}, {{.start = 7, .length = 400}});
  TrainStart start;
  start.generalists = {std::make_shared<test::BoxGeneralist>()};
  for (const std::string strategy : {"mean-teacher", "ua-mt", "dan", "dtc", "urpc", "semisam-plus"}) {
    const Json more{{"width", 4}, {"judge_width", 4}, {"uncertainty_passes", 2}};
    const auto a = train(set, plan(4, more, "unet2d", strategy), start, m_folder / strategy / "a", m_job);
    EXPECT_EQ(train(noise, plan(4, more, "unet2d", strategy), start, m_folder / strategy / "b", m_job).weightsSha256, a.weightsSha256)
        << strategy;
  }
}

TEST_F(TrainerTest, AHeadThatTheStartLacksBeginsAnew) {
  const TrainingSet set = test::discs(3, 32);
  const auto first = train(set, plan(6), {}, m_folder / "first", m_job);
  for (const std::string strategy : {"dtc", "urpc"}) {
    const auto more = train(set, plan(4, {}, "unet2d", strategy), {.continueFrom = first.checkpoint}, m_folder / strategy, m_job);
    const Specialist specialist = Specialist::load(more.checkpoint, {.device = "cpu"});
    EXPECT_EQ(specialist.predict(imagesOf(set), m_job).size(), 3u) << strategy;
  }
}

TEST_F(TrainerTest, RefusesOverlapWhereClassesAreToExcludeOneAnother) {
  TrainingSet set = test::discs(2, 32);
  set.labelled[0].classes[1].mask = set.labelled[0].classes[0].mask;
  try {
    train(set, plan(2, {{"outputs", "exclusive"}}), {}, m_folder / "bad", m_job);
    FAIL() << "was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "overlapping-classes");
  }
}

TEST_F(TrainerTest, ContinuesFromACheckpoint) {
  const TrainingSet set = test::discs(4, 32);
  const auto first = train(set, plan(40), {}, m_folder / "first", m_job);
  const auto more = train(set, plan(10), {.continueFrom = first.checkpoint}, m_folder / "more", m_job);
  const auto fresh = train(set, plan(10), {}, m_folder / "fresh", m_job);
  EXPECT_LT(more.trainingLoss, fresh.trainingLoss);
  EXPECT_THROW(train(set, plan(10, {{"width", 4}}), {.continueFrom = first.checkpoint}, m_folder / "other", m_job), Error);
}

TEST_F(TrainerTest, NotAnnotatedClassesAndIgnoredPixelsTeachNothing) {
  TrainingSet base = test::discs(2, 32);
  const Size size{32, 32, 1};
  for (auto& one : base.labelled) one.classes[1] = {ClassState::NotAnnotated, Mask(size)};
  base.labelled[0].ignore = Mask(size, {{.start = 100, .length = 300}});
  TrainingSet changed = base;
  // Other labels where nobody may look: inside the ignored region, and in the class that is not annotated.
  changed.labelled[0].classes[0].mask = unite(changed.labelled[0].classes[0].mask, Mask(size, {{.start = 100, .length = 300}}));
  changed.labelled[1].classes[1].mask = Mask(size, {{.start = 0, .length = 500}});
  const Json more{{"affine", 0.0}, {"positive_weights", "none"}};
  EXPECT_EQ(train(base, plan(4, more), {}, m_folder / "a", m_job).weightsSha256,
            train(changed, plan(4, more), {}, m_folder / "b", m_job).weightsSha256);
  changed.labelled[0].ignore = Mask(size);
  EXPECT_NE(train(base, plan(4, more), {}, m_folder / "a", m_job).weightsSha256,
            train(changed, plan(4, more), {}, m_folder / "c", m_job).weightsSha256);
}

TEST_F(TrainerTest, RefusesWhatCannotBeLearnt) {
  const auto code = [&](const TrainingSet& set) -> std::string {
    try {
      train(set, plan(2), {}, m_folder / "bad", m_job);
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  };
  TrainingSet set = test::discs(2, 32);
  TrainingSet none = set;
  none.labelled.clear();
  EXPECT_EQ(code(none), "no-labels");
  TrainingSet size = set;
  size.labelled[1].image.pop_back();
  EXPECT_EQ(code(size), "size-mismatch");
  TrainingSet nan = set;
  nan.labelled[1].image[5] = NAN;
  EXPECT_EQ(code(nan), "bad-image");
  TrainingSet odd = set;
  odd.width = 40;
  EXPECT_EQ(code(odd), "size-mismatch");
}

TEST_F(TrainerTest, TakesFlatPicturesAndSmallOnesAndValidates) {
  TrainingSet set = test::discs(3, 16);
  set.labelled[0].image.assign(256, 0.5f);
  set.validation = set.labelled;
  for (const std::string kind : {"unet2d", "nnunet-like"}) {
    const auto result =
        train(set, plan(4, {{"epoch", "best"}, {"patience", 1}, {"nnunet_width", 4}, {"nnunet_levels", 3}, {"validate_every", 1}}, kind),
              {}, m_folder / kind, m_job);
    EXPECT_TRUE(std::isfinite(result.trainingLoss));
    EXPECT_TRUE(result.validationDice.has_value());
    const Specialist specialist = Specialist::load(result.checkpoint, {.augmentation = TestTimeAugmentation::Yes, .device = "cpu"});
    const Image tiny{.geometry = {.size = {2, 3, 1}}, .values = std::vector<float>(6, 0.2f)};
    const auto predictions = specialist.predict(std::span(&tiny, 1), m_job);
    for (const float p : predictions.at(0).probabilities) ASSERT_TRUE(p >= 0 && p <= 1);
    EXPECT_EQ(resampledTo(predictions[0], tiny.geometry.size).probabilities.size(), 12u);
  }
}

}  // namespace
}  // namespace roundel
