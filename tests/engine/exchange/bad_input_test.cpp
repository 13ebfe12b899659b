#include "core/bounded_json.h"
#include "exchange/study_builder.h"
#include "exchange_support.h"

namespace roundel {
namespace {

using testing::codeOf;
using testing::Folder;
using testing::hasWarning;
using testing::importAs;

std::string coco(const std::string& images, const std::string& annotations) {
  return R"({"images": [)" + images + R"(], "annotations": [)" + annotations +
         R"(], "categories": [{"id": 1, "name": "x"}, {"id": 2, "name": "y"}]})";
}
constexpr const char* kImageA = R"({"id": 1, "file_name": "a.png", "width": 8, "height": 6})";

TEST(BadInput, EmptyFolderAndNothingThere) {
  const Folder folder;
  EXPECT_EQ(codeOf([&] { recognisedFormat({.source = folder.path()}); }), "empty-folder");
  EXPECT_EQ(codeOf([&] { recognisedFormat({.source = folder / "gone"}); }), "unreadable-file");
  EXPECT_EQ(codeOf([&] { importAs("images", {.source = folder.path()}); }), "nothing-imported");
  folder.write("note.txt", "hello");
  EXPECT_EQ(codeOf([&] { recognisedFormat({.source = folder.path()}); }), "unknown-format");
}

TEST(BadInput, SizesThatDifferRefuseTheCaseAlone) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  folder.picture("b.png", 9, 6);
  const auto study = importAs(
      "coco", {.source = folder.write("c.json", coco(std::string(kImageA) + R"(, {"id": 2, "file_name": "b.png", "width": 8, "height": 6})",
                                                     R"({"image_id": 1, "category_id": 1, "segmentation": [[1,1,3,1,3,3]]})"))});
  ASSERT_EQ(study.cases.size(), 1u);
  EXPECT_EQ(study.refused, 1);
  EXPECT_TRUE(hasWarning(study.warnings, "size-mismatch", "b.png"));

  const Folder masks;
  masks.picture("images/a.png", 8, 6);
  masks.picture("images/b.png", 9, 6);
  masks.picture("labels/a.png", 8, 6);
  masks.picture("labels/b.png", 8, 6);
  masks.picture("labels/nobody.png", 8, 6);
  const auto maps = importAs("masks", {.source = masks.path()});
  EXPECT_EQ(maps.cases.size(), 1u);
  EXPECT_TRUE(hasWarning(maps.warnings, "size-mismatch", "b.png"));
  EXPECT_TRUE(hasWarning(maps.warnings, "missing-image", "nobody"));
}

TEST(BadInput, ABrokenObjectMakesItsClassNotAnnotated) {
  for (const std::string segmentation :
       {R"([[1, 1, 2, 2]])", R"([[1, 1, 2]])", R"([[1, 1, 2, null, 3, 3]])", R"([[1, 1, 1e300, 2, 3, 3]])", R"([])", R"(7)",
        R"({"size": [6, 8], "counts": [3, 4]})", R"({"size": [6, 8], "counts": [-3, 51]})", R"({"size": [8, 6], "counts": [48]})",
        R"({"size": [6, 8], "counts": "zzzzzzzzz"})", R"({"size": [6, 8], "counts": [1.5, 46.5]})",
        R"({"size": [6, 8], "counts": [99999999999999999999, 1]})", R"({"size": [6, 8]})"}) {
    const Folder folder;
    folder.picture("a.png", 8, 6);
    const auto study = importAs(
        "coco", {.source = folder.write(
                     "c.json", coco(kImageA, R"({"image_id": 1, "category_id": 1, "segmentation": )" + segmentation +
                                                 R"(}, {"image_id": 1, "category_id": 2, "segmentation": [[1,1,3,1,3,3,1,3]]})"))});
    ASSERT_EQ(study.cases.size(), 1u) << segmentation;
    EXPECT_EQ(study.refusedObjects, 1) << segmentation;
    EXPECT_EQ(study.cases[0].annotation.classes.at(0).state, ClassState::NotAnnotated) << segmentation;
    EXPECT_EQ(study.cases[0].annotation.classes.at(1).state, ClassState::Present) << segmentation;
  }
}

TEST(BadInput, UnknownCategoriesImagesAndDoubledImagesAreSaid) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  const auto study = importAs(
      "coco",
      {.source = folder.write(
           "c.json",
           coco(
               std::string(kImageA) +
                   R"(, {"id": 2, "file_name": "a.png", "width": 8, "height": 6}, {"id": 1, "file_name": "z.png"}, {"id": 5}, 17)",
               R"({"image_id": 1, "category_id": 77, "segmentation": [[1,1,3,1,3,3]]}, {"image_id": 1, "category_id": 1, "segmentation": [[90,90,93,91,93,93]]}, {"image_id": 99, "category_id": 1}, "x", null)"))});
  ASSERT_EQ(study.cases.size(), 1u);
  EXPECT_TRUE(hasWarning(study.warnings, "unknown-class", "a"));
  EXPECT_TRUE(hasWarning(study.warnings, "empty-object", "a"));
  EXPECT_TRUE(hasWarning(study.warnings, "unknown-image"));
  EXPECT_TRUE(hasWarning(study.warnings, "image-twice"));
  EXPECT_EQ(study.refused, 4);
}

