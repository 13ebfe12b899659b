#include "project/project_check.h"

#include <algorithm>

#include "core/hash.h"
#include "engine/project/project_fixture.h"

namespace roundel {
namespace {

class CheckTest : public ProjectTest {
 protected:
  CheckTest() : m_project(Project::create(folder())) { m_project.setClasses(twoBones()); }
  Project& project() { return m_project; }

  Case addCase(const std::string& name, const std::string& patient = "") {
    Case one = caseNamed(name, patient);
    one.image = pictureFile(name + ".png", 100);
    one.contentHash = sha256Hex(std::string(100, 'x'));
    return m_project.addCases({one})[0];
  }
  void label(const Case& one) { m_project.addAnnotation(one.id, someLabels(one.geometry.size, 2, 1), {.how = "brush"}); }

  /// "code/case/class" of every finding.
  std::vector<std::string> findings(HashCheck hashes = HashCheck::Skip) {
    Job job;
    std::vector<std::string> found;
    for (const auto& one : checkProject(m_project, hashes, job)) {
      EXPECT_FALSE(one.message.empty());
      found.push_back((one.level == FindingLevel::Problem ? "!" : "") + one.code + "/" + one.caseName + "/" + one.className);
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  Project m_project;
};

using Found = std::vector<std::string>;

TEST_F(CheckTest, AnEmptyProjectSaysSo) { EXPECT_EQ(findings(), Found{"no-cases//"}); }

TEST_F(CheckTest, FindsImagesThatCannotBeOpenedOrHaveAnotherSize) {
  for (const char* name : {"a", "b", "c"}) label(addCase(name));
  Job job;
  std::vector<std::string> problems;
  const auto open = [](const Case& one) {
    if (one.name == "a") throw Error(ErrorKind::BadInput, "unreadable-image", "a.png cannot be read.");
    return one.name == "b" ? Size{1, 2, 1} : one.geometry.size;
  };
  for (const auto& one : checkProject(project(), HashCheck::Compare, job, open))
    if (one.level == FindingLevel::Problem) problems.push_back(one.code + "/" + one.caseName);
  EXPECT_EQ(problems, (std::vector<std::string>{"unreadable-image/a", "size-mismatch/b"}));
}

TEST_F(CheckTest, FindsImagesThatAreGoneOrChanged) {
  for (const char* name : {"a", "b", "c", "d"}) label(addCase(name));
  EXPECT_EQ(findings(HashCheck::Compare), Found{"class-unused//Ulna"});
  std::filesystem::remove(root() / "a.png");
  pictureFile("b.png", 99);
  std::ofstream(root() / "c.png", std::ios::binary) << std::string(100, 'y');
  EXPECT_EQ(findings(), (Found{"!image-changed/b/", "!image-missing/a/", "class-unused//Ulna"}));
  EXPECT_EQ(findings(HashCheck::Compare), (Found{"!image-changed/b/", "!image-changed/c/", "!image-missing/a/", "class-unused//Ulna"}));
}

TEST_F(CheckTest, FindsLabelsOfAnotherSizeThanTheImage) {
  Case one = addCase("a");
  label(one);
  one.geometry.size = {9, 6, 1};
  project().updateCase(one);
  EXPECT_EQ(findings(), (Found{"!size-mismatch/a/", "class-unused//Ulna"}));
}

TEST_F(CheckTest, CountsCasesWithoutLabels) {
  label(addCase("a"));
  addCase("b");
  EXPECT_EQ(findings(), (Found{"class-unused//Ulna", "no-labels//"}));
}

TEST_F(CheckTest, FindsPatientsOnTwoSidesAndCasesThatDoNotBelong) {
  const Case a = addCase("a", "p"), b = addCase("b", "p");
  Case c = addCase("c", "q");
  for (const auto& one : {a, b, c}) label(one);
  addCase("d");
  project().saveSplit({.labelled = {"a"}, .test = {"b"}});
  EXPECT_EQ(findings(), (Found{"!patient-twice/b/", "class-unused//Ulna", "no-labels//"}));
  project().saveSplit({.grouping = SplitGrouping::None, .labelled = {"a"}, .test = {"b"}});
  EXPECT_EQ(findings(), (Found{"class-unused//Ulna", "no-labels//", "patient-twice/b/"}));
  c.excluded = true;
  project().updateCase(c);
  project().saveSplit({.labelled = {"a", "b"}, .validation = {"d"}, .test = {"c"}});
  EXPECT_EQ(findings(), (Found{"!excluded-case/c/", "!not-annotated/d/", "class-unused//Ulna", "no-labels//"}));
}

TEST_F(CheckTest, FindsAModelThatIsGoneOrChanged) {
  label(addCase("a"));
  const auto model = project().folder() / "runs/model.bin";
  std::ofstream(model) << "weights";
  project().promote({.run = "r", .round = 1, .path = "runs/model.bin", .sha256 = sha256Hex("weights")});
  EXPECT_EQ(findings(HashCheck::Compare), Found{"class-unused//Ulna"});
  std::ofstream(model) << "others!";
  EXPECT_EQ(findings(HashCheck::Compare), (Found{"!model-changed//", "class-unused//Ulna"}));
  std::filesystem::remove(model);
  EXPECT_EQ(findings(), (Found{"!model-missing//", "class-unused//Ulna"}));
}

}  // namespace
}  // namespace roundel
