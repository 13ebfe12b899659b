#include <set>

#include "cli/studies.h"

namespace roundel::test {
namespace {

using std::chrono::seconds;

TEST(Run, DryRunWritesNothing) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::string before = fingerprint(study);
  const Json result = resultOf(tinyRun({"run", study, "--dry-run"}));
  EXPECT_EQ(result["plan"]["strategy"], "sam-carries-the-burden");
  EXPECT_EQ(result["plan"]["cases"].size(), 14U);
  EXPECT_EQ(result["plan_sha256"].get<std::string>().size(), 64U);
  EXPECT_EQ(fingerprint(study), before);
}

TEST(Run, APlanFileIsTheSameRunAsItsFlags) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Json byFlags = resultOf(tinyRun({"run", study, "--strategy", "random-walk", "--rounds", "3", "--control", "none", "--dry-run"}));
  writeText(folder / "plan.json", byFlags["plan"].dump());
  const Json byFile = resultOf({"run", study, "--plan", folder / "plan.json", "--dry-run"});
  EXPECT_EQ(byFile["plan_sha256"], byFlags["plan_sha256"]);
}

TEST(Run, ParametersOfAGeneralistReachThePlanAndThePseudoLabels) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const auto dry = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"run", study, "--dry-run"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return resultOf(arguments);
  };
  const Json plain = dry({}), set = dry({"--set", "random-walker.beta=900", "--set", "random-walker.prior=0"});
  EXPECT_FALSE(plain["plan"].contains("generalist_params"));
  EXPECT_EQ(set["plan"]["generalist_params"]["random-walker"]["beta"], 900);
  EXPECT_NE(set["plan_sha256"], plain["plan_sha256"]);
  writeText(folder / "plan.json", set["plan"].dump());
  EXPECT_EQ(dry({"--plan", folder / "plan.json"})["plan_sha256"], set["plan_sha256"]);
  errorOf({"run", study, "--dry-run", "--set", "graph-cut.prior=0.1"}, 2, "unused-parameter");
  errorOf({"run", study, "--dry-run", "--set", "random-walker.beta=-1"}, 2, "bad-parameter");
  errorOf({"run", study, "--dry-run", "--set", "random-walker.bta=1"}, 2, "unknown-parameter");
  const auto refinedBy = [&](const char* run, const char* band) {
    // Enough steps for the specialist to find something.
    std::vector<std::string> arguments{"run", study, "--rounds", "1", "--control", "none", "--stop-after", "round:1/refine"};
    for (const std::string setting : {"width=8", "steps=200", "size=64", "folds=0", "stability_prompts=0", "minimum_agreement=0"})
      arguments.insert(arguments.end(), {"--set", setting});
    arguments.insert(arguments.end(), {"--set", std::string("random-walker.band=") + band});
    const Ended ended = roundel(arguments, seconds(120));
    EXPECT_EQ(ended.code, 7) << ended.err;
    std::string masks;  // alone: what else lies there names the plan
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(study + "/runs/" + run + "/round-1/refine"))
      if (entry.path().filename().string().starts_with("case-")) files.insert(entry.path());
    EXPECT_EQ(files.size(), 4U);
    for (const auto& file : files) {
      const Json labels = jsonOf(file);
      for (const auto& one : labels["classes"])
        if (one.contains("mask")) masks += one["mask"].dump();
    }
    EXPECT_GT(masks.size(), 500U);
    return masks;
  };
  const std::string narrow = refinedBy("r0001", "0.05"), wide = refinedBy("r0002", "0.9");
  EXPECT_NE(narrow, wide);
  EXPECT_EQ(narrow, refinedBy("r0003", "0.05"));
}

TEST(Run, TestTimeAugmentationChangesWhatIsProposedAndNotWhatIsLearnt) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  std::vector<Json> rounds;
  for (const char* value : {"false", "true"}) {
    const Ended ended = roundel(tinyRun({"--json", "run", study, "--rounds", "1", "--control", "none", "--stop-after", "round:1/propose",
                                         "--set", std::string("test_time_augmentation=") + value}),
                                seconds(120));
    ASSERT_EQ(ended.code, 7) << ended.err;
    rounds.push_back(document(ended, "run")["result"]["rounds"]);
  }
  const auto hashOf = [](const Json& list, int round, const char* name) -> std::string {
    for (const auto& stage : list[static_cast<std::size_t>(round)]["stages"])
      if (stage["name"] == name) return stage["sha256"];
    return "";
  };
  EXPECT_EQ(hashOf(rounds[0], 0, "train"), hashOf(rounds[1], 0, "train"));
  EXPECT_EQ(hashOf(rounds[0], 1, "propose").size(), 64U);
  EXPECT_NE(hashOf(rounds[0], 1, "propose"), hashOf(rounds[1], 1, "propose"));
}

