#include "core/hash.h"
#include "exchange/label_map.h"
#include "exchange/run_length.h"
#include "exchange_support.h"

namespace roundel {
namespace {

using testing::Folder;
using testing::hasWarning;
using testing::importAs;
using testing::rectangle;

const Size kPictureSize{8, 6, 1};

const ClassAnnotation& label(const ImportedStudy& study, std::size_t at, const std::string& name) {
  return study.cases.at(at).annotation.classes.at(static_cast<std::size_t>(study.classes.indexOfName(name)));
}

TEST(Coco, ReadsPolygonsRunLengthsAndStates) {
  const Folder folder;
  folder.picture("images/a.png", 8, 6);
  folder.picture("images/b.png", 8, 6);
  // Column by column: pixels (1,0) and (1,1).
  const auto file = folder.write("annotations.json", R"({"images": [
      {"id": 1, "file_name": "a.png", "width": 8, "height": 6}, {"id": 2, "file_name": "b.png", "width": 8, "height": 6}],
    "annotations": [
      {"id": 1, "image_id": 1, "category_id": 5, "segmentation": [[1, 1, 3, 1, 3, 3, 1, 3], [5.0, 2, 7, 2, 7, 4, 5, 4]]},
      {"id": 2, "image_id": 1, "category_id": 5, "segmentation": [[0, 5, 8, 5, 8, 6, 0, 6]]},
      {"id": 3, "image_id": 1, "category_id": 9, "iscrowd": 1, "segmentation": {"size": [6, 8], "counts": [6, 2, 40]}},
      {"id": 4, "image_id": 1, "category_id": 7, "segmentation": {"size": [6, 8], "counts": "62X1"}}],
    "categories": [{"id": 5, "name": "Radius"}, {"id": 7, "name": "Carpus"}, {"id": 9, "name": "Ulna"}, {"id": 11, "name": "Rib"}]})");
  const auto study = importAs("coco", {.source = file});
  ASSERT_EQ(study.cases.size(), 2u);
  EXPECT_EQ(study.classes[0].id, 5);
  const Mask radius =
      unite(unite(rectangle(kPictureSize, 1, 1, 3, 3), rectangle(kPictureSize, 5, 2, 7, 4)), rectangle(kPictureSize, 0, 5, 8, 6));
  EXPECT_EQ(label(study, 0, "Radius").mask, radius);
  EXPECT_EQ(label(study, 0, "Ulna").mask, rectangle(kPictureSize, 1, 0, 2, 2));
  EXPECT_EQ(label(study, 0, "Carpus").mask, label(study, 0, "Ulna").mask);  // overlap is kept
  EXPECT_EQ(label(study, 0, "Rib").state, ClassState::Absent);
  EXPECT_TRUE(study.cases[1].annotation.classes.empty()) << "an image without objects is not annotated";
  EXPECT_EQ(study.refused, 0);

  const auto cautious = importAs("coco", {.source = file, .missing = MissingClass::NotAnnotated});
  EXPECT_EQ(label(cautious, 0, "Rib").state, ClassState::NotAnnotated);
  const auto crowd = importAs("coco", {.source = file}, {{"crowd", "ignore"}});
  EXPECT_EQ(crowd.cases[0].annotation.ignore, rectangle(kPictureSize, 1, 0, 2, 2));
  EXPECT_EQ(label(crowd, 0, "Ulna").state, ClassState::Absent);
}

TEST(Coco, CategoriesFromZeroAreRaised) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  const auto study =
      importAs("coco", {.source = folder.write("c.json", R"({"images": [{"id": 0, "file_name": "a.png", "width": 8, "height": 6}],
    "annotations": [{"image_id": 0, "category_id": 0, "segmentation": [[1, 1, 3, 1, 3, 3, 1, 3]]}], "categories": [{"id": 0, "name": "tooth"}]})")});
  EXPECT_EQ(study.classes[0].id, 1);
  EXPECT_EQ(label(study, 0, "tooth").mask, rectangle(kPictureSize, 1, 1, 3, 3));
}

