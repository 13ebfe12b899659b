#include "cli/studies.h"

namespace roundel::test {
namespace {

TEST(Review, ListsTheCasesInTheOrderOfARankingWithEveryClass) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const std::string before = fingerprint(study);
  const Json result = resultOf({"review", study});
  EXPECT_EQ(result["run"], "r0001");
  EXPECT_EQ(result["round"], 1);
  ASSERT_EQ(result["cases"].size(), 4U);
  double last = 1e9;
  for (const auto& one : result["cases"]) {
    EXPECT_LE(one["value"].get<double>(), last);
    last = one["value"].get<double>();
    EXPECT_FALSE(one["reason"].get<std::string>().empty());
    EXPECT_EQ(one["classes"].size(), 3U);
  }
  EXPECT_EQ(fingerprint(study), before);
  errorOf({"review", study, "--ranking", "best"}, 2);
  errorOf({"review", study, "--round", "2"}, 3, "no-predictions");
}

TEST(Review, SaysWhetherTheEstimatesAreInformative) {
  const TempFolder folder;
  const Json calibration = resultOf({"review", finishedStudy(folder)})["calibration"];
  if (calibration.is_null()) return;                                // the tiny specialist of this study found nothing in the labelled cases
  EXPECT_EQ(calibration["overall"]["verdict"], "not informative");  // four cases cannot show that they are
  EXPECT_LE(calibration["cases"].get<int>(), 4);
}

TEST(Review, WritesWhereTheSpecialistCannotTell) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), map = folder / "map.png";
  const std::string name = resultOf({"review", study})["cases"][0]["case"];
  const Json result = resultOf({"review", study, "--case", name, "--uncertainty", map});
  EXPECT_EQ(result["uncertainty"]["width"], 64);
  EXPECT_TRUE(textOf(map).starts_with("\x89PNG"));
  errorOf({"review", study, "--case", "nobody", "--uncertainty", map}, 3, "unknown-case");
  errorOf({"review", study, "--uncertainty", map}, 2);
}

}  // namespace
}  // namespace roundel::test
