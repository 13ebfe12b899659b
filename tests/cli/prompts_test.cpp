#include "cli/studies.h"

namespace roundel::test {
namespace {

constexpr int kWidth = 20, kHeight = 10;

/// A block of a number in a label map.
void put(std::vector<std::uint8_t>& grey, std::uint8_t number, int x0, int y0, int x1, int y1) {
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) grey[static_cast<std::size_t>(y * kWidth + x)] = number;
}

Json classNamed(const Json& result, const std::string& name) {
  for (const auto& one : result["classes"])
    if (one["name"] == name) return one;
  return nullptr;
}

TEST(Prompts, OfALabelMapByItsNumbers) {
  const TempFolder folder;
  std::vector<std::uint8_t> grey(kWidth * kHeight);
  put(grey, 11, 2, 3, 7, 8);
  put(grey, 48, 12, 1, 15, 4);
  put(grey, 48, 18, 8, 19, 9);  // a crumb, which cleaning takes away
  writeGreyPng(folder / "teeth.png", kWidth, kHeight, grey);
  const Json result = resultOf({"prompts", "--prediction", folder / "teeth.png", "--set", "component=largest"});
  EXPECT_EQ(result["width"], kWidth);
  EXPECT_EQ(result["height"], kHeight);
  ASSERT_EQ(result["classes"].size(), 32U) << "teeth are known by their numbers";
  const Json first = classNamed(result, "11"), last = classNamed(result, "48");
  EXPECT_EQ(first["box"], Json::parse("[2, 3, 7, 8]")) << first.dump();
  EXPECT_EQ(first["area"], 25);
  EXPECT_EQ(last["box"], Json::parse("[12, 1, 15, 4]")) << last.dump();
  EXPECT_EQ(last["components"], 2);
  EXPECT_FALSE(classNamed(result, "21")["present"]);
}

TEST(Prompts, OfALabelMapByTheTableBesideIt) {
  const TempFolder folder;
  std::vector<std::uint8_t> grey(kWidth * kHeight);
  put(grey, 1, 2, 3, 7, 8);
  put(grey, 9, 12, 1, 15, 4);
  writeGreyPng(folder / "wrist.png", kWidth, kHeight, grey);
  writeText(folder / "classes.json", R"([{"id": 1, "name": "Radius"}, {"id": 2, "name": "Ulna"}])");
  const Ended ended = roundel({"--json", "prompts", "--prediction", folder / "wrist.png"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Json json = document(ended, "prompts");
  ASSERT_EQ(json["result"]["classes"].size(), 2U);
  EXPECT_EQ(classNamed(json["result"], "Radius")["area"], 25);
  EXPECT_FALSE(classNamed(json["result"], "Ulna")["present"]);
  ASSERT_EQ(json["warnings"].size(), 1U);
  EXPECT_EQ(json["warnings"][0]["code"], "unknown-class") << "9 is no class of the table";
}

TEST(Prompts, OfAnIndexedPngAreThoseOfItsMasks) {
  const TempFolder folder;
  resultOf({"phantom", "dental", folder / "p", "--cases", "1", "--width", "64", "--height", "32", "--classes", "3", "--labels", "indexed"});
  std::string map;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "p"))
    if (entry.path().extension() == ".png" && entry.path().parent_path().filename() != "images") map = entry.path();
  ASSERT_NE(map, "");
  const std::string png = textOf(map);
  ASSERT_EQ(png[25], '\x03') << "no palette: this is not an indexed PNG";
  const Json result = resultOf({"prompts", "--prediction", map, "--out", folder / "prompts.json"});
  int present = 0;
  for (const auto& one : result["classes"]) present += one["present"].get<bool>();
  EXPECT_GT(present, 0) << result.dump();
  EXPECT_EQ(jsonOf(folder / "prompts.json"), result);
}

TEST(Prompts, RefusesWhatHoldsNoClasses) {
  const TempFolder folder;
  writeGreyPng(folder / "black.png", kWidth, kHeight, std::vector<std::uint8_t>(kWidth * kHeight));
  errorOf({"prompts", "--prediction", folder / "black.png"}, 3, "bad-prediction");
  writeText(folder / "broken.png", "\x89PNG\r\n\x1a\nand no more");
  errorOf({"prompts", "--prediction", folder / "broken.png"}, 3, "unreadable-image");
  errorOf({"prompts", "--prediction", folder / "none.png"}, 3, "unreadable-file");
}

}  // namespace
}  // namespace roundel::test
