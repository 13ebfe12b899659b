// The verb predict: new images through a trained specialist.
#include <algorithm>
#include <set>

#include "cli/studies.h"

namespace roundel::test {
namespace {

TEST(Predict, PredictsNewPicturesAndIsEvaluatedAgainstTheTruth) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), fresh = folder / "fresh";
  resultOf({"phantom", "dental", fresh, "--cases", "3", "--width", "64", "--height", "32", "--classes", "3", "--seed", "9", "--labels",
            "indexed"});
  const Json plain = resultOf({"predict", "--model", study + "/runs/r0001", fresh + "/images", "--out", folder / "plain"});
  const Json again = resultOf({"predict", "--model", study + "/runs/r0001", fresh + "/images", "--out", folder / "again"});
  EXPECT_EQ(textOf(folder / "plain/predictions.json"), textOf(folder / "again/predictions.json")) << "the same picture, the same answer";
  resultOf({"predict", "--model", study + "/runs/r0001", fresh + "/images", "--out", folder / "views", "--augment"});
  EXPECT_NE(textOf(folder / "plain/predictions.json"), textOf(folder / "views/predictions.json")) << "several views, another answer";
  resultOf({"predict", "--model", study + "/runs/r0001", fresh + "/images", "--out", folder / "refined", "--refine", "graph-cut"});
  EXPECT_EQ(jsonOf(folder / "refined/predictions.json")["images"].size(), 3U);
  const Json scores = resultOf({"evaluate", "--pred", folder / "plain", "--truth", fresh});
  EXPECT_EQ(scores["cases"], 3);
  EXPECT_FALSE(scores["means"].empty());
  // The truth against itself is perfect.
  const Json perfect = resultOf({"evaluate", "--pred", fresh, "--truth", fresh});
  for (const auto& mean : perfect["means"])
    if (mean["metric"] == "dice") {
      EXPECT_EQ(mean["value"], 1.0) << mean.dump();
    }
  errorOf(
      {"predict", "--model", study + "/runs/r0001", fresh + "/images", "--out", folder / "y", "--refine", "graph-cut", "--set", "beta=1"},
      2, "unknown-parameter");
  errorOf({"predict", "--model", study + "/runs/r0001", fresh + "/images", "--out", folder / "y", "--set", "beta=1"}, 2,
          "unused-parameter");
  errorOf({"predict", "--model", study + "/runs/r0001", fresh + "/images", "--out", folder / "y", "--refine", "graph-cutt"}, 2,
          "unknown-generalist");
}

TEST(Predict, SeveralGeneralistsRefineTogether) {
  const TempFolder folder;
  const std::string model = folder / "model", images = folder / "phantoms/images";
  // Learnt for long enough to find something that can be refined.
  resultOf({"train", makeStudy(folder), "--set", "width=8", "--set", "size=64", "--set", "steps=80", "--out", model});
  const auto refined = [&](const std::string& out, const std::vector<std::string>& by) {
    std::vector<std::string> words{"predict", "--model", model, images, "--out", folder / out};
    words.insert(words.end(), by.begin(), by.end());
    resultOf(words);
    return textOf(folder / (out + "/predictions.json"));
  };
  const std::string both = refined("both", {"--refine", "random-walker", "--refine", "graph-cut"});
  EXPECT_NE(both, refined("walker", {"--refine", "random-walker"}));
  EXPECT_NE(both, refined("cut", {"--refine", "graph-cut"}));
  EXPECT_NE(both, refined("set", {"--refine", "random-walker", "--refine", "graph-cut", "--set", "random-walker.prior=0"}));
  errorOf(
      {"predict", "--model", model, images, "--out", folder / "y", "--refine", "random-walker", "--refine", "graph-cut", "--set", "beta=1"},
      2, "unused-parameter");
}

TEST(Predict, OnePictureOfManyThatCannotBeReadIsSaidAndTheOthersArePredicted) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  fs::create_directory(folder / "in");
  writeGreyPng(folder / "in/good.png", 64, 32, std::vector<std::uint8_t>(64 * 32, 90));
  writeText(folder / "in/broken.png", "\x89PNG\r\n\x1a\nand no more");
  const Ended ended = roundel({"--json", "predict", "--model", study + "/runs/r0001", folder / "in", "--out", folder / "out"});
  EXPECT_EQ(ended.code, 6) << ended.err;
  const Json warnings = document(ended, "predict")["warnings"];
  EXPECT_TRUE(std::any_of(warnings.begin(), warnings.end(), [](const Json& one) { return one["case"] == "broken"; })) << warnings.dump();
}

TEST(Predict, PredictionsOfImagesWithTheSameNameAreKeptApart) {
  const TempFolder folder;
  const std::string model = finishedStudy(folder) + "/runs/r0001", in = folder / "in";
  int grey = 40;
  for (const char* name : {"left/x.png", "right/x.png", "1.2.840.1.png", "1.2.840.2.png"}) {
    fs::create_directories((fs::path(in) / name).parent_path());
    writeGreyPng(fs::path(in) / name, 64, 32, std::vector<std::uint8_t>(64 * 32, static_cast<std::uint8_t>(grey += 20)));
  }
  for (const int number : {1, 2}) fs::rename(in + "/1.2.840." + std::to_string(number) + ".png", in + "/1.2.840." + std::to_string(number));
  writeText(in + "/Thumbs.db", "no picture");
  const Json result = resultOf({"predict", "--model", model, in, in + "/1.2.840.1", in + "/1.2.840.2", "--out", folder / "out"});
  std::set<std::string> maps;
  for (const auto& one : result["images"]) maps.insert(fs::path(one["labels"].get<std::string>()).filename());
  EXPECT_EQ(maps, (std::set<std::string>{"x.png", "right-x.png", "1.2.840.1.png", "1.2.840.2.png"}));
  resultOf({"predict", "--model", model, in + "/left", "--out", folder / "out"});
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder / "out/labels")) left.insert(entry.path().filename());
  EXPECT_EQ(left, (std::set<std::string>{"x.png", "classes.json"})) << "maps of the earlier predictions are gone";
  errorOf({"predict", "--model", model, folder / "empty-of-images", "--out", folder / "none"}, 3);
}

}  // namespace
}  // namespace roundel::test
