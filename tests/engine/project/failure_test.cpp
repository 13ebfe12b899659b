#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>

#include <csignal>

#include "core/files.h"
#include "engine/project/project_fixture.h"
#include "project/project_lock.h"

namespace roundel {
namespace {

constexpr int kNotPossibleHere = 77;

/// Ends the process in a mount namespace of its own with a small file system at `at`; false where that is not allowed.
bool mountSmallDisk(const std::filesystem::path& at, const char* options) {
  if (::unshare(CLONE_NEWNS) != 0) return false;
  ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  return ::mount("tmpfs", at.c_str(), "tmpfs", 0, options) == 0;
}

std::vector<Case> manyCases(int batch, int count) {
  std::vector<Case> cases;
  for (int i = 0; i < count; ++i) cases.push_back(caseNamed("batch " + std::to_string(batch) + " case " + std::to_string(i)));
  return cases;
}

TEST_F(ProjectTest, AFullDiskIsToldAndLosesNothing) {
  const int status = inOtherProcess([&] {
    if (!mountSmallDisk(root(), "size=600k")) return kNotPossibleHere;
    Project project = Project::create(folder());
    std::int64_t kept = 0;
    std::string code = "none";
    for (int batch = 0; batch < 100 && code == "none"; ++batch) {
      code = codeOf([&] { project.addCases(manyCases(batch, 50)); });
      if (code == "none") kept += 50;
    }
    if (code != "disk-full") return 1;
    if (kept == 0 || project.caseCount() != kept) return 2;
    if (!project.databaseFaults().empty() || !project.verifyAudit().faults.empty()) return 3;
    return 0;
  });
  if (status == kNotPossibleHere) GTEST_SKIP() << "no right to mount a small disk";
  EXPECT_EQ(status, 0);
}

TEST_F(ProjectTest, AReadOnlyDiskCanBeReadAndNotChanged) {
  { Project::create(folder()).addCases({caseNamed("a")}); }
  const int status = inOtherProcess([&] {
    if (::unshare(CLONE_NEWNS) != 0) return kNotPossibleHere;
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount(root().c_str(), root().c_str(), nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(nullptr, root().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0)
      return kNotPossibleHere;
    const Project project = Project::open(folder(), Access::ReadOnly);
    if (project.caseCount() != 1 || !project.verifyAudit().faults.empty()) return 1;
    if (codeOf([&] { Project::open(folder(), Access::Edit); }) != "read-only") return 2;
    if (codeOf([&] { Project::create(root() / "other"); }) != "read-only") return 3;
    return 0;
  });
  if (status == kNotPossibleHere) GTEST_SKIP() << "no right to mount a read-only disk";
  EXPECT_EQ(status, 0);
}

TEST_F(ProjectTest, AFolderOfSomebodyElseCanBeReadAndNotChanged) {
  { Project::create(folder()).addCases({caseNamed("a")}); }
  std::filesystem::permissions(root(), std::filesystem::perms(0755));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder()))
    std::filesystem::permissions(entry.path(), std::filesystem::perms(entry.is_directory() ? 0555 : 0444));
  std::filesystem::permissions(folder(), std::filesystem::perms(0555));
  const int status = inOtherProcess([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return kNotPossibleHere;
    if (Project::open(folder(), Access::ReadOnly).caseCount() != 1) return 1;
    return codeOf([&] { Project::open(folder(), Access::Edit); }) == "read-only" ? 0 : 2;
  });
  std::filesystem::permissions(folder(), std::filesystem::perms(0755));
  if (status == kNotPossibleHere) GTEST_SKIP() << "no right to become another user";
  EXPECT_EQ(status, 0);
}

TEST_F(ProjectTest, ADatabaseHeldByAnotherProgramIsToldAsLocked) {
  { Project::create(folder()); }
  // Some other program, which knows nothing of our lock, is inside a transaction: wait, then say so.
  SQLite::Database other((folder() / "project.db").native(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN EXCLUSIVE");
  EXPECT_EQ(codeOf([&] { Project::open(folder(), Access::ReadOnly); }), "locked");
  other.exec("COMMIT");
  EXPECT_EQ(codeOf([&] { Project::open(folder(), Access::ReadOnly); }), "none");
}

/// One batch as an import writes it: cases, then their labels. Tells the parent of every batch that is safe.
[[noreturn]] void writeBatches(const std::filesystem::path& folder, int batch, int pipe) {
  Project project = Project::open(folder, Access::Edit);
  for (;; ++batch) {
    const auto cases = project.addCases(manyCases(batch, 20));
    std::vector<NewAnnotation> labels;
    for (const auto& one : cases)
      labels.push_back({one.id, someLabels(one.geometry.size, 2, static_cast<std::uint64_t>(one.id)), {.how = "import"}});
    project.addAnnotations(labels);
    if (::write(pipe, &batch, sizeof batch) != sizeof batch) ::_exit(1);
  }
}

/// Starts writing at `batch`, kills that long after the first safe batch, and returns the last batch told as safe.
int killWhileWriting(const std::filesystem::path& folder, int batch, int microseconds) {
  int ends[2];
  if (::pipe(ends) != 0) return -2;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    try {
      writeBatches(folder, batch, ends[1]);
    } catch (...) {
      ::_exit(3);
    }
  }
  ::close(ends[1]);
  int last = -1;
  pollfd waiting{.fd = ends[0], .events = POLLIN, .revents = 0};
  ::poll(&waiting, 1, 10000);
  ::usleep(static_cast<useconds_t>(microseconds));
  ::kill(child, SIGKILL);
  for (int told = 0; ::read(ends[0], &told, sizeof told) == sizeof told;) last = told;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? last : -3;
}

TEST_F(ProjectTest, SurvivesBeingKilledInTheMiddleOfWriting) {
  { Project::create(folder()).setClasses(twoBones()); }
  Random random(1, "kill");
  int batch = 0, journals = 0, labelled = 0;
  for (int kill = 0; kill < 40; ++kill) {
    const int last = killWhileWriting(folder(), batch, static_cast<int>(random.below(12000)));
    ASSERT_GE(last, batch) << "no batch was written before kill " << kill;
    std::error_code code;
    const auto journal = std::filesystem::file_size(folder() / "project.db-journal", code);
    journals += !code && journal > 0;
    // A reader alone has to cope with what the killed process left: it rolls the unfinished change back.
    const Project project = Project::open(folder(), Access::ReadOnly);
    ASSERT_TRUE(project.databaseFaults().empty());
    const AuditReport report = project.verifyAudit();
    ASSERT_TRUE(report.faults.empty()) << report.faults[0].message;
    ASSERT_GE(project.caseCount(), (last + 1) * 20) << "what was told as safe is there";
    ASSERT_EQ(project.caseCount() % 20, 0) << "a batch is there whole or not at all";
    const auto versions = project.latestVersions();
    ASSERT_GE(static_cast<int>(versions.size()), labelled + (last + 1 - batch) * 20);
    ASSERT_EQ(versions.size() % 20, 0U);
    for (const auto& [id, version] : versions) {
      if (id % 7 != 0) continue;
      ASSERT_EQ(project.latest(id), someLabels({8, 6, 1}, 2, static_cast<std::uint64_t>(id)));
    }
    batch = static_cast<int>(project.caseCount() / 20);
    labelled = static_cast<int>(versions.size());
  }
  EXPECT_GT(journals, 0) << "no kill met a write half-way: the test proves nothing, make the batches larger";
}

TEST_F(ProjectTest, ReadersAndTheWriterWorkAtOnce) {
  { Project::create(folder()).setClasses(twoBones()); }
  const pid_t writer = ::fork();
  if (writer == 0) {
    try {
      Project project = Project::open(folder(), Access::Edit);
      for (int batch = 0; batch < 15; ++batch) project.addCases(manyCases(batch, 20));
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0, reads = 0;
  while (::waitpid(writer, &status, WNOHANG) == 0) {
    const Project project = Project::open(folder(), Access::ReadOnly);
    EXPECT_EQ(project.caseCount() % 20, 0);
    EXPECT_TRUE(project.verifyAudit().faults.empty());
    ++reads;
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_GT(reads, 0);
  EXPECT_EQ(Project::open(folder(), Access::ReadOnly).caseCount(), 300);
}

}  // namespace
}  // namespace roundel