TEST(BadInput, SameNamesInSubfoldersBecomeDifferentCases) {
  const Folder folder;
  folder.picture("one/a.png", 2, 2);
  folder.picture("two/a.png", 2, 2);
  folder.picture("two/\xff\xfe.png", 2, 2);
  const auto study = importAs("images", {.source = folder.path()});
  ASSERT_EQ(study.cases.size(), 3u);
  EXPECT_EQ(study.cases[0].name, "a");
  EXPECT_EQ(study.cases[1].name, "two-a");
  EXPECT_TRUE(isUtf8(study.cases[2].name));
  EXPECT_TRUE(std::filesystem::exists(study.cases[2].image)) << "the bytes of the path stay";

  const auto labels = importAs(
      "coco",
      {.source = folder.write(
           "c.json",
           R"({"images": [{"id": 1, "file_name": "two/a.png", "width": 2, "height": 2}, {"id": 2, "file_name": "x/a.png", "width": 2, "height": 2}], "annotations": [], "categories": []})")});
  ASSERT_EQ(labels.cases.size(), 1u);
  EXPECT_EQ(labels.cases[0].image, folder / "two/a.png");
  EXPECT_TRUE(hasWarning(labels.warnings, "ambiguous-image"));
}

TEST(BadInput, PathsDoNotLeaveTheFolders) {
  const Folder folder;
  folder.picture("secret.png", 8, 6);
  folder.picture("in/b.png", 8, 6);
  folder.write("in/c.json",
               R"({"images": [{"id": 1, "file_name": "../secret.png", "width": 8, "height": 6}, {"id": 2, "file_name": ")" +
                   (folder / "secret.png").string() +
                   R"(", "width": 8, "height": 6}, {"id": 3, "file_name": "b.png", "width": 8, "height": 6}], "annotations": []})");
  const auto study = importAs("coco", {.source = folder / "in/c.json", .images = folder / "in"});
  ASSERT_EQ(study.cases.size(), 1u);
  EXPECT_EQ(study.cases[0].name, "b");
}

TEST(BadInput, HostileJsonIsRefusedQuickly) {
  const std::filesystem::path file = "x.json";
  EXPECT_EQ(codeOf([&] { parseForeignJson(std::string(2'000'000, '['), file); }), "document-too-large");
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "{\"a\":";
  EXPECT_EQ(codeOf([&] { parseForeignJson(deep, file); }), "document-too-large");
  EXPECT_EQ(codeOf([&] { parseForeignJson("[1,2,3,4,5]", file, {.values = 4}); }), "document-too-large");
  EXPECT_EQ(codeOf([&] { parseForeignJson("[1,2,3]", file, {.bytes = 3}); }), "document-too-large");
  for (const std::string text : {"", "{", "{\"a\": nan}", "[1,]", "\xff\xfe", "{\"a\": \"\xc3\x28\"}"})
    EXPECT_EQ(codeOf([&] { parseForeignJson(text, file); }), "bad-document") << text;
  // Very many keys in one object: a table that is searched in a row would need minutes.
  std::string wide = "{";
  for (int i = 0; i < 200000; ++i) wide += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
  EXPECT_EQ(parseForeignJson(wide + "}", file).size(), 200000u);
}

TEST(BadInput, HostileXmlIsRefusedOrRead) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  // Entities are not expanded: the billion laughs stay letters.
  std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE annotations [<!ENTITY a \"lol\">";
  for (char c = 'b'; c <= 'k'; ++c)
    bomb += std::string("<!ENTITY ") + c + " \"" + [&] {
      std::string ten;
      for (int i = 0; i < 10; ++i) ten += std::string("&") + static_cast<char>(c - 1) + ";";
      return ten;
    }() + "\">";
  bomb +=
      "]><annotations><image id=\"0\" name=\"a.png\" width=\"8\" height=\"6\"><polygon label=\"&k;\" "
      "points=\"1,1;3,1;3,3\"/></image></annotations>";
  const auto study = importAs("cvat", {.source = folder.write("bomb.xml", bomb)});
  ASSERT_EQ(study.classes.size(), 1);
  EXPECT_EQ(study.classes[0].name, "&k;");
  std::string deep = "<annotations>";
  for (int i = 0; i < 300000; ++i) deep += "<a>";
  EXPECT_EQ(codeOf([&] { importAs("cvat", {.source = folder.write("deep.xml", deep)}); }), "bad-document");
  EXPECT_EQ(codeOf([&] { importAs("cvat", {.source = folder.write("video.xml", "<annotations><track/></annotations>")}); }),
            "bad-document");
  EXPECT_EQ(codeOf([&] { importAs("cvat", {.source = folder.write("other.xml", "<svg/>")}); }), "bad-document");
}

