#include <algorithm>
#include <map>

#include "cli/studies.h"

namespace roundel::test {
namespace {

/// Wrists whose file names say that every second one is a right hand, with their COCO labels.
std::string makeWrists(const TempFolder& folder) {
  const std::string made = folder / "phantoms", named = folder / "wrists";
  resultOf({"phantom", "wrist", made, "--cases", "4", "--width", "64", "--height", "96", "--seed", "3"});
  fs::create_directories(named + "/images");
  Json coco = jsonOf(made + "/annotations.json");
  int number = 0;
  for (auto& image : coco["images"]) {
    const std::string name = "images/000" + std::to_string(number) + "_1297860395_01_WRI-" + (number % 2 == 0 ? "L" : "R") + "1_M014.png";
    fs::copy(made + "/images/" + fs::path(image["file_name"].get<std::string>()).filename().string(), fs::path(named) / name);
    image["file_name"] = name;
    ++number;
  }
  writeText(named + "/annotations.json", coco.dump());
  return named;
}

/// The files below a folder by their path in it.
std::map<std::string, std::string> filesOf(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[entry.path().lexically_relative(folder).string()] = textOf(entry.path());
  return files;
}

TEST(Mirror, WhatIsMirroredAtImportLeavesAsItCame) {
  const TempFolder folder;
  const std::string wrists = makeWrists(folder);
  std::map<std::string, std::map<std::string, std::string>> exported;
  for (const std::string side : {"none", "right"}) {
    const std::string study = folder / side;
    resultOf({"project", "new", study});
    EXPECT_EQ(resultOf({"import", study, wrists, "--format", "coco", "--mirror", side})["mirrored"], side == "none" ? 0 : 2);
    for (const std::string format : {"class-masks", "coco", "nifti", "cvat", "nnunet", "labelme"}) {
      const std::string out = folder / (format + "-" + side);
      resultOf({"export", study, "--what", "labels", "--format", format, "--out", out});
      exported[side][format] = "";
      for (const auto& [name, text] : filesOf(out)) exported[side][format] += name + "\n" + text;
    }
  }
  for (const auto& [format, files] : exported["none"]) {
    EXPECT_GT(files.size(), 500U) << format;
    EXPECT_TRUE(files == exported["right"][format]) << format << " is not what it was without the mirror";
  }
}

TEST(Mirror, CasesOfNoKnownSideAreSaid) {
  const TempFolder folder;
  resultOf({"phantom", "wrist", folder / "wrists", "--cases", "2", "--width", "64", "--height", "96"});
  resultOf({"project", "new", folder / "study"});
  const Ended ended = roundel({"--json", "import", folder / "study", folder / "wrists/images", "--mirror", "right"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const Json warnings = document(ended, "import")["warnings"];
  ASSERT_EQ(warnings.size(), 1U) << warnings.dump();
  EXPECT_EQ(warnings[0]["code"], "side-unknown");
}

TEST(Mirror, ARightHandIsPredictedAsTheLeftOneThatItMirrors) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  resultOf({"phantom", "dental", folder / "phantoms", "--cases", "8", "--width", "64", "--height", "32", "--classes", "3", "--seed", "9"});
  constexpr int kWidth = 64, kHeight = 32, kPictures = 8;
  const std::string form = "_1297860395_01_WRI-";
  fs::create_directories(folder / "in");
  int number = 0;
  for (const auto& [name, unused] : filesOf(folder / "phantoms/images")) {
    if (number == kPictures) break;
    resultOf({"decode", folder / "phantoms/images/" + name, "--out", folder / "raw"});
    const std::string raw = textOf(folder / "raw/" + name + ".raw");
    ASSERT_EQ(raw.size(), static_cast<std::size_t>(kWidth * kHeight));
    std::vector<std::uint8_t> left(raw.begin(), raw.end()), right = left;
    for (int y = 0; y < kHeight; ++y) std::reverse(right.begin() + y * kWidth, right.begin() + (y + 1) * kWidth);
    writeGreyPng(folder / "in/000" + std::to_string(number) + form + "L1_M014.png", kWidth, kHeight, left);
    writeGreyPng(folder / "in/100" + std::to_string(number) + form + "R1_M014.png", kWidth, kHeight, right);
    ++number;
  }
  resultOf({"predict", "--model", study + "/runs/r0001", folder / "in", "--out", folder / "out", "--mirror", "right"});
  const Json predictions = jsonOf(folder / "out/predictions.json");
  std::vector<std::vector<int>> left, right;  // picture, class, area, box
  for (const auto& one : predictions["annotations"]) {
    const int image = one["image_id"], x = one["bbox"][0], width = one["bbox"][2];
    const bool turned = image > kPictures;
    (turned ? right : left)
        .push_back({turned ? image - kPictures : image, one["category_id"], one["area"], turned ? kWidth - x - width : x, one["bbox"][1],
                    width, one["bbox"][3]});
  }
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(right, left);
}

}  // namespace
}  // namespace roundel::test
