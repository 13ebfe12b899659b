#include <SQLiteCpp/SQLiteCpp.h>

#include "engine/project/project_fixture.h"
#include "project/migrations.h"
#include "project/project_lock.h"

namespace roundel {
namespace {

int schemaOf(const std::filesystem::path& database) {
  return SQLite::Database(database.native(), SQLite::OPEN_READONLY).execAndGet("PRAGMA user_version").getInt();
}

class SchemaTest : public ProjectTest {
 protected:
  std::filesystem::path database() const { return folder() / "project.db"; }

  void change(const std::string& sql) const { SQLite::Database(database().native(), SQLite::OPEN_READWRITE).exec(sql); }

  /// A project as the first version of the program left it: schema 1, with one case.
  void makeOldProject() const {
    std::filesystem::create_directories(folder());
    SQLite::Database old(database().native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    migrate(old, 1);
    old.exec("INSERT INTO setting VALUES('patient_salt', 'salt')");
    old.exec(
        "INSERT INTO study_case(name, image, file_name, stem, geometry, pixel_pipeline, content_hash, facts) VALUES('old', x'61', x'61', "
        "x'61', "
        "'{\"size\":[8,6,1],\"spacing_mm\":[1,1,1],\"spacing_source\":\"none\",\"origin_mm\":[0,0,0],\"direction\":[1,0,0,0,1,0,0,0,1]}', "
        "'{}', '', '{}')");
  }
};

TEST_F(SchemaTest, StepsAreNumberedWithoutGaps) {
  int expected = 1;
  for (const auto& step : migrations()) EXPECT_EQ(step.number, expected++);
}

TEST_F(SchemaTest, AnOlderProjectIsBroughtUpAfterACopy) {
  for (const Access access : {Access::Edit, Access::ReadOnly}) {
    std::filesystem::remove_all(folder());
    makeOldProject();
    {
      const Project project = Project::open(folder(), access);
      EXPECT_EQ(project.schemaVersion(), currentSchema());
      EXPECT_EQ(project.findCase("old")->geometry.size, (Size{8, 6, 1}));
      EXPECT_TRUE(project.runs().empty()) << "the tables of the newer schema are there";
    }
    EXPECT_EQ(schemaOf(folder() / "project.db.schema-1.copy"), 1);
    EXPECT_EQ(schemaOf(database()), currentSchema());
    EXPECT_FALSE(currentLockHolder(folder()).has_value());
  }
}

TEST_F(SchemaTest, AnOlderProjectThatIsLockedIsLeftAlone) {
  makeOldProject();
  const ProjectLock lock(folder());
  EXPECT_EQ(codeOf([&] { Project::open(folder(), Access::ReadOnly); }), "locked");
  EXPECT_EQ(schemaOf(database()), 1);
}

TEST_F(SchemaTest, ANewerProjectIsRefusedWithASentence) {
  Project::create(folder());
  change("PRAGMA user_version = " + std::to_string(currentSchema() + 1));
  for (const Access access : {Access::Edit, Access::ReadOnly}) {
    try {
      Project::open(folder(), access);
      FAIL();
    } catch (const Error& problem) {
      EXPECT_EQ(problem.code(), "schema-newer");
      EXPECT_EQ(problem.kind(), ErrorKind::Locked);
      EXPECT_NE(std::string(problem.what()).find("newer version"), std::string::npos);
    }
  }
  EXPECT_EQ(schemaOf(database()), currentSchema() + 1);
  EXPECT_FALSE(currentLockHolder(folder()).has_value()) << "a refused project is not left locked";
}

TEST_F(SchemaTest, RefusesDatabasesOfOthersAndRubbish) {
  std::filesystem::create_directories(folder());
  const auto codeOfOpening = [&] { return codeOf([&] { Project::open(folder(), Access::ReadOnly); }); };
  SQLite::Database(database().native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE bookmarks(x)");
  EXPECT_EQ(codeOfOpening(), "no-project");
  std::ofstream(database(), std::ios::trunc) << std::string(8192, 'r');
  EXPECT_EQ(codeOfOpening(), "damaged-project");
  std::ofstream(database(), std::ios::trunc) << "";
  EXPECT_EQ(codeOfOpening(), "no-project");
  SQLite::Database(database().native(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA application_id = " + std::to_string(kApplicationId) + "; PRAGMA user_version = " + std::to_string(currentSchema()));
  EXPECT_EQ(codeOf([&] { Project::open(folder(), Access::ReadOnly).cases(); }), "damaged-project") << "the right number, but no table";
}

TEST_F(SchemaTest, ReportsADamagedDatabase) {
  {
    Project project = Project::create(folder());
    std::vector<Case> cases;
    for (int i = 0; i < 500; ++i) cases.push_back(caseNamed("case " + std::to_string(i)));
    project.addCases(cases);
    EXPECT_TRUE(project.databaseFaults().empty());
  }
  const auto bytes = std::filesystem::file_size(database());
  std::fstream file(database(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(bytes / 2 / 4096 * 4096));
  file << std::string(4096 * 4, '\x55');
  file.close();
  const std::string code = codeOf([&] {
    const Project project = Project::open(folder(), Access::ReadOnly);
    EXPECT_FALSE(project.databaseFaults().empty());
    project.cases();
  });
  EXPECT_EQ(code, "damaged-project");
}

TEST_F(SchemaTest, NeedsNoWriteAheadLog) {
  Project::create(folder());
  change("PRAGMA journal_mode = WAL");
  { Project::open(folder(), Access::Edit).addCases({caseNamed("a")}); }
  SQLite::Database database(this->database().native(), SQLite::OPEN_READONLY);
  EXPECT_EQ(std::string(database.execAndGet("PRAGMA journal_mode").getText()), "delete") << "no trace of the log in the file";
}

TEST_F(SchemaTest, LabelVersionsAndAuditEntriesCannotBeChanged) {
  {
    Project project = Project::create(folder());
    project.setClasses(twoBones());
    project.addAnnotation(project.addCases({caseNamed("a")})[0].id, someLabels({8, 6, 1}, 2, 1), {.how = "brush"});
  }
  for (const char* sql :
       {"UPDATE audit SET who = 'x'", "DELETE FROM audit", "UPDATE label_version SET who = 'x'", "DELETE FROM label_version"})
    EXPECT_THROW(change(sql), SQLite::Exception) << sql;
}

}  // namespace
}  // namespace roundel
