#include "cli/studies.h"

namespace roundel::test {
namespace {

std::string emptyStudy(const TempFolder& folder) {
  resultOf({"project", "new", folder / "study"});
  return folder / "study";
}

void writePicture(const fs::path& file, int grey) {
  fs::create_directories(file.parent_path());
  writeGreyPng(file, 8, 6, std::vector<std::uint8_t>(48, static_cast<std::uint8_t>(grey)));
}

std::int64_t casesOf(const std::string& study) { return resultOf({"info", study})["cases"]["total"]; }

TEST(Import, WhereEveryCaseIsRefusedTheInputIsBadAndTheStudyAsItWas) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder), before = fingerprint(study);
  for (const char* name : {"a.png", "b.png"}) {
    fs::create_directory(folder / "broken");
    writeText(folder / "broken" + std::string("/") + name, "\x89PNG\r\n\x1a\nand no more");
    const Ended ended = roundel({"--json", "import", study, folder / "broken", "--format", "images"});
    const Json error = errorIn(ended, "import", 3, "nothing-imported");
    EXPECT_NE(error["message"].get<std::string>().find("a.png"), std::string::npos) << error.dump();
    EXPECT_EQ(document(ended, "import")["warnings"].size(), std::string(name) == "a.png" ? 1U : 2U) << "each one is said";
  }
  writeText(folder / "absent.json", R"({"images": [{"id": 1, "file_name": "gone.png", "width": 8, "height": 6}], "annotations": [], "categories": [{"id": 1, "name": "x"}]})");
  errorOf({"import", study, folder / "absent.json", "--format", "coco"}, 3, "nothing-imported");
  writeText(folder / "empty.json", R"({"images": [], "annotations": [], "categories": [{"id": 1, "name": "x"}]})");
  errorOf({"import", study, folder / "empty.json", "--format", "coco"}, 3, "nothing-imported");
  EXPECT_EQ(fingerprint(study), before);
  writePicture(folder / "broken/c.png", 9);
  resultOf({"import", study, folder / "broken", "--format", "images"}, 6);
  EXPECT_EQ(casesOf(study), 1);
}

}  // namespace
}  // namespace roundel::test
