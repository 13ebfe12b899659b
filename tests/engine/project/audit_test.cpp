#include <SQLiteCpp/SQLiteCpp.h>

#include "core/hash.h"
#include "engine/project/project_fixture.h"

namespace roundel {
namespace {

/// A project with some history, and somebody who changes project.db behind its back.
class AuditTest : public ProjectTest {
 protected:
  AuditTest() {
    Project project = Project::create(folder(), "anna");
    project.setClasses(twoBones());
    for (const auto& one : project.addCases({caseNamed("a"), caseNamed("b"), caseNamed("c")}))
      project.addAnnotation(one.id, someLabels({8, 6, 1}, 2, static_cast<std::uint64_t>(one.id)), {.how = "brush"});
    project.saveSplit({.labelled = {"a"}, .unlabelled = {"b"}, .test = {"c"}});
  }

  void tamper(const std::string& sql) const {
    SQLite::Database database((folder() / "project.db").native(), SQLite::OPEN_READWRITE);
    for (const char* trigger : {"audit_keep", "audit_stay", "label_version_keep", "label_version_stay"})
      database.exec(std::string("DROP TRIGGER ") + trigger);
    database.exec(sql);
  }

  AuditReport report() const { return Project::open(folder(), Access::ReadOnly).verifyAudit(); }

  AuditFault firstFault() const {
    const auto faults = report().faults;
    return faults.empty() ? AuditFault{-1, "", "none"} : faults.front();
  }
};

TEST_F(AuditTest, TellsEveryChangeWithWhoAndWhen) {
  const Project project = Project::open(folder(), Access::ReadOnly);
  const auto log = project.auditLog();
  std::vector<std::string> actions;
  for (const auto& entry : log) {
    actions.push_back(entry.action);
    EXPECT_EQ(entry.who, "anna");
    EXPECT_EQ(entry.when.size(), 20U);
    EXPECT_EQ(entry.hash, auditHash(entry));
  }
  EXPECT_EQ(actions, (std::vector<std::string>{"project created", "classes set", "cases added", "labels added", "labels added",
                                               "labels added", "split saved"}));
  EXPECT_EQ(log[0].previous, std::string(64, '0'));
  for (std::size_t i = 1; i < log.size(); ++i) EXPECT_EQ(log[i].previous, log[i - 1].hash);
  const AuditReport fine = project.verifyAudit();
  EXPECT_TRUE(fine.faults.empty());
  EXPECT_EQ(fine.entries, 7);
  EXPECT_EQ(fine.labelVersions, 3);
  EXPECT_EQ(fine.head, log.back().hash);
}

TEST_F(AuditTest, NamesTheFirstEntryThatWasChanged) {
  tamper("UPDATE audit SET who = 'bert' WHERE number = 3; UPDATE audit SET who = 'bert' WHERE number = 5");
  EXPECT_EQ(firstFault().entry, 3);
}

TEST_F(AuditTest, FindsAChangedDetail) {
  tamper("UPDATE audit SET details = replace(details, '\"case\":\"b\"', '\"case\":\"a\"') WHERE number = 5");
  EXPECT_EQ(firstFault().entry, 5);
}

TEST_F(AuditTest, FindsAMissingEntry) {
  tamper("DELETE FROM audit WHERE number = 4");
  EXPECT_EQ(firstFault().entry, 4);
}

TEST_F(AuditTest, FindsALogThatWasCutOff) {
  tamper("DELETE FROM audit WHERE number > 5");
  const auto faults = report().faults;
  ASSERT_GE(faults.size(), 2U);
  EXPECT_EQ(faults[0].caseName, "c") << faults[0].message;
}

TEST_F(AuditTest, FindsAnEntryRewrittenWithANewHash) {
  SQLite::Database database((folder() / "project.db").native(), SQLite::OPEN_READWRITE);
  AuditEntry entry = Project::open(folder(), Access::ReadOnly).auditLog()[2];
  entry.who = "bert";
  tamper("UPDATE audit SET who = 'bert', hash = '" + auditHash(entry) + "' WHERE number = 3");
  EXPECT_EQ(firstFault().entry, 4) << "the next entry still carries the old hash";
}

TEST_F(AuditTest, FindsChangedLabels) {
  tamper("UPDATE label_version SET labels = (SELECT labels FROM label_version WHERE id = 1) WHERE id = 2");
  EXPECT_EQ(firstFault().caseName, "b");
  EXPECT_EQ(firstFault().entry, 5);
}

TEST_F(AuditTest, FindsLabelsReplacedTogetherWithTheirHash) {
  tamper(
      "UPDATE label_version SET labels = (SELECT labels FROM label_version WHERE id = 1), hash = (SELECT hash FROM label_version WHERE id "
      "= 1) WHERE id = 2");
  EXPECT_EQ(firstFault().caseName, "b");
}

TEST_F(AuditTest, FindsDamagedLabels) {
  tamper("UPDATE label_version SET labels = x'00' WHERE id = 3");
  EXPECT_EQ(firstFault().caseName, "c");
}

TEST_F(AuditTest, FindsDeletedAndSmuggledLabels) {
  tamper(
      "DELETE FROM label_version WHERE id = 2; INSERT INTO label_version SELECT 9, case_id, 2, at, who, how, tool, hash, size_x, size_y, "
      "size_z, classes, "
      "labels FROM label_version WHERE id = 1");
  const auto faults = report().faults;
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].caseName, "a");
  EXPECT_EQ(faults[1].entry, 5);
}

TEST_F(AuditTest, FindsChangedCasesClassesAndSplits) {
  tamper("UPDATE study_case SET name = 'z' WHERE name = 'b'");
  EXPECT_EQ(firstFault().entry, 3);
}

TEST_F(AuditTest, FindsChangedClasses) {
  tamper("UPDATE label_class SET name = 'Tibia' WHERE id = 1");
  EXPECT_EQ(firstFault().entry, 2);
}

TEST_F(AuditTest, FindsAChangedSplit) {
  tamper("UPDATE split_case SET part = 'test' WHERE part = 'labelled'");
  EXPECT_EQ(firstFault().entry, 7);
}

TEST_F(AuditTest, FindsAnUnreadableEntry) {
  tamper("UPDATE audit SET details = '{' WHERE number = 2");
  EXPECT_EQ(firstFault().entry, 2);
}

}  // namespace
}  // namespace roundel
