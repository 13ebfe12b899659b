#include <algorithm>

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
  writeText(
      folder / "absent.json",
      R"({"images": [{"id": 1, "file_name": "gone.png", "width": 8, "height": 6}], "annotations": [], "categories": [{"id": 1, "name": "x"}]})");
  errorOf({"import", study, folder / "absent.json", "--format", "coco"}, 3, "nothing-imported");
  writeText(folder / "empty.json", R"({"images": [], "annotations": [], "categories": [{"id": 1, "name": "x"}]})");
  errorOf({"import", study, folder / "empty.json", "--format", "coco"}, 3, "nothing-imported");
  EXPECT_EQ(fingerprint(study), before);
  writePicture(folder / "broken/c.png", 9);
  resultOf({"import", study, folder / "broken", "--format", "images"}, 6);
  EXPECT_EQ(casesOf(study), 1);
}

TEST(Import, CopiedCasesAreKnownAgainByTheirContent) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder);
  writePicture(folder / "in/a.png", 1);
  writePicture(folder / "in/b.png", 2);
  writePicture(folder / "in/double-of-b.png", 2);
  const auto import = [&](const std::string& from, std::vector<std::string> more) {
    std::vector<std::string> arguments{"import", study, folder / from, "--format", "images"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Json result = resultOf(arguments);
    return std::pair<int, int>(result["added"], result["known"]);
  };
  EXPECT_EQ(import("in", {"--copy"}), std::pair(3, 0)) << "a data set's own doubles stay two cases";
  EXPECT_EQ(import("in", {"--copy"}), std::pair(0, 3));
  EXPECT_EQ(import("in", {}), std::pair(0, 3)) << "the copies are the cases, whether copied again or not";
  fs::rename(folder / "in", folder / "elsewhere");
  fs::rename(folder / "elsewhere/a.png", folder / "elsewhere/renamed.png");
  EXPECT_EQ(import("elsewhere", {"--copy"}), std::pair(0, 3)) << "moved and renamed files hold the same picture";
  writePicture(folder / "elsewhere/b.png", 3);
  EXPECT_EQ(import("elsewhere", {"--copy"}), std::pair(1, 2)) << "another picture under a known name is another case";
  EXPECT_EQ(casesOf(study), 4);
  EXPECT_EQ(std::distance(fs::directory_iterator(study + "/images"), fs::directory_iterator()), 4) << "nothing is copied twice";
  const Ended text = roundel({"import", study, folder / "elsewhere", "--format", "images", "--copy"});
  EXPECT_NE(text.out.find("3 were in the study already"), std::string::npos) << text.out;
  resultOf({"check", study});
}

TEST(Import, AnImageThatWasReplacedIsTakenAsItIsNow) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder);
  const auto write = [&](const std::string& name, int width, int height) {
    fs::create_directories(folder / "in");
    fs::create_directories(folder / "labels");
    const auto count = static_cast<std::size_t>(width * height);
    writeGreyPng(folder / "in/" + name + ".png", width, height, std::vector<std::uint8_t>(count, static_cast<std::uint8_t>(width)));
    writeGreyPng(folder / "labels/" + name + ".png", width, height, std::vector<std::uint8_t>(count, 1));
  };
  const std::vector<std::string> withLabels{"import", study, folder / "in", "--labels", folder / "labels", "--format", "masks"};
  for (const char* name : {"a", "b"}) write(name, 8, 6);
  resultOf(withLabels);
  write("a", 200, 100);
  const Ended alone = roundel({"--json", "import", study, folder / "in", "--format", "images"});
  EXPECT_EQ(alone.code, 6) << "its labels would not fit";
  EXPECT_EQ(document(alone, "import")["warnings"][0]["case"], "a");
  const Ended both = roundel({"--json", "import", study, folder / "in", "--labels", folder / "labels", "--format", "masks"});
  EXPECT_EQ(both.code, 0) << both.err;
  EXPECT_EQ(document(both, "import")["warnings"][0]["code"], "image-changed");
  resultOf({"check", study});
}

TEST(Import, ThePatternOfPatientsMayComeLaterAndSaysWhatItDoesNotFind) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder);
  int grey = 0;
  for (const std::string name : {"1_a", "1_b", "2_a", "x"}) writePicture(folder / ("in/" + name + ".png"), ++grey);
  const auto import = [&](const char* pattern) {
    return document(roundel({"--json", "import", study, folder / "in", "--format", "images", "--patient-from", pattern}),
                    "import")["warnings"];
  };
  EXPECT_NE(import("^p([0-9]+)").dump().find("4 of 4 names"), std::string::npos);
  EXPECT_NE(import("^([0-9]+)_").dump().find("1 of 4 names"), std::string::npos);
  EXPECT_EQ(resultOf({"info", study})["cases"]["patients"], 2);
}