TEST(Coco, ImagesMayHaveWordsAsTheirIds) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  folder.picture("b.png", 8, 6);
  const auto study = importAs("coco", {.source = folder.write("c.json", R"({"images": [
      {"id": "left-7", "file_name": "a.png", "width": 8, "height": 6}, {"id": "7", "file_name": "b.png", "width": 8, "height": 6}],
    "annotations": [{"image_id": "left-7", "category_id": 1, "segmentation": [[1, 1, 3, 1, 3, 3, 1, 3]]},
                    {"image_id": 7, "category_id": 1, "segmentation": [[1, 1, 3, 1, 3, 3, 1, 3]]}],
    "categories": [{"id": 1, "name": "tooth"}]})")});
  ASSERT_EQ(study.cases.size(), 2u);
  EXPECT_EQ(label(study, 0, "tooth").mask, rectangle(kPictureSize, 1, 1, 3, 3));
  EXPECT_TRUE(study.cases[1].annotation.classes.empty()) << "the word 7 is not the number 7";
}

constexpr const char* kCvatHead =
    R"(<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><meta><task><labels><label><name>Knochen</name>
  <attributes><attribute><name>Anatomie</name><input_type>select</input_type><values>Radius
Ulna
Sonstiges</values></attribute></attributes></label></labels></task></meta>)";

TEST(Cvat, ReadsShapesWithTheAttributeAsClass) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  const auto file = folder.write("labels.xml", std::string(kCvatHead) + R"(<image id="0" name="a.png" width="8" height="6">
    <polygon label="Knochen" points="1.0,1.0;3.0,1.0;3.0,3.0;1.0,3.0"><attribute name="Anatomie">Ulna</attribute></polygon>
    <mask label="Knochen" rle="1, 2, 1, 2" left="6" top="2" width="3" height="2"><attribute name="Anatomie">Radius</attribute></mask>
    <box label="Knochen" xtl="0" ytl="5" xbr="2" ybr="6"><attribute name="Anatomie">Radius</attribute></box>
    <points label="Knochen" points="1,1"/></image><image id="1" name="gone.png" width="8" height="6"/></annotations>)");
  const auto study = importAs("cvat", {.source = file});
  ASSERT_EQ(study.cases.size(), 1u);
  ASSERT_EQ(study.classes.size(), 3);
  EXPECT_EQ(study.classes[0].name, "Radius");
  EXPECT_EQ(label(study, 0, "Ulna").mask, rectangle(kPictureSize, 1, 1, 3, 3));
  // The box 6..8 x 2..3 row by row 0 1 1 | 0 1 1; its last column leaves the image.
  EXPECT_EQ(label(study, 0, "Radius").mask, unite(rectangle(kPictureSize, 7, 2, 8, 4), rectangle(kPictureSize, 0, 5, 2, 6)));
  EXPECT_EQ(label(study, 0, "Sonstiges").state, ClassState::Absent);
  EXPECT_EQ(study.refused, 1);
  EXPECT_TRUE(hasWarning(study.warnings, "missing-image", "gone.png"));
  EXPECT_TRUE(hasWarning(study.warnings, "no-area"));

  const auto byLabel = importAs("cvat", {.source = file}, {{"attribute", "none"}});
  ASSERT_EQ(byLabel.classes.size(), 1);
  EXPECT_EQ(byLabel.classes[0].name, "Knochen");
}

TEST(Labelme, ReadsEveryShapeWithAnArea) {
  const Folder folder;
  folder.picture("a.png", 8, 6);
  folder.write("a.json", R"({"version": "5.4.1", "imagePath": "a.png", "imageData": null, "imageHeight": 6, "imageWidth": 8, "shapes": [
    {"label": "x", "shape_type": "polygon", "group_id": 1, "points": [[1, 1], [3, 1], [3, 3], [1, 3]]},
    {"label": "x", "shape_type": "rectangle", "group_id": 2, "points": [[7, 4], [5, 2]]},
    {"label": "y", "shape_type": "circle", "points": [[4, 3], [4, 5]]},
    {"label": "__ignore__", "shape_type": "rectangle", "points": [[0, 5], [8, 6]]},
    {"label": "y", "shape_type": "point", "points": [[4, 3]]}]})");
  const auto study = importAs("labelme", {.source = folder.path()});
  ASSERT_EQ(study.cases.size(), 1u);
  EXPECT_EQ(label(study, 0, "x").mask, unite(rectangle(kPictureSize, 1, 1, 3, 3), rectangle(kPictureSize, 5, 2, 7, 4)));
  EXPECT_EQ(label(study, 0, "y").mask.area(), 12);  // radius 2: a 4 x 4 square without its corners
  EXPECT_EQ(study.cases[0].annotation.ignore, rectangle(kPictureSize, 0, 5, 8, 6));
  EXPECT_TRUE(hasWarning(study.warnings, "no-area"));
}