TEST(Run, ADamagedPlanFileIsBadInput) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  for (const char* text : {"", "{", "[1]", R"({"rounds": "two"})", R"({"rounds": -1})", R"({"seed": 1e300})", R"({"set": [1]})",
                           R"({"strategy": {}})", R"({"stratgy": "supervised"})", R"({"control": "yes"})", R"({"control": true})",
                           R"({"rounds": 4294967297})", R"({"rounds": 101})", R"({"generalist_params": [1]})"}) {
    writeText(folder / "plan.json", text);
    const Ended ended = roundel({"--json", "run", study, "--plan", folder / "plan.json", "--dry-run"});
    EXPECT_TRUE(ended.code == 2 || ended.code == 3) << text << ended.out;
    errorIn(ended, "run", ended.code);
  }
}

TEST(Run, FlagsWinOverThePlanFileAndItsEntriesHaveNearestNames) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  writeText(folder / "plan.json", R"({"strategy": "supervised", "rounds": 3, "seed": 7, "control": "none", "set": {"width": 8}})");
  const auto plan = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"run", study, "--plan", folder / "plan.json", "--dry-run"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return resultOf(arguments)["plan"];
  };
  const Json asWritten = plan({}),
             changed = plan({"--seed", "9", "--strategy", "pseudo-labels", "--control", "supervised", "--set", "width=16"});
  EXPECT_EQ(asWritten["seed"], 7);
  EXPECT_EQ(asWritten["train_params"]["width"], 8);
  EXPECT_EQ(changed["seed"], 9);
  EXPECT_EQ(changed["strategy"], "pseudo-labels");
  EXPECT_EQ(changed["control"], "supervised");
  EXPECT_EQ(changed["train_params"]["width"], 16);
  EXPECT_EQ(changed["rounds"], 3);
  writeText(folder / "typo.json", R"({"stratgy": "supervised"})");
  const Ended ended = roundel({"--json", "run", study, "--plan", folder / "typo.json", "--dry-run"});
  EXPECT_EQ(errorIn(ended, "run", 3)["remedy"], "Did you mean strategy?") << ended.out;
}

TEST(Run, TwoRunsOfOnePlanHaveTheSameWeightsAndAnotherSeedOthers) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const auto run = [&](const char* seed) {
    auto arguments = tinyRun({"run", study, "--strategy", "pseudo-labels", "--control", "none"});
    arguments.back() = seed;
    return resultOf(arguments);
  };
  const Json first = run("1"), second = run("1"), other = run("2");
  EXPECT_EQ(first["id"], "r0001");
  EXPECT_EQ(second["id"], "r0002");
  EXPECT_EQ(identity(study + "/runs/r0001"), identity(study + "/runs/r0002"));
  EXPECT_NE(first["weights_sha256"], other["weights_sha256"]);
  EXPECT_NE(first["plan_sha256"], other["plan_sha256"]);
}

TEST(Run, TheStudyIsOnlyReadWhileItRuns) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::string before = textOf(study + "/project.db");
  EXPECT_EQ(roundel(tinyRun({"run", study, "--strategy", "supervised", "--control", "none"}), seconds(120)).code, 0);
  EXPECT_EQ(textOf(study + "/project.db"), before);
}

TEST(Run, ChangedLabelsDoNotReachARunningPlan) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  EXPECT_EQ(roundel(tinyRun({"run", study, "--strategy", "supervised", "--control", "none", "--stop-after", "round:0/prepare"})).code, 7);
  const std::string labels = fs::directory_iterator(study + "/runs/r0001/labels")->path();
  Json changed = jsonOf(labels);
  changed["classes"] = Json::array();
  writeText(labels, changed.dump());
  const Ended ended = roundel({"--json", "run", study, "--resume", "r0001"});
  EXPECT_EQ(ended.code, 3) << ended.out;
  errorIn(ended, "run", 3);
}

TEST(Sweep, TwoCountsCannotTellWhatMoreLabelsWouldBring) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Json result = resultOf(tinyRun({"sweep", study, "--labels", "2,4", "--strategy", "pseudo-labels"}));
  ASSERT_EQ(result["points"].size(), 2U);
  EXPECT_EQ(result["points"][0]["labels"], 2);
  EXPECT_FALSE(result["forecast"]["strategy"]["told"].get<bool>());
  EXPECT_NE(result["forecast"]["strategy"]["sentence"].get<std::string>().find("annot be told"), std::string::npos);
  EXPECT_EQ(result["points"][0]["cases"], 4);
}

TEST(Sweep, CountsThatTheSplitDoesNotHaveAreRefusedBeforeAnythingRuns) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  errorOf({"sweep", study, "--labels", "2,40"}, 3, "not-enough-cases");
  errorOf({"sweep", study, "--labels", "0,2"}, 2, "bad-labels");
  errorOf({"sweep", study, "--labels", "x"}, 2);
  EXPECT_FALSE(fs::exists(study + "/runs/r0001")) << "found out before the first run";
}

TEST(Sweep, WithoutTestCasesSaysNoNumber) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  resultOf({"split", study, "--labelled", "2", "--unlabelled", "2", "--name", "untested"});
  const Json untested = resultOf(tinyRun({"sweep", study, "--split", "untested", "--labels", "2", "--strategy", "pseudo-labels"}));
  EXPECT_TRUE(untested["points"][0]["strategy"].is_null()) << "nothing was measured: no number, not 0";
  EXPECT_TRUE(untested["forecast"]["strategy"]["curve"].is_null());
}

}  // namespace
}  // namespace roundel::test
