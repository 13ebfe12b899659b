#include "project/project.h"

#include "core/files.h"
#include "core/hash.h"
#include "engine/project/project_fixture.h"

namespace roundel {
namespace {

TEST_F(ProjectTest, KeepsCasesByteForByte) {
  const std::string notUtf8 = "R\xF6ntgen.png";
  Case first = caseNamed("a", "p1");
  first.geometry = {.size = {300, 200, 1}, .spacingMm = {0.143, 0.143, 1}, .spacingSource = SpacingSource::ImagerPixelSpacing};
  first.pixelPipeline = {{"window", "first"}, {"mirror", true}};
  first.facts = {{"modality", "DX"}};
  first.contentHash = sha256Hex("x");
  Case second = caseNamed("b");
  second.image = root() / notUtf8;
  second.excluded = true;
  {
    Project project = Project::create(folder());
    const auto added = project.addCases({first, second});
    ASSERT_EQ(added.size(), 2U);
    EXPECT_GT(added[1].id, added[0].id);
  }
  const Project project = Project::open(folder(), Access::ReadOnly);
  const auto cases = project.cases();
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].geometry, first.geometry);
  EXPECT_EQ(cases[0].pixelPipeline, first.pixelPipeline);
  EXPECT_EQ(cases[0].facts, first.facts);
  EXPECT_EQ(cases[0].patient, "p1");
  EXPECT_EQ(cases[0].contentHash, first.contentHash);
  EXPECT_FALSE(cases[0].fileBytes.has_value());
  EXPECT_FALSE(cases[0].excluded);
  EXPECT_EQ(project.imagePath(cases[0]), std::filesystem::absolute(folder()) / "images/a.png");
  EXPECT_EQ(cases[1].image.native(), (root() / notUtf8).native());
  EXPECT_TRUE(cases[1].excluded);
  EXPECT_EQ(cases[1].patient, "");
  EXPECT_EQ(project.resolveCase(notUtf8).name, "b");
  EXPECT_EQ(project.findCaseByImage(root() / notUtf8)->id, cases[1].id);
}

TEST_F(ProjectTest, RecordsTheSizeOfImageFiles) {
  Project project = Project::create(folder());
  Case one = caseNamed("a");
  one.image = pictureFile("a.png", 123);
  EXPECT_EQ(project.addCases({one})[0].fileBytes, 123U);
  EXPECT_EQ(project.findCase("a")->fileBytes, 123U);
}

TEST_F(ProjectTest, FindsCasesByNameFileAndStem) {
  Project project = Project::create(folder());
  Case one = caseNamed("hand 1"), two = caseNamed("hand 2"), three = caseNamed("other");
  one.image = "/data/left/0001.png";
  two.image = "/data/right/0001.jpg";
  three.image = "/data/right/0002.jpg";
  project.addCases({one, two, three});
  EXPECT_EQ(project.resolveCase("hand 1").name, "hand 1");
  EXPECT_EQ(project.resolveCase("0001.jpg").name, "hand 2");
  EXPECT_EQ(project.resolveCase("0002").name, "other");
  EXPECT_EQ(project.resolveCase("/data/left/0001.png").name, "hand 1");
  EXPECT_EQ(project.resolveCase("elsewhere/0002.jpg").name, "other");
  EXPECT_EQ(codeOf([&] { project.resolveCase("0001"); }), "ambiguous-case");
  try {
    project.resolveCase("hand 3");
    FAIL();
  } catch (const Error& problem) {
    EXPECT_EQ(problem.code(), "unknown-case");
    EXPECT_NE(problem.details().remedy.find("hand"), std::string::npos);
  }
}

TEST_F(ProjectTest, RefusesOrNumbersNamesThatAreTaken) {
  Project project = Project::create(folder());
  project.addCases({caseNamed("a")});
  EXPECT_EQ(codeOf([&] { project.addCases({caseNamed("b"), caseNamed("a")}); }), "duplicate-case");
  EXPECT_EQ(project.caseCount(), 1) << "a refused batch leaves nothing behind";
  const auto added = project.addCases({caseNamed("a"), caseNamed("a-2"), caseNamed("a")}, NameClash::Number);
  EXPECT_EQ(added[0].name, "a-2");
  EXPECT_EQ(added[1].name, "a-2-2");
  EXPECT_EQ(added[2].name, "a-3");
  Case empty = caseNamed("c");
  empty.geometry.size = {0, 5, 1};
  EXPECT_EQ(codeOf([&] { project.addCases({empty}); }), "bad-case");
}