TEST(Import, LabelsOfOneClassLeaveThoseOfAnotherAsTheyWere) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder);
  writePicture(folder / "in/a.png", 1);
  const auto import = [&](int id, const char* name, int x) {
    const std::string left = std::to_string(x), right = std::to_string(x + 3);
    writeText(
        folder / "labels.json",
        R"({"images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 6}], "annotations": [{"id": 1, "image_id": 1, "category_id": )" +
            std::to_string(id) + R"(, "segmentation": [[)" + left + ",1," + right + ",1," + right + ",4," + left +
            R"(,4]]}], "categories": [{"id": )" + std::to_string(id) + R"(, "name": ")" + name + R"("}]})");
    return resultOf({"import", study, folder / "labels.json", "--format", "coco", "--images", folder / "in", "--new-classes", "add"});
  };
  const auto present = [&] {
    std::string names;
    const Json classes = resultOf({"info", study})["classes"];
    for (const auto& one : classes)
      if (one["present"] == 1) names += one["name"].get<std::string>();
    return names;
  };
  import(1, "A", 0);
  import(2, "B", 4);
  EXPECT_EQ(present(), "AB");
  import(1, "A", 2);  // drawn anew
  EXPECT_EQ(present(), "AB");
  const auto versions = [&] { return resultOf({"verify", study})["label_versions"].get<int>(); };
  EXPECT_EQ(versions(), 3);
  import(1, "A", 2);
  EXPECT_EQ(versions(), 3) << "the same again is nothing new";
}

std::string little(std::uint32_t value, int bytes) {
  std::string text;
  for (int index = 0; index < bytes; ++index) text += static_cast<char>((value >> (8 * index)) & 0xFF);
  return text;
}

/// A TIFF of 8-bit grey with as many pages, which share one strip.
std::string tiffWithPages(int pages) {
  constexpr std::uint32_t kEntries = 9, kDirectory = 2 + 12 * kEntries + 4;
  std::string text = "II*" + std::string(1, '\0') + little(8, 4);
  const std::uint32_t strip = 8 + static_cast<std::uint32_t>(pages) * kDirectory;
  for (int page = 0; page < pages; ++page) {
    text += little(kEntries, 2);
    const std::uint32_t tags[kEntries][3] = {{256, 4, 8},     {257, 4, 6}, {258, 3, 8}, {259, 3, 1}, {262, 3, 1},
                                             {273, 4, strip}, {277, 3, 1}, {278, 4, 6}, {279, 4, 48}};
    for (const auto& tag : tags) text += little(tag[0], 2) + little(tag[1], 2) + little(1, 4) + little(tag[2], 4);
    text += little(page + 1 < pages ? 8 + static_cast<std::uint32_t>(page + 1) * kDirectory : 0, 4);
  }
  return text + std::string(48, '\x50');
}

TEST(Import, LabelsExportedAsNiftiAreReadBack) {
  const TempFolder folder;
  resultOf({"phantom", "dental", folder / "p", "--cases", "2", "--width", "96", "--height", "48", "--classes", "4"});
  const auto indexed = [&](const std::string& study) {
    resultOf({"export", study, "--what", "labels", "--format", "masks", "--out", study + "-masks"});
    std::string all;
    for (const char* name : {"dental-00000.png", "dental-00001.png"})
      for (const auto& entry : fs::recursive_directory_iterator(study + "-masks"))
        if (entry.path().filename() == name) all += textOf(entry.path());
    EXPECT_GT(all.size(), 200U);
    return all;
  };
  for (const char* name : {"first", "second"}) resultOf({"project", "new", folder / name});
  resultOf({"import", folder / "first", folder / "p", "--format", "coco"});
  resultOf({"export", folder / "first", "--what", "labels", "--format", "nifti", "--out", folder / "nifti"});
  resultOf({"import", folder / "second", folder / "p/images", "--labels", folder / "nifti", "--format", "masks"});
  EXPECT_TRUE(indexed(folder / "first") == indexed(folder / "second"));
}

