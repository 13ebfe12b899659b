#include <algorithm>
#include <set>

#include "exchange/label_map.h"
#include "exchange/study_mapping.h"
#include "exchange_support.h"

namespace roundel {
namespace {

using testing::dataFolder;
using testing::Folder;
using testing::importAs;

TEST(RealData, TeethComeInWithTheirOverlap) {
  const auto teeth = dataFolder() / "teeth";
  if (!std::filesystem::exists(teeth / "annotations.json")) GTEST_SKIP() << teeth << " is not there";
  ASSERT_EQ(recognisedFormat({.source = teeth / "annotations.json"}), "coco");
  const auto study = importAs("coco", {.source = teeth / "annotations.json"});
  EXPECT_EQ(study.cases.size(), 210u);
  EXPECT_EQ(study.refused + study.refusedObjects, 0);
  EXPECT_EQ(study.classes.size(), 32);
  EXPECT_EQ(study.classes[study.classes.indexOfName("11")].mirror, "21");
  std::int64_t masks = 0, absent = 0, checked = 0, overlapping = 0;
  for (const auto& one : study.cases) {
    // The map holds the first tooth where two overlap: there and only there the two may differ.
    const auto file = teeth / "labels_fdi" / (one.name + ".png");
    const LabelMap map = labelMapFrom(labelsFromPng(readFile(file), file.string()), file.string());
    Mask seen(one.annotation.size), twice(one.annotation.size), all(one.annotation.size);
    for (const auto& label : one.annotation.classes) {
      masks += label.state == ClassState::Present ? 1 : 0;
      absent += label.state == ClassState::Absent ? 1 : 0;
      twice = unite(twice, intersect(seen, label.mask));
      seen = unite(seen, label.mask);
    }
    overlapping += twice.area();
    for (int c = 0; c < study.classes.size(); ++c) {
      const auto found = map.masks.find(study.classes[c].id);
      const Mask inMap = found == map.masks.end() ? Mask(map.size) : found->second;
      const Mask& mask = one.annotation.classes[static_cast<std::size_t>(c)].mask;
      EXPECT_TRUE(subtract(subtract(mask, inMap), twice).empty()) << one.name << " " << study.classes[c].name;
      EXPECT_TRUE(subtract(inMap, mask).empty()) << one.name << " " << study.classes[c].name;
      checked += inMap.area();
    }
  }
  EXPECT_EQ(masks, 5844);
  EXPECT_EQ(absent, 210 * 32 - 5844);
  EXPECT_GT(overlapping, 0);
  EXPECT_GT(checked, 1'000'000);
}

TEST(RealData, TeethAsLabelMapsAreFdi) {
  const auto teeth = dataFolder() / "teeth";
  if (!std::filesystem::exists(teeth / "labels_fdi")) GTEST_SKIP() << teeth << " is not there";
  const auto study = importAs("masks", {.source = teeth, .images = teeth / "images", .labels = teeth / "labels_fdi"});
  EXPECT_EQ(study.cases.size(), 210u);
  EXPECT_EQ(study.classes, paletteClasses("fdi"));
  EXPECT_EQ(study.refused, 0);
}

TEST(RealData, WristsSayPerCaseThatTheirPictureIsAbsent) {
  const auto wrists = dataFolder() / "wrist_cvat";
  if (!std::filesystem::exists(wrists)) GTEST_SKIP() << wrists << " is not there";
  const ImportRequest request{.source = wrists / "cvat_annotation_xml", .images = wrists};
  ASSERT_EQ(recognisedFormat(request), "cvat");
  const auto study = importAs("cvat", request);  // the one picture is of a wrist that the XML does not name
  EXPECT_EQ(study.refused, 84);
  std::set<std::string> said;
  for (const auto& one : study.warnings)
    if (one.code == "missing-image") said.insert(one.caseName);
  EXPECT_EQ(said.size(), 84u);
}

/// The same files with blank pictures of the sizes that the XML states.
TEST(RealData, WristsComeInWithTheSeventeenClasses) {
  const auto folder = dataFolder() / "wrist_cvat/cvat_annotation_xml";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const Folder pictures;
  std::int64_t images = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string text = readFile(file.path());
    const auto value = [&](std::size_t at, const std::string& key) {
      const std::size_t start = text.find(key + "=\"", at) + key.size() + 2;
      return text.substr(start, text.find('"', start) - start);
    };
    for (std::size_t at = text.find("<image "); at != std::string::npos; at = text.find("<image ", at + 1), ++images)
      pictures.picture(value(at, "name"), std::stoll(value(at, " width")), std::stoll(value(at, " height")));
  }
  const auto study = importAs("cvat", {.source = folder, .images = pictures.path()});
  EXPECT_EQ(images, 84);
  EXPECT_EQ(study.cases.size(), 84u);
  EXPECT_EQ(study.refused + study.refusedObjects, 0);
  const auto mapping = mapClasses(study.classes, {}, ClassChoice::Automatic, NewClasses::LeaveOut);
  EXPECT_EQ(mapping.classes, paletteClasses("carpal"));
  EXPECT_NE(std::find(mapping.leftOut.begin(), mapping.leftOut.end(), "Sonstiges"), mapping.leftOut.end());
  std::int64_t frontal = 0, right = 0, withRadius = 0;
  for (const auto& one : study.cases) {
    const auto name = wristNameOf(one.name);
    frontal += name && name->projection == 1 ? 1 : 0;
    right += name && name->side == 'R' ? 1 : 0;
    withRadius += remapped(one.annotation, mapping).classes[15].state == ClassState::Present ? 1 : 0;
  }
  EXPECT_EQ(frontal, 43 + 10 + 10) << "ALGORITHMS 6.6";
  EXPECT_EQ(right, 40);
  EXPECT_EQ(withRadius, 83);
}

}  // namespace
}  // namespace roundel