TEST(Masks, NumbersAreTeethWhereTheyCanBe) {
  const Folder folder;
  folder.picture("images/a.png", 2, 2);
  folder.picture("images/without.png", 2, 2);
  folder.write("labels_fdi/a.png", greyPng({.size = {2, 2, 1}, .values = {0, 11, 48, 11}}, 8));
  const auto study = importAs("masks", {.source = folder.path()});
  EXPECT_EQ(study.classes, paletteClasses("fdi"));
  ASSERT_EQ(study.cases.size(), 2u);
  EXPECT_EQ(label(study, 0, "11").mask.area(), 2);
  EXPECT_EQ(label(study, 0, "12").state, ClassState::Absent);
  EXPECT_TRUE(study.cases[1].annotation.classes.empty());
  EXPECT_EQ(classesOfNumbers({1, 2})[0].name, "class 1");
  EXPECT_EQ(classesOfNumbers({11, 99}).size(), 2);
  EXPECT_EQ(classesOfNumbers({11, 12}).size(), 2) << "1 to 18 alone may be anything";
}

TEST(Masks, OneFileAClassBothWaysRound) {
  for (const bool casesAreFolders : {true, false}) {
    const Folder folder;
    folder.picture("images/a.png", 2, 1);
    folder.picture("images/b.png", 2, 1);
    for (const std::string one : {"a", "b"})
      for (const std::string name : {"Radius", "Ulna"})
        folder.write("labels/" + (casesAreFolders ? one + "/" + name : name + "/" + one) + ".png",
                     greyPng({.size = {2, 1, 1}, .values = {one == "a" ? 255U : 0U, name == "Ulna" ? 255U : 0U}}, 8));
    const auto study = importAs("masks", {.source = folder.path()});
    ASSERT_EQ(study.cases.size(), 2u);
    ASSERT_EQ(study.classes.size(), 2);
    EXPECT_EQ(label(study, 0, "Radius").mask.toBytes(), (std::vector<std::uint8_t>{1, 0}));
    EXPECT_EQ(label(study, 0, "Ulna").mask.toBytes(), (std::vector<std::uint8_t>{1, 1}));
    EXPECT_EQ(label(study, 1, "Radius").state, ClassState::Absent);
    EXPECT_EQ(label(study, 1, "Ulna").mask.toBytes(), (std::vector<std::uint8_t>{0, 1}));
  }
}

TEST(Nnunet, ReadsRegionsAndIgnore) {
  const Folder folder;
  folder.picture("imagesTr/a_0000.png", 4, 1);
  folder.picture("imagesTr/a_0001.png", 4, 1);
  folder.picture("imagesTs/t_0000.png", 4, 1);
  folder.write("labelsTr/a.png", greyPng({.size = {4, 1, 1}, .values = {0, 1, 2, 3}}, 8));
  folder.write(
      "dataset.json",
      R"({"channel_names": {"0": "x"}, "labels": {"background": 0, "whole": [1, 2], "core": [2], "ignore": 3}, "numTraining": 1, "file_ending": ".png"})");
  const auto study = importAs("nnunet", {.source = folder.path()});
  ASSERT_EQ(study.cases.size(), 2u);
  EXPECT_EQ(study.cases[0].name, "a");
  EXPECT_EQ(label(study, 0, "whole").mask.toBytes(), (std::vector<std::uint8_t>{0, 1, 1, 0}));
  EXPECT_EQ(label(study, 0, "core").mask.toBytes(), (std::vector<std::uint8_t>{0, 0, 1, 0}));
  EXPECT_EQ(study.cases[0].annotation.ignore.toBytes(), (std::vector<std::uint8_t>{0, 0, 0, 1}));
  EXPECT_EQ(study.cases[1].name, "t");
  EXPECT_TRUE(study.cases[1].annotation.classes.empty());
}