TEST(Import, PagesBeyondTheFirstAreSaidWithTheirNumber) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder);
  fs::create_directory(folder / "scans");
  writeText(folder / "scans/one.tif", tiffWithPages(1));
  writeText(folder / "scans/three.tif", tiffWithPages(3));
  const Ended ended = roundel({"--json", "import", study, folder / "scans", "--format", "images"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const Json warnings = document(ended, "import")["warnings"];
  ASSERT_EQ(warnings.size(), 1U) << warnings.dump();
  EXPECT_EQ(warnings[0]["code"], "more-pages");
  EXPECT_EQ(warnings[0]["case"], "three");
  EXPECT_NE(warnings[0]["message"].get<std::string>().find("3 pages"), std::string::npos);
  EXPECT_EQ(casesOf(study), 2);
}

TEST(Classes, ListsThatCannotBeUsedAndListsFromSpreadsheets) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder), list = folder / "list";
  const auto refused = [&](const std::string& text) {
    writeText(list, text);
    return errorOf({"classes", study, "--set", list}, 3, "bad-classes");
  };
  for (const char* text : {"", "[]", "[1, 2]", "1,A\n1,B\n", "1,A\n2,A\n", "0,A\n", "1,\"A\n"}) refused(text);
  EXPECT_NE(refused("99999999999999999999,A\n")["message"].get<std::string>().find("no id"), std::string::npos);
  writeText(list, "\xEF\xBB\xBFid,name,colour\r\n1,\"Incisor, upper\",#00ff00\r\n");
  EXPECT_EQ(resultOf({"classes", study, "--set", list})["classes"][0]["name"], "Incisor, upper");
  writeText(list, "\xEF\xBB\xBF[{\"id\": 1, \"name\": \"A\"}]");
  EXPECT_EQ(resultOf({"classes", study, "--set", list})["classes"][0]["name"], "A") << "a byte order mark is no text";
}

TEST(Export, ImagesOfTheSameNameInTwoFoldersAreToldApartByEveryFormat) {
  const TempFolder folder;
  const std::string study = emptyStudy(folder);
  writePicture(folder / "in/a/x.png", 1);
  writePicture(folder / "in/b/x.png", 2);
  writeText(
      folder / "labels.json",
      R"({"images": [{"id": 1, "file_name": "a/x.png", "width": 8, "height": 6}, {"id": 2, "file_name": "b/x.png", "width": 8, "height": 6}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[0,0,2,0,2,2,0,2]]},
                    {"id": 2, "image_id": 2, "category_id": 1, "segmentation": [[0,0,4,0,4,4,0,4]]}], "categories": [{"id": 1, "name": "A"}]})");
  resultOf({"import", study, folder / "labels.json", "--format", "coco", "--images", folder / "in"});
  for (const std::string format : {"coco", "labelme", "cvat", "masks", "class-masks", "nifti"}) {
    const std::string out = folder / format, back = folder / ("study-" + format);
    resultOf({"export", study, "--format", format, "--out", out});
    resultOf({"project", "new", back});
    const bool maps = format == "masks" || format == "class-masks" || format == "nifti";
    EXPECT_EQ(resultOf({"import", back, out, "--images", folder / "in", "--format", maps ? "masks" : format})["masks"], 2) << format;
    resultOf({"export", back, "--format", "coco", "--out", folder / ("again-" + format)});
    const Json again = jsonOf(folder / ("again-" + format) + "/annotations.json");
    for (const auto& image : again["images"])
      for (const auto& object : again["annotations"])
        if (object["image_id"] == image["id"]) {
          EXPECT_EQ(object["area"], image["file_name"] == "a/x.png" ? 4 : 16) << format << " took one's labels for the other's";
        }
  }
}

TEST(Export, WhatAFailedOneWroteIsNotLeftForTheNext) {
  const TempFolder folder;
  const std::string study = makeStudy(folder), out = folder / "out";
  std::vector<std::string> pictures;
  for (const auto& entry : fs::directory_iterator(folder / "phantoms/images")) pictures.push_back(entry.path());
  std::sort(pictures.begin(), pictures.end());
  fs::remove(pictures.back());
  errorOf({"export", study, "--format", "nnunet", "--out", out}, 3);
  EXPECT_TRUE(fs::exists(out + "/labelsTr/" + fs::path(pictures.front()).filename().string())) << "it had begun";
  resultOf({"export", study, "--format", "coco", "--out", out});
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(out))
    if (entry.is_regular_file()) files.push_back(entry.path().filename());
  std::sort(files.begin(), files.end());
  EXPECT_EQ(files, (std::vector<std::string>{"annotations.json", "roundel-export.json"}));
}

TEST(Info, ListsEveryCaseWhereASentenceSendsPeopleToLookForNames) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  writeText(folder / "list", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n");
  const Json error = errorOf({"split", study, "--labelled", folder / "list"}, 3, "unknown-case");
  EXPECT_NE(error["remedy"].get<std::string>().find("--cases"), std::string::npos) << error["remedy"];
  const Json split = resultOf({"split", study}), list = resultOf({"info", study, "--cases"})["case_list"];
  ASSERT_EQ(list.size(), 14U);
  for (const auto& one : list) {
    EXPECT_EQ(one["size"], (Json{64, 32, 1}));
    EXPECT_EQ(one["annotated"], true);
    const std::string part = one["parts"]["main"];
    EXPECT_NE(std::find(split[part].begin(), split[part].end(), one["name"]), split[part].end()) << one;
  }
  EXPECT_NE(roundel({"info", study, "--cases"}).out.find(list[0]["name"].get<std::string>()), std::string::npos);
  EXPECT_FALSE(resultOf({"info", study}).contains("case_list"));
}

}  // namespace
}  // namespace roundel::test