TEST(BadInput, BrokenCvatShapesAreSaidPerCase) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  folder.picture("b.png", 8, 6);
  const std::string shapes =
      R"(<polygon label="p" points="1,1;2,2"/><polygon label="q" points="1,x;2,2;3,3"/><polygon label="r" points="nan,1;2,2;3,3"/>
    <mask label="s" rle="1,2" left="0" top="0" width="2" height="2"/><mask label="t" rle="4" left="99999999999" top="0" width="2" height="2"/>
    <box label="u" xtl="0" ytl="0" xbr="inf" ybr="2"/><ellipse label="v" cx="4" cy="3" rx="2" ry="2"/>)";
  const auto study = importAs(
      "cvat",
      {.source = folder.write(
           "c.xml",
           R"(<annotations><image name="a.png" width="8" height="6">)" + shapes +
               R"(</image><image name="b.png" width="8" height="6"/><image name="b.png" width="x" height="6"/><image name="b.png" width="8" height="6"/></annotations>)")});
  ASSERT_EQ(study.cases.size(), 2u);
  EXPECT_EQ(study.refusedObjects, 6);
  for (int c = 0; c < 6; ++c) EXPECT_EQ(study.cases[0].annotation.classes[static_cast<std::size_t>(c)].state, ClassState::NotAnnotated);
  EXPECT_EQ(study.cases[0].annotation.classes.at(6).mask.area(), 12);
  EXPECT_TRUE(study.cases[1].annotation.classes.empty());
  EXPECT_TRUE(hasWarning(study.warnings, "image-twice", "b.png"));
  EXPECT_TRUE(hasWarning(study.warnings, "bad-size", "b.png"));
}

TEST(BadInput, APictureIsNoLabelMapAndATableMayBeWrong) {
  const Folder folder;
  folder.picture("images/a.png", 128, 128);
  LabelPixels noise{.size = {128, 128, 1}, .values = {}};
  for (std::uint32_t i = 0; i < 128 * 128; ++i) noise.values.push_back(i * 4 % 65536);
  folder.write("labels/a.png", greyPng(noise, 16));
  const auto refused = importAs("masks", {.source = folder.path()});
  EXPECT_TRUE(refused.cases.empty());
  EXPECT_TRUE(hasWarning(refused.warnings, "not-a-label-map", "a"));
  const Folder table;
  table.picture("images/a.png", 2, 2);
  table.picture("labels/a.png", 2, 2);
  table.write("labels/classes.json", R"([{"id": 7, "name": "x"}, {"id": 7, "name": "y"}])");
  EXPECT_EQ(codeOf([&] { importAs("masks", {.source = table.path()}); }), "bad-classes");
  table.write("labels/classes.json", R"({"3": "x"})");
  const auto study = importAs("masks", {.source = table.path()});
  EXPECT_TRUE(hasWarning(study.warnings, "unknown-class"));
  EXPECT_EQ(study.cases.at(0).annotation.classes.at(0).state, ClassState::Absent);
}

TEST(BadInput, LabelmeFilesFailOneByOne) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  folder.write("a.json", R"({"version": "5", "imagePath": "a.png", "imageHeight": 6, "imageWidth": 8, "shapes": [
    {"label": "x", "shape_type": "mask", "points": [[0, 0], [1, 1]], "mask": "AAAA"}, {"label": "y", "shape_type": "circle", "points": [[1, 1]]},
    {"label": "z", "points": "none"}, {"points": [[1, 1]]}, 5, {"label": "w", "shape_type": "rectangle", "points": [[0, 0], [2, 2]]}]})");
  folder.write("b.json", "{");
  folder.write("c.json", R"({"shapes": [], "imagePath": "gone.png"})");
  const auto study = importAs("labelme", {.source = folder.path()});
  ASSERT_EQ(study.cases.size(), 1u);
  EXPECT_EQ(study.refusedObjects, 5) << "two of them say of no class what they are";
  EXPECT_EQ(study.refused, 2);
  EXPECT_EQ(study.cases[0].annotation.classes.at(static_cast<std::size_t>(study.classes.indexOfName("w"))).mask.area(), 4);
}

TEST(BadInput, TenThousandImagesAreOnlyProbed) {
  const Folder folder;
  folder.picture("0.png", 1, 1);
  for (int i = 1; i < 2000; ++i) std::filesystem::create_hard_link(folder / "0.png", folder / (std::to_string(i) + ".png"));
  testing::TestImages images;
  Job job;
  const auto study = importFormats().create("images")->read({.source = folder.path()}, images, job);
  EXPECT_EQ(study.cases.size(), 2000u);
  EXPECT_EQ(images.probes, 2000);
  EXPECT_EQ(study.cases[10].name, "10") << "numbers in names count by value";
}

}  // namespace
}  // namespace roundel
