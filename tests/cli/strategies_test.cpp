#include <algorithm>
#include <map>

#include "cli/studies.h"

namespace roundel::test {
namespace {

/// Every strategy of CLI.md that this version has, and full supervision.
class Strategies : public testing::TestWithParam<const char*> {};

TEST_P(Strategies, RunsBesideItsControl) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Json result =
      resultOf(tinyRun({"run", study, "--strategy", GetParam(), "--rounds", "2", "--set", "steps=4", "--set", "refine_test=false"}));
  EXPECT_EQ(result["state"], "finished");
  EXPECT_EQ(result["strategy"], GetParam());
  ASSERT_EQ(result["rounds"].size(), 3U);
  int strategy = 0, control = 0;
  for (const auto& score : result["rounds"][2]["scores"]) {
    if (score["split"] != "test" || score["metric"] != "dice") continue;
    ++(score["arm"] == "strategy" ? strategy : control);
  }
  EXPECT_GT(strategy, 0);
  EXPECT_EQ(control, strategy) << "both arms are measured on the same cases";
}

INSTANTIATE_TEST_SUITE_P(All, Strategies,
                         testing::Values("sam-carries-the-burden", "pseudo-labels", "random-walk", "supervised", "full-supervision",
                                         "mean-teacher", "mean-teacher-selection", "ua-mt", "dan", "dtc", "urpc", "semisam-plus",
                                         "semisam-o1", "nnunet-like"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Strategies, SupervisedIsItsOwnControl) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  resultOf(tinyRun({"run", study, "--strategy", "supervised", "--rounds", "1"}));
  const Json strategy = jsonOf(study + "/runs/r0001/run.json");
  std::map<std::string, std::map<std::string, Json>> values;
  for (const auto& score : strategy["rounds"][1]["scores"])
    values[score["arm"]][score["case"].dump() + score["class"].dump() + score["metric"].dump() + score["split"].dump()] = score["value"];
  EXPECT_FALSE(values["strategy"].empty());
  EXPECT_EQ(values["strategy"], values["control"]) << "same labels, seed and steps: the arms differ in nothing";
}

TEST(Strategies, BothArmsHaveHadTheSameStepsInTheEnd) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  resultOf(tinyRun({"run", study, "--strategy", "supervised", "--rounds", "1"}));
  resultOf(tinyRun({"run", study, "--strategy", "nnunet-like", "--rounds", "1"}));
  const auto steps = [&](const std::string& run, const std::string& round, const std::string& arm) {
    return jsonOf(study + "/runs/" + run + "/round-" + round + "/train/weights.json")[arm].get<int>();
  };
  EXPECT_EQ(steps("r0001", "1", "control_steps"), steps("r0001", "1", "steps")) << "both go on from the first specialist";
  // The control of a strategy with a network of its own has no first specialist to go on from.
  EXPECT_EQ(steps("r0002", "1", "control_steps"), steps("r0002", "0", "steps") + steps("r0002", "1", "steps"));
}

TEST(Strategies, ASingleTrainingFollowsOneToo) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  for (const std::string strategy : {"urpc", "semisam-plus"}) {
    const Json result = resultOf({"train", study, "--strategy", strategy, "--set", "width=4", "--set", "steps=3", "--set", "size=64",
                                  "--set", "batch=2", "--out", folder / strategy});
    EXPECT_EQ(result["steps"], 3) << strategy;
  }
  EXPECT_EQ(errorOf({"train", study, "--strategy", "sam-carries-the-burden", "--out", folder / "none"}, 2)["code"], "unknown-strategy");
}

TEST(Strategies, O1SaysWhatRefinementChanged) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Json result =
      resultOf(tinyRun({"run", study, "--strategy", "semisam-o1", "--rounds", "2", "--control", "none", "--set", "steps=4"}));
  std::map<std::string, int> metrics;
  for (const auto& score : result["rounds"][2]["scores"]) ++metrics[score["metric"].get<std::string>()];
  for (const char* metric : {"uncertain_pixels", "changed_pixels", "improved_pixels", "proposed_dice", "pseudo_label_dice"})
    EXPECT_GT(metrics[metric], 0) << metric;
}

TEST(Strategies, TwoGeneralistsMayRefineTogether) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  EXPECT_EQ(resultOf(tinyRun({"run", study, "--generalist", "graph-cut", "--generalist", "random-walker", "--rounds", "1", "--control",
                              "none"}))["state"],
            "finished");
}

}  // namespace
}  // namespace roundel::test
