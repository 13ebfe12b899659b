#include "cli/studies.h"

namespace roundel::test {
namespace {

using Arguments = std::vector<std::string>;

/// `json` and `text` are the same call, written to different places. What the document warns of must stand in the text that
/// people read. Returns the warnings' codes.
std::string warningsThatPeopleSee(Arguments json, const Arguments& text, int code) {
  const std::string verb = json.front();
  json.insert(json.begin(), "--json");
  const Ended documented = roundel(json), shown = roundel(text);
  EXPECT_EQ(documented.code, code) << documented.err;
  EXPECT_EQ(shown.code, code) << shown.err;
  const Json warnings = document(documented, verb)["warnings"];
  EXPECT_FALSE(warnings.empty()) << verb << " warned of nothing";
  std::string codes;
  for (const auto& one : warnings) {
    codes += one["code"].get<std::string>() + " ";
    EXPECT_NE(shown.out.find(one["message"].get<std::string>()), std::string::npos) << one.dump() << " is not in\n" << shown.out;
  }
  return codes;
}

TEST(Warnings, OfPhantomsReachPeople) {
  const TempFolder folder;
  const auto make = [&](const char* name) {
    return Arguments{"phantom", "dental", folder / name, "--cases", "2", "--width", "256", "--height", "128", "--labels", "indexed"};
  };
  EXPECT_NE(warningsThatPeopleSee(make("a"), make("b"), 0).find("overlap-lost"), std::string::npos);
}

TEST(Warnings, OfASplitReachPeople) {
  const TempFolder folder;
  resultOf({"project", "new", folder / "study"});
  writeText(folder / "classes.json", R"([{"id": 1, "name": "common"}, {"id": 2, "name": "rare"}])");
  resultOf({"classes", folder / "study", "--set", folder / "classes.json"});
  fs::create_directories(folder / "images");
  fs::create_directories(folder / "labels");
  for (const char* name : {"a", "b"}) {
    writeGreyPng(folder / "images/" + name + ".png", 4, 4, std::vector<std::uint8_t>(16, 90));
    std::vector<std::uint8_t> labels(16, 1);
    if (name[0] == 'b') labels.back() = 2;
    writeGreyPng(folder / "labels/" + name + ".png", 4, 4, labels);
  }
  resultOf({"import", folder / "study", folder / "images", "--labels", folder / "labels", "--format", "masks"});
  writeText(folder / "labelled.txt", "a\n");
  const auto split = [&](const char* name) {
    return Arguments{"split", folder / "study", "--name", name, "--labelled", folder / "labelled.txt", "--test", "1"};
  };
  EXPECT_NE(warningsThatPeopleSee(split("one"), split("two"), 0).find("class-not-labelled"), std::string::npos);
}

TEST(Warnings, OfAnEvaluationReachPeople) {
  const TempFolder folder;
  for (const char* side : {"truth", "predicted"}) fs::create_directories(folder / side);
  for (const char* file : {"truth/a.png", "truth/b.png", "predicted/a.png"})
    writeGreyPng(folder / file, 4, 4, std::vector<std::uint8_t>(16, 1));
  const Arguments call{"evaluate", "--pred", folder / "predicted", "--truth", folder / "truth"};
  EXPECT_NE(warningsThatPeopleSee(call, call, 6).find("missing-prediction"), std::string::npos);
}

TEST(Warnings, OfAPredictionThatRefusesEverythingComeWithItsError) {
  const TempFolder folder, other;
  const std::string model = finishedStudy(other) + "/runs/r0001";
  fs::create_directory(folder / "in");
  for (const char* name : {"one.png", "two.png"}) writeText(folder / "in/" + name, "\x89PNG\r\n\x1a\n");
  const Arguments call{"--json", "predict", "--model", model, folder / "in", "--out", folder / "out"};
  const Ended ended = roundel(call);
  errorIn(ended, "predict", 3, "nothing-predicted");
  EXPECT_EQ(document(ended, "predict")["warnings"].size(), 2U) << ended.out;
  // One that can be read makes it a success with a remark.
  writeGreyPng(folder / "in/three.png", 64, 32, std::vector<std::uint8_t>(64 * 32, 40));
  const Json result = resultOf({"predict", "--model", model, folder / "in", "--out", folder / "out2"}, 6);
  EXPECT_EQ(result["cases"].size(), 1U) << result.dump();
}

TEST(Warnings, OfAPromptBesideTheImage) {
  const TempFolder folder;
  writeGreyPng(folder / "x.png", 16, 8, std::vector<std::uint8_t>(128, 90));
  const auto codes = [&](std::vector<std::string> prompt) {
    prompt.insert(prompt.begin(), {"--json", "segment", "--image", folder / "x.png"});
    return document(roundel(prompt), "segment")["warnings"].dump();
  };
  for (const std::vector<std::string>& outside :
       {std::vector<std::string>{"--point", "16,3,+"}, {"--box", "16,0,20,4"}, {"--box", "-9,-9,0,0"}})
    errorOf({"segment", "--image", folder / "x.png", outside[0], outside[1]}, 3, "bad-prompt");
  EXPECT_NE(codes({"--box", "0,0,4,4", "--point", "16,3,-"}).find("prompt-outside"), std::string::npos);
  for (const std::vector<std::string>& inside : {std::vector<std::string>{"--point", "15,7,+"}, {"--box", "-3,-3,4,4"}})
    EXPECT_EQ(codes(inside).find("prompt-outside"), std::string::npos) << inside[1];
}

TEST(Warnings, OfADecisionThatTheRunDoesNotLookAt) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Json split = resultOf({"split", study});
  writeText(folder / "d.csv", "case,class,decision\n" + split["unlabelled"][0].get<std::string>() + ",,accept\n" +
                                  split["test"][0].get<std::string>() + ",,accept\n");
  const Json warnings =
      document(roundel({"--json", "decisions", study, "--run", "last", "--set", folder / "d.csv"}), "decisions")["warnings"];
  ASSERT_EQ(warnings.size(), 1U) << warnings.dump();
  EXPECT_EQ(warnings[0]["code"], "decision-unused");
  EXPECT_EQ(warnings[0]["case"], split["test"][0]);
}

}  // namespace
}  // namespace roundel::test
