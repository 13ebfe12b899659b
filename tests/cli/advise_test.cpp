#include <set>

#include "cli/studies.h"

namespace roundel::test {
namespace {

TEST(Advise, ForecastsTheRunAndWritesNothing) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::string before = fingerprint(study);
  const Json result = resultOf(tinyRun({"advise", study, "--set", "adapt_steps=8"}));
  EXPECT_EQ(fingerprint(study), before);
  EXPECT_EQ(result["strategy"], "sam-carries-the-burden");
  EXPECT_EQ(result["generalists"], Json::array({"builtin-2d"}));
  EXPECT_EQ(result["strategy"], result["advised_strategy"]);
  EXPECT_FALSE(result["reasons"].empty());
  EXPECT_EQ(result["parts"]["labelled"], 4);
  const Json& forecast = result["forecast"];
  EXPECT_GT(forecast["seconds"].get<double>(), 0);
  EXPECT_GT(forecast["memory_bytes"].get<double>(), 50e6);
  EXPECT_LT(forecast["memory_bytes"].get<double>(), 4e9);
  std::set<std::string> names;
  double sum = 0;
  for (const auto& part : forecast["parts"]) {
    names.insert(part["name"].get<std::string>());
    sum += part["seconds"].get<double>();
  }
  for (const char* name : {"prepare", "train", "adapt", "control", "calibrate", "refine", "validate"})
    EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_NEAR(sum, forecast["seconds"].get<double>(), 1e-6 + 1e-3 * sum);
}

TEST(Advise, FineTuningIsCountedWhereAGeneralistCanLearn) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const auto steps = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"advise", study, "--strategy", "sam-carries-the-burden"};
    words.insert(words.end(), more.begin(), more.end());
    const Json result = resultOf(tinyRun(words));
    for (const auto& part : result["forecast"]["parts"])
      if (part["name"] == "adapt") return part["count"].get<double>();
    return 0.0;
  };
  EXPECT_EQ(steps({"--generalist", "builtin-2d"}), 600 * 3) << "once on all labelled cases, once a fold";
  EXPECT_EQ(steps({"--generalist", "builtin-2d", "--set", "adapt_steps=8", "--set", "folds=0"}), 8);
  EXPECT_EQ(steps({"--generalist", "builtin-2d", "--set", "adapt_steps=0"}), 0);
  EXPECT_EQ(steps({"--generalist", "random-walker"}), 0);
}

TEST(Advise, MoreWorkTakesLonger) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const auto trainSeconds = [&](const std::string& rounds) {
    const Json result = resultOf(
        {"advise", study, "--strategy", "supervised", "--rounds", rounds, "--set", "width=4", "--set", "size=64", "--set", "steps=50"});
    for (const auto& part : result["forecast"]["parts"])
      if (part["name"] == "train") return part["count"].get<double>();
    return 0.0;
  };
  EXPECT_GT(trainSeconds("3"), 1.5 * trainSeconds("1"));
}

TEST(Advise, ForVolumesTheGeneralistThatLooksAtVolumesIsTaken) {
  const TempFolder folder;
  const std::string phantoms = folder / "phantoms", study = folder / "study";
  resultOf(
      {"phantom", "volume", phantoms, "--cases", "6", "--width", "24", "--height", "24", "--depth", "12", "--classes", "2", "--seed", "1"});
  resultOf({"project", "new", study});
  resultOf({"import", study, phantoms + "/images", "--labels", phantoms + "/labels", "--format", "masks"});
  resultOf({"split", study, "--labelled", "2", "--unlabelled", "2", "--validation", "1", "--test", "1", "--seed", "1"});
  const Json result =
      resultOf({"advise", study, "--set", "width=4", "--set", "patch=16,16,16", "--set", "steps=6", "--set", "round_steps=6"});
  EXPECT_EQ(result["strategy"], "sam-carries-the-burden");
  EXPECT_EQ(result["generalists"], Json::array({"builtin-3d"}));
  EXPECT_GT(result["forecast"]["seconds"].get<double>(), 0);
  for (const auto& part : result["forecast"]["parts"]) EXPECT_NE(part["name"], "adapt") << "only pictures are learnt from, so far";
}

TEST(Advise, KnowsAStudyWithoutASplit) {
  const TempFolder folder;
  const std::string phantoms = folder / "phantoms", study = folder / "study";
  resultOf({"phantom", "dental", phantoms, "--cases", "6", "--width", "64", "--height", "32", "--classes", "2", "--seed", "1"});
  resultOf({"project", "new", study});
  resultOf({"import", study, phantoms, "--format", "coco"});
  const Json result = resultOf({"advise", study, "--no-forecast"});
  EXPECT_TRUE(result["split_drawn"].get<bool>());
  EXPECT_EQ(result["parts"]["labelled"], 5);
  EXPECT_EQ(result["strategy"], "supervised");
  EXPECT_TRUE(result["forecast"].is_null());
  EXPECT_TRUE(resultOf({"info", study})["splits"].empty());
}

}  // namespace
}  // namespace roundel::test