TEST_F(ProjectTest, MakesNamesSafe) {
  EXPECT_EQ(safeCaseName("../../etc/passwd"), "_._.._etc_passwd");
  EXPECT_EQ(safeCaseName("a\nb\"c"), "a_b_c");
  EXPECT_EQ(safeCaseName("-rf"), "_rf");
  EXPECT_EQ(safeCaseName(""), "case");
  EXPECT_EQ(safeCaseName("..."), "case");
  EXPECT_EQ(safeCaseName("R\xF6ntgen"), "R\xEF\xBF\xBDntgen");
  std::string longName;
  for (int i = 0; i < 100; ++i) longName += "\xC3\xA4";
  EXPECT_LE(safeCaseName("x" + longName).size(), 120U);
  EXPECT_TRUE(isUtf8(safeCaseName("x" + longName)));
}

TEST_F(ProjectTest, ChangesACase) {
  Project project = Project::create(folder());
  Case one = project.addCases({caseNamed("a", "p")})[0];
  one.excluded = true;
  one.image = "images/moved.png";
  one.patient = "q";
  project.updateCase(one);
  const Case read = *project.findCase("a");
  EXPECT_TRUE(read.excluded);
  EXPECT_EQ(read.image, "images/moved.png");
  EXPECT_EQ(read.patient, "q");
  EXPECT_EQ(project.resolveCase("moved.png").id, one.id);
  one.id = 99;
  EXPECT_EQ(codeOf([&] { project.updateCase(one); }), "unknown-case");
}

TEST_F(ProjectTest, PatientKeysTellPatientsApartAndHideThem) {
  Project project = Project::create(folder());
  EXPECT_EQ(project.patientKey(""), "");
  const std::string key = project.patientKey("MUSTERMANN^ERIKA");
  EXPECT_EQ(key, project.patientKey("MUSTERMANN^ERIKA"));
  EXPECT_NE(key, project.patientKey("MUSTERMANN^MAX"));
  Project other = Project::create(root() / "other");
  EXPECT_NE(key, other.patientKey("MUSTERMANN^ERIKA")) << "the key cannot be looked up in a table made elsewhere";
  EXPECT_NE(key, sha256Hex("MUSTERMANN^ERIKA").substr(0, key.size()));
}

TEST_F(ProjectTest, KeepsEveryVersionOfTheLabels) {
  Project project = Project::create(folder(), "anna");
  project.setClasses(twoBones());
  const auto id = project.addCases({caseNamed("a")})[0].id;
  EXPECT_FALSE(project.latest(id).has_value());
  const Annotation first = someLabels({8, 6, 1}, 2, 1), second = someLabels({8, 6, 1}, 2, 2);
  const auto versionId = project.addAnnotation(id, first, {.when = "2026-01-02T03:04:05Z", .how = "import", .tool = "coco"});
  project.addAnnotation(id, second, {.who = "bert", .how = "brush"});
  EXPECT_EQ(project.latest(id), second);
  EXPECT_EQ(project.annotation(versionId), first);
  const auto history = project.history(id);
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].hash, contentHash(first));
  EXPECT_EQ(history[0].number, 1);
  EXPECT_EQ(history[0].provenance.who, "anna");
  EXPECT_EQ(history[0].provenance.when, "2026-01-02T03:04:05Z");
  EXPECT_EQ(history[0].provenance.tool, "coco");
  EXPECT_EQ(history[1].provenance.who, "bert");
  EXPECT_EQ(history[1].provenance.when.size(), 20U);
  const auto versions = project.latestVersions();
  ASSERT_EQ(versions.size(), 1U);
  const auto& newest = versions.at(id);
  EXPECT_EQ(newest.hash, contentHash(second));
  ASSERT_EQ(newest.classes.size(), 2U);
  EXPECT_EQ(newest.classes[0].area, second.classes[0].mask.area());
  EXPECT_EQ(newest.classes[1].state, ClassState::Absent);
  EXPECT_EQ(codeOf([&] { project.annotation(999); }), "unknown-version");
}

