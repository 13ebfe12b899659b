// A generalist fine-tuned on a study: kept with it, honest about what it saw, and never asked about a labelled case that it learnt from.
#include <algorithm>
#include <set>

#include "cli/studies.h"

namespace roundel::test {
namespace {

std::set<std::string> namesIn(const Json& list) {
  std::set<std::string> names;
  for (const auto& one : list) names.insert(one.get<std::string>());
  return names;
}

TEST(Adapt, IsKeptWithTheStudyAndNotScoredOnWhatItLearntFrom) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Json adapted = resultOf({"generalist", "adapt", study, "--steps", "2", "--cases", "3"});
  const std::size_t learnt = adapted["learnt_from"].size();  // a picture whose teeth are all a few pixels wide teaches nothing
  EXPECT_TRUE(learnt == 2 || learnt == 3) << learnt;
  EXPECT_EQ(adapted["folds"], 2);
  EXPECT_GT(adapted["cross_fitted"]["true-box"]["count"], 0);
  const fs::path kept = fs::path(study) / "generalists" / "builtin-2d-adapted";
  EXPECT_TRUE(fs::exists(kept / "model.safetensors"));
  EXPECT_FALSE(fs::exists(kept / "training-state.safetensors")) << "what a finished training goes on from is of no use";

  const auto score = [&](const std::string& name) {
    return document(roundel({"--json", "generalist", "score", study, "--generalist", name, "--part", "all", "--asking", "true-box"}),
                    "generalist");
  };
  const Json plain = score("builtin-2d"), own = score("builtin-2d-adapted");
  EXPECT_EQ(plain["result"]["cases"].get<int>(), own["result"]["cases"].get<int>() + static_cast<int>(learnt));
  ASSERT_EQ(own["warnings"].size(), 1U);
  EXPECT_EQ(own["warnings"][0]["code"], "seen-cases");
  EXPECT_NE(plain["result"]["generalists"][0]["sha256"], own["result"]["generalists"][0]["sha256"]);

  std::string first;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "phantoms"))
    if (entry.path().extension() == ".png") first = entry.path().string();
  EXPECT_EQ(
      resultOf({"segment", "--study", study, "--generalist", "builtin-2d-adapted", "--image", first, "--box", "10,4,30,28"})["generalist"],
      "builtin-2d-adapted");
  errorOf({"segment", "--generalist", "builtin-2d-adapted", "--image", first, "--box", "10,4,30,28"}, 2, "unknown-generalist");
  errorOf({"generalist", "adapt", study, "--generalist", "random-walker"}, 2, "not-adaptable");
  errorOf({"generalist", "adapt", study, "--generalist", "builtin-3"}, 2, "unknown-generalist");
}

TEST(Adapt, InARunEveryLabelledCaseIsRefinedByAModelThatDidNotSeeIt) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::vector<std::string> run = tinyRun({"run", study, "--strategy", "sam-carries-the-burden", "--generalist", "builtin-2d",
                                                "--rounds", "1", "--control", "none", "--set", "adapt_steps=2", "--set", "folds=2"});
  const Json result = resultOf(run);
  ASSERT_EQ(result["state"], "finished");
  const fs::path start = fs::path(study) / "runs" / result["id"].get<std::string>() / "round-0";
  const Json models = jsonOf(start / "adapt" / "adapted.json")["builtin-2d"]["models"];
  ASSERT_EQ(models.size(), 3U) << "one that saw all labelled cases, one a fold";
  EXPECT_TRUE(models[0]["fold"].is_null());
  const auto whole = namesIn(models[0]["learnt_from"]);
  EXPECT_GE(whole.size(), 3U) << "a picture whose teeth are all a few pixels wide teaches nothing";
  EXPECT_EQ(result["environment"]["generalists"][0]["adapted"], models[0]["sha256"]) << "the result names what refined its pseudo-labels";

  const Json folds = jsonOf(start / "calibrate" / "estimator.json")["folds"];
  ASSERT_EQ(folds.size(), 2U);
  std::set<std::string> heldOut, seenByAny;
  for (const auto& fold : folds) {
    const auto used = fold["generalists"][0]["adapted"];
    const auto model = std::find_if(models.begin(), models.end(), [&](const Json& one) { return one["sha256"] == used; });
    ASSERT_NE(model, models.end());
    const auto seen = namesIn((*model)["learnt_from"]);
    EXPECT_GE(seen.size(), 1U);
    seenByAny.insert(seen.begin(), seen.end());
    for (const auto& name : namesIn(fold["held_out"])) {
      EXPECT_FALSE(seen.contains(name)) << name;
      heldOut.insert(name);
    }
  }
  EXPECT_EQ(seenByAny, whole);
  EXPECT_EQ(heldOut.size(), 4U) << "every labelled case was refined once";

  // Without adaptation the shipped weights refine, and the stage is not there.
  auto plain = run;
  std::replace(plain.begin(), plain.end(), std::string("adapt_steps=2"), std::string("adapt_steps=0"));
  const Json other = resultOf(plain);
  EXPECT_TRUE(other["environment"]["generalists"][0]["adapted"].is_null());
  for (const auto& stage : other["rounds"][0]["stages"]) EXPECT_NE(stage["name"], "adapt");
}

}  // namespace
}  // namespace roundel::test