TEST(Monai, ReadsPathsAndParts) {
  const Folder folder;
  folder.picture("imagesTr/a.png", 2, 1);
  folder.picture("imagesTs/b.png", 2, 1);
  folder.write("labelsTr/a.png", greyPng({.size = {2, 1, 1}, .values = {2, 0}}, 8));
  folder.write("dataset.json", R"({"labels": {"0": "background", "1": "front", "2": "back"},
    "training": [{"image": "./imagesTr/a.png", "label": "./labelsTr/a.png"}, {"image": "gone.png"}], "test": ["./imagesTs/b.png"]})");
  const auto study = importAs("monai", {.source = folder / "dataset.json"});
  ASSERT_EQ(study.cases.size(), 2u);
  EXPECT_EQ(label(study, 0, "back").mask.area(), 1);
  EXPECT_EQ(label(study, 0, "front").state, ClassState::Absent);
  EXPECT_EQ(study.cases[1].split, "test");
  EXPECT_TRUE(hasWarning(study.warnings, "missing-image", "gone.png"));
}

TEST(Auto, TellsFormatsByTheirContent) {
  const auto told = [](const Folder& folder, const std::string& name = "") {
    return recognisedFormat({.source = name.empty() ? folder.path() : folder / name});
  };
  Folder coco, cvat, labelme, nnunet, monai, masks, images;
  coco.write("x.json", R"({"images": [], "annotations": []})");
  EXPECT_EQ(told(coco), "coco");
  EXPECT_EQ(told(coco, "x.json"), "coco");
  cvat.write("x.xml", kCvatHead + std::string("</annotations>"));
  EXPECT_EQ(told(cvat), "cvat");
  labelme.write("x.json", R"({"version": "5", "shapes": [], "imagePath": "x.png"})");
  EXPECT_EQ(told(labelme), "labelme");
  nnunet.write("dataset.json", R"({"labels": {}})");
  nnunet.picture("imagesTr/a_0000.png", 1, 1);
  EXPECT_EQ(told(nnunet), "nnunet");
  monai.write("dataset.json", R"({"training": []})");
  EXPECT_EQ(told(monai), "monai");
  masks.picture("images/a.png", 1, 1);
  masks.picture("labels/a.png", 1, 1);
  EXPECT_EQ(told(masks), "masks");
  images.picture("a.png", 1, 1);
  EXPECT_EQ(told(images), "images");
  images.write("b", std::string(128, '\0') + "DICM");
  EXPECT_EQ(recognisedFormat({.source = images / "b"}), "dicom");
}

TEST(Nnunet, LabelsMayBeWrittenAsNumberAndName) {
  for (const char* labels : {R"({"0": "background", "1": "Radius", "2": "Ulna"})", R"({"background": "0", "Radius": "1", "Ulna": "2"})"}) {
    const Folder folder;
    folder.picture("imagesTr/a_0000.png", 8, 6);
    folder.write("labelsTr/a.png", greyPng({.size = kPictureSize, .values = std::vector<std::uint32_t>(48, 2)}, 8));
    folder.write("dataset.json", std::string(R"({"labels": )") + labels + R"(, "file_ending": ".png"})");
    const auto study = importAs("nnunet", {.source = folder / ""});
    ASSERT_EQ(study.classes.size(), 2) << labels;
    EXPECT_EQ(label(study, 0, "Ulna").mask.area(), 48) << labels;
    EXPECT_EQ(label(study, 0, "Radius").state, ClassState::Absent) << labels;
  }
  const Folder folder;
  folder.picture("imagesTr/a_0000.png", 8, 6);
  folder.write("dataset.json", R"({"labels": {"background": 0}})");
  EXPECT_EQ(testing::codeOf([&] { importAs("nnunet", {.source = folder / ""}); }), "bad-classes");
}