TEST_F(ProjectTest, RefusesLabelsThatDoNotFit) {
  Project project = Project::create(folder());
  project.setClasses(twoBones());
  const auto id = project.addCases({caseNamed("a")})[0].id;
  const Provenance how{.how = "import"};
  EXPECT_EQ(codeOf([&] { project.addAnnotation(id, someLabels({8, 7, 1}, 2, 1), how); }), "size-mismatch");
  EXPECT_EQ(codeOf([&] { project.addAnnotation(id, someLabels({8, 6, 1}, 3, 1), how); }), "bad-annotation");
  EXPECT_EQ(codeOf([&] { project.addAnnotation(id + 1, someLabels({8, 6, 1}, 2, 1), how); }), "unknown-case");
  Annotation hollow = someLabels({8, 6, 1}, 2, 1);
  hollow.classes[1].state = ClassState::Present;
  EXPECT_EQ(codeOf([&] { project.addAnnotation(id, hollow, how); }), "bad-annotation");
  // One bad among good ones: nothing of the batch is stored.
  EXPECT_EQ(codeOf([&] { project.addAnnotations({{id, someLabels({8, 6, 1}, 2, 1), how}, {id, hollow, how}}); }), "bad-annotation");
  EXPECT_TRUE(project.history(id).empty());
}

TEST_F(ProjectTest, ReadOnlyProjectsRefuseEveryChange) {
  Case one;
  {
    Project project = Project::create(folder());
    project.setClasses(twoBones());
    one = project.addCases({caseNamed("a")})[0];
  }
  Project project = Project::open(folder(), Access::ReadOnly);
  EXPECT_EQ(codeOf([&] { project.addCases({caseNamed("b")}); }), "read-only");
  EXPECT_EQ(codeOf([&] { project.updateCase(one); }), "read-only");
  EXPECT_EQ(codeOf([&] { project.setClasses(twoBones()); }), "read-only");
  EXPECT_EQ(codeOf([&] { project.addAnnotation(one.id, someLabels({8, 6, 1}, 2, 1), {.how = "brush"}); }), "read-only");
  EXPECT_EQ(codeOf([&] { project.saveSplit({.labelled = {"a"}}); }), "read-only");
  EXPECT_EQ(codeOf([&] { project.promote({.run = "r", .round = 1}); }), "read-only");
  EXPECT_EQ(codeOf([&] { project.addDecisions("r", {}); }), "read-only");
}

TEST_F(ProjectTest, RefusesFoldersThatAreNoProject) {
  EXPECT_EQ(codeOf([&] { Project::open(root(), Access::ReadOnly); }), "no-project");
  EXPECT_EQ(codeOf([&] { Project::open(root() / "nowhere", Access::Edit); }), "no-project");
  EXPECT_FALSE(std::filesystem::exists(root() / "nowhere"));
  pictureFile("something.png");
  EXPECT_EQ(codeOf([&] { Project::create(root()); }), "folder-not-empty");
  EXPECT_FALSE(std::filesystem::exists(root() / "project.lock")) << "nothing is left in a folder that is not ours";
  Project::create(folder());
  EXPECT_EQ(codeOf([&] { Project::create(folder()); }), "project-exists");
  EXPECT_EQ(codeOf([&] { Project::open(folder(), Access::ReadOnly).runFolder("../images"); }), "bad-run-id");
}

TEST_F(ProjectTest, AKilledCreationCanBeRepeated) {
  std::filesystem::create_directories(folder() / "journal");
  std::ofstream(folder() / "project.lock") << "";
  std::ofstream(folder() / "project.db.part") << "half a database";
  std::ofstream(folder() / "project.db.part-journal") << "";
  Project::create(folder());
  EXPECT_TRUE(Project::open(folder(), Access::ReadOnly).databaseFaults().empty());
}

TEST_F(ProjectTest, MakesTheFoldersOfAProject) {
  Project::create(folder());
  for (const char* name : {"journal", "images", "embeddings", "runs"}) EXPECT_TRUE(std::filesystem::is_directory(folder() / name)) << name;
}

}  // namespace
}  // namespace roundel
