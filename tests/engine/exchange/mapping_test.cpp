#include "exchange/label_folder.h"
#include "exchange/label_map.h"
#include "exchange/study_mapping.h"
#include "exchange_support.h"

namespace roundel {
namespace {

using testing::codeOf;
using testing::Folder;
using testing::rectangle;

LabelSet named(const std::vector<std::string>& names) {
  Json list = Json::array();
  for (const auto& name : names) list.push_back({{"name", name}});
  return labelSetFromJson(list);
}

TEST(ClassMapping, ByNameOrCode) {
  const auto mapping = mapClasses(named({"21", "Crown", "11"}), paletteClasses("fdi"), ClassChoice::Automatic, NewClasses::LeaveOut);
  EXPECT_EQ(mapping.classes, paletteClasses("fdi"));
  EXPECT_EQ(mapping.from.at(0), 2);
  EXPECT_EQ(mapping.from.at(8), 0);
  EXPECT_EQ(mapping.from.at(1), -1);
  EXPECT_EQ(mapping.leftOut, std::vector<std::string>{"Crown"});
  const auto coded = mapClasses(named({"11"}), LabelSet({{.id = 5, .name = "upper right incisor", .code = "FDI 11"}}),
                                ClassChoice::Automatic, NewClasses::LeaveOut);
  EXPECT_EQ(coded.from, std::vector<int>{0});
}

TEST(ClassMapping, AWristStudyTakesTheSeventeen) {
  auto names = std::vector<std::string>{"Sonstiges"};
  const LabelSet wrist = paletteClasses("carpal");
  for (const auto& one : wrist.classes()) names.insert(names.begin(), one.name);
  const auto mapping = mapClasses(named(names), {}, ClassChoice::Automatic, NewClasses::LeaveOut);
  EXPECT_EQ(mapping.classes, paletteClasses("carpal"));
  EXPECT_EQ(mapping.leftOut, std::vector<std::string>{"Sonstiges"});
  EXPECT_EQ(mapClasses(named(names), {}, ClassChoice::All, NewClasses::LeaveOut).classes.size(), 18);
}

TEST(ClassMapping, AddedClassesGetFreeIds) {
  const LabelSet existing({{.id = 1, .name = "a"}, {.id = 4, .name = "b"}});
  const auto mapping = mapClasses(named({"b", "c", "d"}), existing, ClassChoice::Automatic, NewClasses::Add);
  ASSERT_EQ(mapping.classes.size(), 4);
  EXPECT_EQ(mapping.from, (std::vector<int>{-1, 0, 1, 2}));
  EXPECT_EQ(mapping.classes[2].id, 2);
  EXPECT_EQ(mapping.classes[3].id, 3);
}

TEST(ClassMapping, UnknownToTheDataSetIsNotAnnotated) {
  const LabelSet existing({{.id = 1, .name = "a"}, {.id = 2, .name = "b"}});
  const auto mapping = mapClasses(named({"b"}), existing, ClassChoice::Automatic, NewClasses::LeaveOut);
  Annotation annotation = Annotation::empty({4, 2, 1}, 1);
  annotation.set(0, rectangle({4, 2, 1}, 0, 0, 1, 2));
  annotation.ignore = rectangle({4, 2, 1}, 2, 0, 3, 1);
  const Annotation mapped = remapped(annotation, mapping);
  EXPECT_EQ(mapped.classes[0].state, ClassState::NotAnnotated);
  EXPECT_EQ(mapped.classes[1].mask, annotation.classes[0].mask);
  const Annotation turned = mirrored(mapped);
  EXPECT_EQ(turned.classes[1].mask, rectangle({4, 2, 1}, 3, 0, 4, 2));
  EXPECT_EQ(turned.ignore, rectangle({4, 2, 1}, 1, 0, 2, 1));
  EXPECT_EQ(mirrored(turned), mapped);
}

TEST(Patients, FromNames) {
  const auto wrist = wristNameOf("0459_0182360969_02_WRI-R1_M006");
  ASSERT_TRUE(wrist);
  EXPECT_EQ(wrist->patient, "0459");
  EXPECT_EQ(wrist->side, 'R');
  EXPECT_EQ(wrist->projection, 1);
  EXPECT_EQ(wrist->sex, 'M');
  EXPECT_EQ(wrist->ageYears, 6);
  EXPECT_FALSE(wristNameOf("1498"));
  EXPECT_FALSE(wristNameOf("0459_0182360969_02_WRI-X1_M006"));
  EXPECT_EQ(PatientPattern("^([a-z]+)-").patientOf("abc-12"), "abc");
  EXPECT_EQ(PatientPattern("^[a-z]+").patientOf("abc-12"), "abc");
  EXPECT_EQ(PatientPattern("^([0-9]+)").patientOf("abc"), "");
  EXPECT_EQ(codeOf([] { PatientPattern("(("); }), "bad-pattern");
}

TEST(LabelFolder, FollowsTheTruthsClasses) {
  const Folder truth, predicted;
  truth.write("a.png", greyPng({.size = {3, 1, 1}, .values = {1, 2, 0}}, 8));
  truth.write("classes.json", R"([{"id": 1, "name": "x"}, {"id": 2, "name": "y"}])");
  predicted.write("a/y.png", greyPng({.size = {3, 1, 1}, .values = {255, 255, 0}}, 8));
  predicted.write("a/x.png", greyPng({.size = {3, 1, 1}, .values = {255, 0, 0}}, 8));
  testing::TestImages images;
  Job job;
  const auto expected = readLabelFolder(truth.path(), images, {}, job);
  const auto found = readLabelFolder(predicted.path(), images, expected.classes, job);
  ASSERT_EQ(found.cases.size(), 1u);
  EXPECT_EQ(found.cases[0].name, "a");
  EXPECT_EQ(found.cases[0].annotation.classes[0].mask.area(), 1);
  EXPECT_EQ(found.cases[0].annotation.classes[1].mask.area(), 2);
  EXPECT_EQ(expected.cases[0].annotation.classes[1].mask.toBytes(), (std::vector<std::uint8_t>{0, 1, 0}));
  const Folder empty;
  EXPECT_EQ(codeOf([&] { readLabelFolder(empty.path(), images, {}, job); }), "empty-folder");
}

}  // namespace
}  // namespace roundel
