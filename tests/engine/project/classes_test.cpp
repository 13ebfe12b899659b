#include "engine/project/project_fixture.h"

namespace roundel {
namespace {

class ClassesTest : public ProjectTest {
 protected:
  ClassesTest() : m_project(Project::create(folder())) {
    m_project.setClasses(twoBones());
    m_case = m_project.addCases({caseNamed("a")})[0].id;
  }
  Project& project() { return m_project; }
  std::int64_t oneCase() const { return m_case; }
  void label() { m_project.addAnnotation(m_case, someLabels({8, 6, 1}, 2, 1), {.how = "brush"}); }

 private:
  Project m_project;
  std::int64_t m_case = 0;
};

TEST_F(ClassesTest, KeepOrderColoursMirrorsAndCodes) {
  const LabelSet fdi = paletteClasses("fdi");
  project().setClasses(fdi);
  EXPECT_EQ(project().classes(), fdi);
}

TEST_F(ClassesTest, MayBeRenamedAddedAndReordered) {
  EXPECT_TRUE(project().setClasses(LabelSet({{.id = 1, .name = "Talus"}})).empty()) << "without labels nobody needs to be told";
  project().setClasses(twoBones());
  label();
  const Annotation before = *project().latest(oneCase());
  const auto renames =
      project().setClasses(LabelSet({{.id = 7, .name = "Carpus"}, {.id = 2, .name = "Ulna"}, {.id = 1, .name = "Speiche"}}));
  ASSERT_EQ(renames.size(), 1U);
  EXPECT_NE(renames[0].find("Speiche"), std::string::npos);
  const Annotation after = *project().latest(oneCase());
  ASSERT_EQ(after.classes.size(), 3U);
  EXPECT_EQ(after.classes[0].state, ClassState::NotAnnotated);
  EXPECT_EQ(after.classes[1], before.classes[1]);
  EXPECT_EQ(after.classes[2], before.classes[0]);
  EXPECT_TRUE(project().verifyAudit().faults.empty()) << "the stored hash is that of the labels as they were stored";
}

TEST_F(ClassesTest, WithLabelsCannotGo) {
  project().setClasses(LabelSet({{.id = 1, .name = "Radius"}}));
  project().setClasses(twoBones());
  label();
  EXPECT_EQ(codeOf([&] { project().setClasses(LabelSet({{.id = 2, .name = "Ulna"}})); }), "class-in-use");
  EXPECT_EQ(codeOf([&] { project().setClasses(LabelSet({{.id = 1, .name = "Radius"}})); }), "class-in-use") << "absent is a label too";
  EXPECT_EQ(project().classes(), twoBones());
}

TEST_F(ClassesTest, WithLabelsCannotSwapNames) {
  label();
  EXPECT_EQ(codeOf([&] { project().setClasses(LabelSet({{.id = 1, .name = "Ulna"}, {.id = 2, .name = "Radius"}})); }), "class-swapped");
  EXPECT_EQ(project().classes(), twoBones());
}

TEST_F(ClassesTest, OfOldVersionsAreArchived) {
  label();
  Annotation onlyFirst = *project().latest(oneCase());
  onlyFirst.classes[1] = {ClassState::NotAnnotated, Mask({8, 6, 1})};
  project().addAnnotation(oneCase(), onlyFirst, {.how = "brush"});
  project().setClasses(LabelSet({{.id = 1, .name = "Radius"}}));
  EXPECT_EQ(project().classes().size(), 1);
  EXPECT_EQ(codeOf([&] {
              project().setClasses(LabelSet({{.id = 1, .name = "Radius"}, {.id = 2, .name = "Os lunatum"}}));
            }),
            "class-archived");
  project().setClasses(twoBones());
  EXPECT_EQ(project().classes(), twoBones());
  EXPECT_EQ(project().annotation(project().history(oneCase())[0].id), someLabels({8, 6, 1}, 2, 1)) << "old versions are whole again";
}

}  // namespace
}  // namespace roundel
