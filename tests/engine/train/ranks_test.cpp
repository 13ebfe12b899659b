// Several ranks learn what one process learns. Every training runs in processes of its own: this one never touches LibTorch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "core/error.h"
#include "core/files.h"
#include "engine/fabric/forked.h"
#include "engine/train/box_generalist.h"
#include "engine/train/discs.h"
#include "fabric/star.h"
#include "support/temporary_folder.h"
#include "train/trainer.h"
#include "weights/checkpoint.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;
using test::Forked;

constexpr int kLost = 5, kCancelled = 7;

/// The second class where the first is not.
void keepApart(TrainingCase& one) {
  auto second = one.classes[1].mask.toBytes();
  const auto first = one.classes[0].mask.toBytes();
  for (std::size_t i = 0; i < second.size(); ++i) second[i] = second[i] != 0 && first[i] == 0 ? 1 : 0;
  one.classes[1].mask = Mask::fromBytes(one.classes[1].mask.size(), second);
}

/// Three labelled pictures or volumes, two without labels, one to validate.
TrainingSet studyOf(bool volumes, bool exclusive) {
  TrainingSet set = volumes ? test::balls(6) : test::discs(6, 32);
  for (auto& one : set.labelled)
    if (exclusive) keepApart(one);
  set.validation.push_back(set.labelled.back());
  set.labelled.pop_back();
  for (int i = 0; i < 2; ++i) {
    set.unlabelled.push_back(set.labelled.back());
    set.unlabelled.back().classes.clear();
    set.labelled.pop_back();
  }
  set.labelled[1].classes[0] = {};  // nobody looked for it: every rank must know how many cases know a class
  return set;
}

struct Lesson {
  std::string strategy = "supervised", specialist = "unet2d";
  Json values = Json::object();
  bool beliefs = false;  ///< of an earlier round, about the unlabelled cases (SemiSAM-O1)
};

TrainPlan planOf(const Lesson& lesson, int ranks) {
  Json values{{"steps", 6},
              {"width", 4},
              {"judge_width", 4},
              {"batch", 6},
              {"uncertainty_passes", 2},
              {"precision", "float32"},
              {"noise", 0.2},
              {"intensity", 0.5},
              {"average", 0.9},
              {"validate_every", 3},
              {"clip", 0.5},
              {"learning_rate", 1e-3},
              {"consistency_ramp", 0.1}};
  values.update(lesson.values);
  if (ranks > 1) values["ranks"] = ranks;
  TrainPlan plan = makeTrainPlan("quick", 3, values, lesson.specialist, lesson.strategy);
  plan.device = "cpu";
  plan.threads = 1;
  return plan;
}

/// Does something to its own rank after a step.
class DisturbedJob : public Job {
 public:
  explicit DisturbedJob(std::function<void(std::int64_t)> afterStep = {}) : m_afterStep(std::move(afterStep)) {}
  void progress(std::int64_t done, std::int64_t, const std::string&) override {
    if (m_afterStep) m_afterStep(done);
  }
  bool stopRequested() const override { return stop; }
  bool stop = false;

 private:
  std::function<void(std::int64_t)> m_afterStep;
};

int trained(const Lesson& lesson, int ranks, std::shared_ptr<Fabric> fabric, const fs::path& folder, Job& job) {
  try {
    TrainingSet set = studyOf(lesson.specialist.ends_with("3d") || lesson.specialist == "vnet", lesson.values.contains("outputs"));
    for (auto& one : set.unlabelled)
      for (std::size_t i = 0; lesson.beliefs && i < 2 * one.image.size(); ++i)
        one.beliefs.push_back(static_cast<std::uint8_t>(37 * i % 256));
    TrainStart start{.fabric = std::move(fabric)};
    if (lesson.strategy == "semisam-plus") start.generalists = {std::make_shared<test::BoxGeneralist>()};
    train(set, planOf(lesson, ranks), start, folder, job);
    return 0;
  } catch (const Cancelled&) {
    return kCancelled;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s: %s\n", error.code().c_str(), error.what());
    if (error.code() == "rank-lost") writeFileAtomically(folder / "lost", error.what());
    return error.code() == "rank-lost" ? kLost : 1;
  }
}

using JobOf = std::function<std::unique_ptr<Job>(int rank)>;

