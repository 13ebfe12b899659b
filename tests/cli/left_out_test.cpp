#include <set>

#include "cli/studies.h"

namespace roundel::test {
namespace {

/// A study with one damaged picture in a part of its split.
std::string damagedCase(const TempFolder& folder, const std::string& study, const char* part) {
  const std::string name = resultOf({"split", study})[part][0];
  writeText(folder / "phantoms/images/" + name + ".png", "no picture");
  return name;
}

TEST(LeftOut, ARunLeavesOutAnUnlabelledCaseThatCannotBeOpenedAndSaysSo) {
  const TempFolder folder;
  const std::string study = makeStudy(folder), name = damagedCase(folder, study, "unlabelled");
  const Ended stopped =
      roundel(tinyRun({"--json", "run", study, "--rounds", "1", "--stop-after", "round:0/train"}), std::chrono::seconds(120));
  EXPECT_EQ(stopped.code, 7) << stopped.out;  // paused weighs more than refused
  const Ended ended = roundel({"--json", "run", study, "--resume", "r0001"}, std::chrono::seconds(300));
  EXPECT_EQ(ended.code, 6) << ended.out;
  for (const Ended& one : {stopped, ended}) {
    const Json said = document(one, "run");
    ASSERT_EQ(said["result"]["left_out"].size(), 1U) << one.out;
    EXPECT_EQ(said["result"]["left_out"][0]["case"], name);
    int warnings = 0;
    for (const auto& warning : said["warnings"]) warnings += warning["code"] == "unreadable-image" && warning["case"] == name;
    EXPECT_EQ(warnings, 1) << said["warnings"];
  }
  const Json run = document(ended, "run")["result"];
  EXPECT_EQ(run["state"], "finished");
  std::set<std::string> judged;
  for (const auto& score : run["rounds"][1]["scores"])
    if (score["split"] == "unlabelled" && score["case"].is_string()) judged.insert(score["case"]);
  EXPECT_EQ(judged.size(), 3U);
  EXPECT_FALSE(judged.contains(name));
  resultOf({"report", study, "--run", "r0001", "--out", folder / "report"});
  EXPECT_NE(textOf(folder / "report/report.html").find("3 unlabelled (1 more left out)"), std::string::npos);
  EXPECT_NE(textOf(folder / "report/report.html").find(name + " is left out"), std::string::npos);
}

TEST(LeftOut, ARunStopsAtAnyOtherCaseThatCannotBeOpened) {
  for (const char* part : {"labelled", "validation", "test"}) {
    const TempFolder folder;
    const std::string study = makeStudy(folder), name = damagedCase(folder, study, part);
    const Json error = errorOf(tinyRun({"run", study}), 3, "unreadable-image");
    EXPECT_EQ(error["case"], name) << part;
    EXPECT_FALSE(error["remedy"].is_null()) << part;
  }
}

TEST(LeftOut, ARunWithoutOneUsableUnlabelledCaseStops) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Json split = resultOf({"split", study});
  for (const std::string name : split["unlabelled"]) writeText(folder / "phantoms/images/" + name + ".png", "");
  errorOf(tinyRun({"run", study}), 3, "no-unlabelled");
  EXPECT_EQ(roundel(tinyRun({"--json", "run", study, "--strategy", "supervised", "--rounds", "1"}), std::chrono::seconds(300)).code, 6);
}

TEST(LeftOut, PrepareLeavesOutAnUnlabelledCaseThatCannotBeOpened) {
  const TempFolder folder;
  const std::string study = makeStudy(folder), name = damagedCase(folder, study, "unlabelled");
  const Ended ended = roundel({"--json", "prepare", study, "--out", folder / "study.safetensors"});
  EXPECT_EQ(ended.code, 6) << ended.out;
  const Json said = document(ended, "prepare");
  EXPECT_EQ(said["result"]["cases"], 13);
  EXPECT_EQ(said["result"]["splits"]["unlabelled"], 3);
  EXPECT_EQ(said["warnings"][0]["case"], name);
}

}  // namespace
}  // namespace roundel::test
