#include "service/session_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

const RequestId kCase{"1"}, kOther{"2"};

/// A session that was killed: its folder stays.
fs::path deadSessionIn(const fs::path& parent) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const SessionFolder folder(parent);
    const std::string path = folder.path().string();
    [[maybe_unused]] const ssize_t ignored = ::write(pipe[1], path.data(), path.size());
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  char text[4096];
  const ssize_t count = ::read(pipe[0], text, sizeof text);
  ::close(pipe[0]);
  ::close(pipe[1]);
  return {std::string(text, count > 0 ? static_cast<std::size_t>(count) : 0)};
}

TEST(SessionFolder, IsPrivateAndGoesWithTheSession) {
  const test::TemporaryFolder parent;
  fs::path path;
  {
    const SessionFolder folder(parent.path());
    path = folder.path();
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::is_empty(parent.path()));
}

TEST(SessionFolder, KeepsNumbersAndSaysWhere) {
  const test::TemporaryFolder parent;
  SessionFolder folder(parent.path());
  const std::vector<std::int64_t> values{1, 2, 300, -4};
  const Json where = folder.keep(kCase, values, {2, 2});
  const Json other = folder.keep(kOther, values, {2, 2});
  const std::string bytes = readFile(where["path"].get<std::string>());
  ASSERT_EQ(bytes.size(), where["bytes"].get<std::size_t>());
  EXPECT_EQ(std::memcmp(bytes.data(), values.data(), bytes.size()), 0);
  EXPECT_EQ(where["offset"], 0);
  EXPECT_EQ(where["dtype"], "I64");
  EXPECT_EQ(where["shape"], Json::parse("[2, 2]"));
  EXPECT_EQ(where["sha256"], sha256Hex(bytes));
  folder.forget(kCase);
  EXPECT_FALSE(fs::exists(where["path"].get<std::string>()));
  EXPECT_TRUE(fs::exists(other["path"].get<std::string>())) << "of another case";
}

TEST(SessionFolder, TakesAwayWhatDeadSessionsLeftAndNothingElse) {
  const test::TemporaryFolder parent;
  const fs::path dead = deadSessionIn(parent.path());
  ASSERT_TRUE(fs::exists(dead));
  const SessionFolder living(parent.path());
  EXPECT_FALSE(fs::exists(dead));
  fs::create_directory(parent / "roundel-serve-mine");  // without a lock: nobody knows whose it is
  fs::create_directory(parent / "somebody");
  fs::create_directory_symlink(parent / "somebody", parent / "roundel-serve-link");
  std::ofstream(parent / "somebody" / "lock") << "";
  const SessionFolder second(parent.path());
  EXPECT_TRUE(fs::exists(living.path())) << "it still lives";
  EXPECT_TRUE(fs::exists(parent / "roundel-serve-mine"));
  EXPECT_TRUE(fs::exists(parent / "somebody" / "lock")) << "links are not followed";
}

TEST(SessionFolder, WithoutOneSmallAnswersStillGo) {
  SessionFolder folder("/nowhere/at/all");
  EXPECT_TRUE(folder.path().empty());
  EXPECT_FALSE(folder.trouble().empty());
  const std::vector<std::int64_t> values{1};
  try {
    folder.keep(kCase, values, {1});
    FAIL() << "kept nowhere";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "no-session-folder");
  }
}

}  // namespace
}  // namespace roundel