/// Exit codes of the ranks of a training; of one process where `ranks` is 1.
std::vector<int> train(const Lesson& lesson, int ranks, const fs::path& folder, const JobOf& jobOf = {}) {
  std::vector<Wire> mine, theirs;
  for (int rank = 1; rank < ranks; ++rank) {
    auto [a, b] = wirePair();
    mine.push_back(std::move(a)), theirs.push_back(std::move(b));
  }
  std::vector<std::unique_ptr<Forked>> children;
  for (int rank = 0; rank < ranks; ++rank)
    children.push_back(std::make_unique<Forked>([&] {
      std::shared_ptr<Fabric> fabric;
      if (rank == 0) {
        theirs.clear();
        std::vector<Leaf> leaves;
        for (Wire& wire : mine) leaves.push_back({.wire = std::move(wire)});
        fabric = starCentre(std::move(leaves));
      } else {
        Wire own = std::move(theirs[static_cast<std::size_t>(rank - 1)]);
        mine.clear(), theirs.clear();
        fabric = starLeaf(std::move(own), rank, ranks);
      }
      const auto job = jobOf ? jobOf(rank) : std::make_unique<Job>();
      return trained(lesson, ranks, fabric, folder, *job);
    }));
  mine.clear(), theirs.clear();
  std::vector<int> codes;
  for (const auto& child : children) codes.push_back(child->code());
  return codes;
}

std::vector<double> lossesIn(const fs::path& folder) { return readJson(folder / "curve.json").at("loss").get<std::vector<double>>(); }

std::string weightsIn(const fs::path& folder) {
  return readCheckpointHeader(SafetensorsFile::open(folder / "model.safetensors")).weightsSha256();
}

/// The largest difference of two trainings' weights, and the norm of the difference relative to that of the weights.
std::pair<double, double> weightsApart(const fs::path& a, const fs::path& b) {
  const SafetensorsFile one = SafetensorsFile::open(a / "model.safetensors"), other = SafetensorsFile::open(b / "model.safetensors");
  double largest = 0, apart = 0, all = 0;
  for (const auto& [name, tensor] : one.tensors()) {
    if (tensor.dtype != "F32") continue;
    const auto x = one.floats(name), y = other.floats(name);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double difference = std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i]));
      largest = std::max(largest, difference);
      apart += difference * difference, all += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
  }
  return {largest, std::sqrt(apart / all)};
}

/// docs/DISTRIBUTED.md states these.
constexpr double kLossTolerance = 1e-4, kWeightTolerance = 1e-4;

void expectLikeOneProcess(const Lesson& lesson, int ranks) {
  SCOPED_TRACE(lesson.strategy + " of " + lesson.specialist + " on " + std::to_string(ranks) + " ranks");
  const test::TemporaryFolder folder;
  ASSERT_THAT(train(lesson, 1, folder / "one"), testing::Each(0));
  ASSERT_THAT(train(lesson, ranks, folder / "several"), testing::Each(0));
  const auto one = lossesIn(folder / "one"), several = lossesIn(folder / "several");
  ASSERT_EQ(one.size(), several.size());
  double most = 0;
  for (std::size_t i = 0; i < one.size(); ++i) most = std::max(most, std::abs(one[i] - several[i]) / std::abs(one[i]));
  const auto [largest, relative] = weightsApart(folder / "one", folder / "several");
  std::printf("  %s, %s, %d ranks: first loss %.2e, any loss %.2e, weights %.2e, relative %.2e\n", lesson.strategy.c_str(),
              lesson.specialist.c_str(), ranks, std::abs(one[0] - several[0]) / std::abs(one[0]), most, largest, relative);
  EXPECT_LT(most, kLossTolerance);
  EXPECT_LT(relative, kWeightTolerance);
}

TEST(RanksTest, TwoLearnWhatOneProcessLearns) {
  expectLikeOneProcess({}, 2);
  expectLikeOneProcess({.values = {{"optimiser", "sgd"}, {"bce_weight", 0.0}, {"clip", 0.0}}}, 2);
}

TEST(RanksTest, ThreeShareABatchThatDoesNotDivide) { expectLikeOneProcess({.values = {{"batch", 7}}}, 3); }

TEST(RanksTest, EveryStrategyIsShared) {
  for (const char* strategy : {"mean-teacher", "ua-mt", "dan", "dtc", "urpc"})
    expectLikeOneProcess({.strategy = strategy, .values = {{"teacher_form", "noise"}}}, 2);
  expectLikeOneProcess({.strategy = "mean-teacher"}, 2);  // two views
}