TEST(Masks, LabelsInTheSameFoldersAsTheImagesAreMapsAndNoClasses) {
  const Folder folder;
  const auto map = [](std::uint32_t number) {
    return greyPng({.size = kPictureSize, .values = std::vector<std::uint32_t>(48, number)}, 8);
  };
  for (const char* name : {"images/p1/a.png", "images/p2/a.png"}) folder.picture(name, 8, 6);
  folder.write("labels/p1/a.png", map(1));
  folder.write("labels/p2/a_mask.png", map(2));
  const auto study = importAs("masks", {.source = folder / ""});
  ASSERT_EQ(study.cases.size(), 2u);
  EXPECT_EQ(study.refused, 0);
  ASSERT_EQ(study.classes.size(), 2);
  EXPECT_EQ(study.classes[0].name, "class 1");
  EXPECT_EQ(label(study, 0, "class 1").mask.area(), 48);
  EXPECT_EQ(label(study, 1, "class 2").mask.area(), 48);
}

TEST(Masks, PicturesTakenForLabelMapsAreSuspected) {
  const Folder folder;
  folder.picture("images/a.png", 20, 20);
  LabelPixels grey{.size = {20, 20, 1}, .values = {}};
  for (std::uint32_t i = 0; i < 400; ++i) grey.values.push_back(i % 256);
  folder.write("labels/a.png", greyPng(grey, 8));
  EXPECT_TRUE(hasWarning(importAs("masks", {.source = folder / ""}).warnings, "many-classes"));
}

TEST(Images, FilesThatLookLikeLabelsAreSaid) {
  const Folder folder;
  for (const char* name : {"a.png", "a_mask.png", "b_seg.png"}) folder.picture(name, 8, 6);
  const auto study = importAs("images", {.source = folder / ""});
  EXPECT_EQ(study.cases.size(), 3u);
  EXPECT_TRUE(hasWarning(study.warnings, "looks-like-labels"));
  EXPECT_NE(study.warnings.back().message.find("(1 time)"), std::string::npos) << "b_seg has no b beside it";
}

/// DICOM files as their names tell: "A-1.dcm" is a slice of the CT series A, "x-ray.dcm" a radiograph.
class NamedDicom : public ImageAccess {
 public:
  ImageFacts probe(const std::filesystem::path& file) override {
    const std::string name = file.filename().string();
    ImageFacts facts{.geometry = {.size = kPictureSize}, .seriesKey = name.substr(0, 1), .modality = name.starts_with("x") ? "DX" : "CT"};
    return facts;
  }
  ImageFacts probeSeries(const std::vector<std::filesystem::path>& slices) override {
    ImageFacts facts = probe(slices.front());
    facts.geometry.size.z = static_cast<std::int64_t>(slices.size());
    return facts;
  }
  StoredImage load(const std::filesystem::path&) override { return {}; }
};

TEST(Dicom, SlicesAmongOtherFilesAreACaseBesideThem) {
  const Folder folder;
  for (const char* name : {"mixed/A-1.dcm", "mixed/A-2.dcm", "mixed/B-1.dcm", "mixed/x-ray.dcm", "whole/A-1.dcm", "whole/A-2.dcm"})
    folder.write(name, "any");
  NamedDicom images;
  Job job;
  const auto study = importFormats().create("dicom")->read({.source = folder / ""}, images, job);
  std::vector<std::string> names;
  for (const auto& one : study.cases) names.push_back(one.name);
  EXPECT_EQ(names, (std::vector<std::string>{"mixed", "B-1", "x-ray", "whole"}));
  ASSERT_FALSE(study.cases.empty());
  EXPECT_EQ(study.cases[0].slices.size(), 2U);
  EXPECT_EQ(study.cases[0].facts.geometry.size.z, 2);
  EXPECT_EQ(study.refused, 0);
}

TEST(Cvat, FilesInSubfoldersAreFound) {
  const Folder folder;
  folder.picture("images/a.png", 8, 6);
  folder.write("xml/labels.xml", std::string(kCvatHead) + R"(<image id="0" name="a.png" width="8" height="6"/></annotations>)");
  EXPECT_EQ(importAs("cvat", {.source = folder / ""}).cases.size(), 1u);
}

}  // namespace
}  // namespace roundel
