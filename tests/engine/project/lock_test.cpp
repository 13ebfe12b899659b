#include "project/project_lock.h"

#include <csignal>
#include <sstream>

#include "core/files.h"
#include "engine/project/project_fixture.h"

namespace roundel {
namespace {

class LockTest : public ProjectTest {
 protected:
  std::filesystem::path lockFile() const { return folder() / "project.lock"; }

  void writeLock(const Json& json) const { std::ofstream(lockFile(), std::ios::trunc) << json.dump(); }

  /// What a lock of this very process would say.
  Json ownLock() const {
    const ProjectLock lock(folder());
    return readJson(lockFile());
  }

  std::string codeOfEditing() const {
    return codeOf([&] { Project::open(folder(), Access::Edit); });
  }
};

TEST_F(LockTest, ASecondProcessIsToldWhoHoldsTheProject) {
  const Project project = Project::create(folder());
  int status = inOtherProcess([&] {
    try {
      Project::open(folder(), Access::Edit);
      return 1;
    } catch (const Error& problem) {
      const std::string text = problem.what();
      if (problem.code() != "locked" || problem.kind() != ErrorKind::Locked) return 2;
      if (text.find(currentUser()) == std::string::npos) return 3;
      if (text.find("process " + std::to_string(::getppid())) == std::string::npos) return 4;
      return 0;
    }
  });
  EXPECT_EQ(status, 0);
  status = inOtherProcess([&] { return static_cast<int>(Project::open(folder(), Access::ReadOnly).caseCount()); });
  EXPECT_EQ(status, 0) << "readers need no lock";
  EXPECT_EQ(codeOfEditing(), "locked") << "not even in the same process";
  ASSERT_TRUE(currentLockHolder(folder()).has_value());
  EXPECT_EQ(currentLockHolder(folder())->process, ::getpid());
}

TEST_F(LockTest, IsReleasedWithTheProject) {
  { Project::create(folder()); }
  EXPECT_FALSE(currentLockHolder(folder()).has_value());
  const int status = inOtherProcess([&] {
    Project::open(folder(), Access::Edit).addCases({caseNamed("a")});
    return 0;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(Project::open(folder(), Access::Edit).caseCount(), 1);
}

TEST_F(LockTest, OfAKilledProcessIsStale) {
  { Project::create(folder()); }
  const int status = inOtherProcess([&] {
    const Project project = Project::open(folder(), Access::Edit);
    ::raise(SIGKILL);
    return 0;
  });
  EXPECT_EQ(status, 128 + SIGKILL);
  EXPECT_GT(std::filesystem::file_size(lockFile()), 0U) << "the killed process left its name";
  EXPECT_FALSE(currentLockHolder(folder()).has_value());
  EXPECT_EQ(codeOfEditing(), "none");
}

TEST_F(LockTest, OfAReusedProcessNumberIsStale) {
  { Project::create(folder()); }
  Json lock = ownLock();
  const std::string start = lock["process_start"];
  lock["process_start"] = start.substr(0, start.find('/')) + "/1";  // this process lives, but did not start then
  writeLock(lock);
  EXPECT_EQ(codeOfEditing(), "none");
}

TEST_F(LockTest, OfALivingProcessIsBelievedWithoutFlock) {
  // As on a file system that knows no flock: the file names a living process, and nothing else holds it.
  { Project::create(folder()); }
  int gate[2];
  ASSERT_EQ(::pipe(gate), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    ::close(gate[1]);
    while (::read(gate[0], &byte, 1) > 0) continue;
    ::_exit(0);
  }
  ::close(gate[0]);
  Json lock = ownLock();
  std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
  std::string line;
  std::getline(stat, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string tick;
  for (int field = 3; field <= 22; ++field) fields >> tick;
  const std::string start = lock["process_start"];
  lock["process"] = child;
  lock["process_start"] = start.substr(0, start.find('/') + 1) + tick;
  writeLock(lock);
  EXPECT_EQ(codeOfEditing(), "locked");
  ::close(gate[1]);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(codeOfEditing(), "none");
}

TEST_F(LockTest, OfAnotherComputerIsBelieved) {
  { Project::create(folder()); }
  Json lock = ownLock();
  lock["host"] = "ward-7";
  lock["owner"] = "anna";
  lock["process_start"] = "another-boot/1";
  writeLock(lock);
  try {
    Project::open(folder(), Access::Edit);
    FAIL();
  } catch (const Error& problem) {
    EXPECT_EQ(problem.code(), "locked");
    EXPECT_NE(std::string(problem.what()).find("anna on ward-7"), std::string::npos);
    EXPECT_NE(problem.details().remedy.find("project.lock"), std::string::npos);
  }
  EXPECT_EQ(currentLockHolder(folder())->host, "ward-7");
  EXPECT_EQ(codeOf([&] { Project::open(folder(), Access::ReadOnly); }), "none");
}

TEST_F(LockTest, FromBeforeARestartIsStale) {
  { Project::create(folder()); }
  Json lock = ownLock();
  lock["process_start"] = "another-boot/1";
  writeLock(lock);
  EXPECT_EQ(codeOfEditing(), "none");
}

TEST_F(LockTest, RubbishInTheFileIsNoLock) {
  { Project::create(folder()); }
  for (const std::string& text : {std::string("{"), std::string("[1,2]"), std::string(100000, 'x'), std::string("{\"owner\": 3}")}) {
    std::ofstream(lockFile(), std::ios::trunc) << text;
    EXPECT_EQ(codeOfEditing(), "none") << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace roundel