TEST(RanksTest, WhatGeneralistsAndEarlierRoundsTeachIsShared) {
  const Json early{{"generalist_warmup", 0.0}, {"steps", 4}};
  expectLikeOneProcess({.strategy = "semisam-plus", .values = early}, 2);
  expectLikeOneProcess({.strategy = "ua-mt", .beliefs = true}, 2);
}

TEST(RanksTest, DropoutBatchStatisticsAndExclusiveClassesAreThoseOfTheWholeBatch) {
  expectLikeOneProcess({.specialist = "unet2d-ssl"}, 2);
  expectLikeOneProcess({.strategy = "urpc", .specialist = "unet2d-ssl", .values = {{"outputs", "exclusive"}}}, 2);
}

TEST(RanksTest, VolumesAreShared) {
  expectLikeOneProcess({.specialist = "unet3d", .values = {{"batch", 4}, {"intensity", 0.2}}}, 2);
  expectLikeOneProcess({.strategy = "ua-mt", .specialist = "unet3d", .values = {{"batch", 4}, {"intensity", 0.2}}}, 2);
  expectLikeOneProcess({.strategy = "supervised", .specialist = "vnet", .values = {{"batch", 4}, {"intensity", 0.2}, {"optimiser", "sgd"}}},
                       2);
  expectLikeOneProcess({.strategy = "ua-mt", .specialist = "vnet", .values = {{"batch", 4}, {"intensity", 0.2}, {"optimiser", "sgd"}}}, 2);
}

TEST(RanksTest, ARankThatIsKilledEndsTheOthersAndTheTrainingGoesOn) {
  const test::TemporaryFolder folder;
  const Lesson lesson{.values = {{"checkpoint_seconds", 0.0}}};
  ASSERT_THAT(train(lesson, 2, folder / "whole"), testing::Each(0));
  const auto killed = train(lesson, 2, folder / "cut", [](int rank) -> std::unique_ptr<Job> {
    return std::make_unique<DisturbedJob>([rank](std::int64_t step) {
      if (rank == 1 && step == 4) ::raise(SIGKILL);
    });
  });
  EXPECT_THAT(killed, testing::ElementsAre(kLost, 128 + SIGKILL));
  EXPECT_THAT(readFile(folder / "cut/lost"), testing::HasSubstr("Rank 1 of 2 ended without a word: it was killed"));
  ASSERT_FALSE(fs::exists(folder / "cut/model.safetensors"));
  ASSERT_TRUE(fs::exists(folder / "cut/training-state.safetensors"));
  ASSERT_THAT(train(lesson, 2, folder / "cut"), testing::Each(0));
  EXPECT_EQ(weightsIn(folder / "cut"), weightsIn(folder / "whole"));
}

TEST(RanksTest, AStopThatOneIsAskedForHoldsForAllAfterTheSameStep) {
  const test::TemporaryFolder folder;
  ASSERT_THAT(train({}, 2, folder / "whole"), testing::Each(0));
  const auto stopped = train({}, 2, folder / "cut", [](int rank) -> std::unique_ptr<Job> {
    auto job = std::make_unique<DisturbedJob>();
    job->stop = rank == 1;
    return job;
  });
  EXPECT_THAT(stopped, testing::Each(kCancelled));
  ASSERT_TRUE(fs::exists(folder / "cut/training-state.safetensors"));
  ASSERT_THAT(train({}, 2, folder / "cut"), testing::Each(0));
  EXPECT_EQ(weightsIn(folder / "cut"), weightsIn(folder / "whole"));
  ASSERT_THAT(train({}, 2, folder / "cut"), testing::Each(0));  // finished: answered at once, on both
}

TEST(RanksTest, WhatCannotBeSharedIsRefusedOnAll) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(train({.values = {{"batch", 1}}}, 2, folder / "a"), testing::Each(1));
  EXPECT_THAT(train({.strategy = "ua-mt", .values = {{"batch", 2}}}, 2, folder / "b"), testing::Each(1));
}

TEST(RanksTest, OneRankIsAPlanAsItAlwaysWas) {
  EXPECT_EQ(identityHash(planOf({}, 1)), identityHash(makeTrainPlan("quick", 3, [] {
              Json values = planOf({}, 1).params;
              values.erase("ranks");
              return values;
            }())));
  EXPECT_NE(identityHash(planOf({}, 1)), identityHash(planOf({}, 2)));
}

}  // namespace
}  // namespace roundel
