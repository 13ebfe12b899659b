#include "cli/studies.h"

namespace roundel::test {
namespace {

double meanOf(const Json& result, const Json& className, const std::string& metric) {
  for (const auto& one : result["means"])
    if (one["class"] == className && one["metric"] == metric) return one["value"].get<double>();
  ADD_FAILURE() << "no mean of " << metric << " in " << result.dump();
  return -1;
}

/// Four pixels a row; every digit of `labels` is a pixel's class.
void writeLabels(const std::string& file, const std::string& labels) {
  std::vector<std::uint8_t> grey;
  for (const char one : labels) grey.push_back(static_cast<std::uint8_t>(one - '0'));
  writeGreyPng(file, 4, static_cast<int>(labels.size()) / 4, grey);
}

TEST(Evaluate, AveragesOverTheClassesOfACaseFirst) {
  const TempFolder folder;
  for (const char* side : {"truth", "predicted"}) fs::create_directories(folder / side);
  writeLabels(folder / "truth/a.png", "11112222");
  writeLabels(folder / "predicted/a.png", "11110000");  // class 2 is missed: Dice 1 and 0
  writeLabels(folder / "truth/b.png", "11110000");
  writeLabels(folder / "predicted/b.png", "11110000");  // Dice 1
  const Json result = resultOf({"evaluate", "--pred", folder / "predicted", "--truth", folder / "truth"});
  EXPECT_DOUBLE_EQ(meanOf(result, nullptr, "dice"), 0.75) << "two cases of 0.5 and 1, not three masks of 1, 0 and 1";
  const Ended shown = roundel({"evaluate", "--pred", folder / "predicted", "--truth", folder / "truth"});
  EXPECT_NE(shown.out.find("hd95 px"), std::string::npos) << shown.out;
}

TEST(Evaluate, ComparesClassesByNameWhereBothFoldersNameThem) {
  const TempFolder folder;
  for (const char* side : {"truth", "predicted"}) fs::create_directories(folder / side);
  writeLabels(folder / "truth/a.png", "11112222");
  writeLabels(folder / "predicted/a.png", "22221111");
  writeText(folder / "truth/classes.json", R"([{"id": 1, "name": "Radius"}, {"id": 2, "name": "Ulna"}])");
  writeText(folder / "predicted/classes.json", R"([{"id": 2, "name": "Radius"}, {"id": 1, "name": "Carpus"}])");
  const Json result = resultOf({"evaluate", "--pred", folder / "predicted", "--truth", folder / "truth"});
  EXPECT_DOUBLE_EQ(meanOf(result, "Radius", "dice"), 1);
  EXPECT_DOUBLE_EQ(meanOf(result, "Ulna", "dice"), 0) << "number 1 of the predictions is another class";
}

TEST(Evaluate, SaysTheSameMeanAsTheRun) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Json result = resultOf({"evaluate", study, "--run", "r0001", "--split", "test"});
  const Json summary = jsonOf(study + "/runs/r0001/run.json")["summary"];
  double last = -1;
  for (const auto& one : summary)
    if (one["arm"] == "strategy" && one["split"] == "test" && one["metric"] == "dice") last = one["mean"].get<double>();
  EXPECT_NEAR(meanOf(result, nullptr, "dice"), last, 1e-12);
}

}  // namespace
}  // namespace roundel::test
