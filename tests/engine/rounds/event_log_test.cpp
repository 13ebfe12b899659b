#include "rounds/event_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

std::vector<Json> linesOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Json> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
  return lines;
}

TEST(EventLog, GoesOnWithoutGapsAfterAHalfWrittenLine) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("events-" + std::to_string(::getpid()));
  {
    EventLog log;
    log.addFile(path);
    log.write({{"type", "started"}});
    log.write({{"type", "done"}});
  }
  std::ofstream(path, std::ios::app) << "{\"v\": 1, \"seq\": 2, \"ty";  // killed in mid-write
  {
    EventLog log;
    log.addFile(path);
    log.write({{"type", "started"}});
  }
  const auto lines = linesOf(path);
  ASSERT_EQ(lines.size(), 3u);
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(lines[i]["seq"], i);
  std::filesystem::remove(path);
}

TEST(EventLog, EveryFileCountsForItself) {
  const auto folder = std::filesystem::path(::testing::TempDir());
  const auto own = folder / ("own-" + std::to_string(::getpid())), shared = folder / ("shared-" + std::to_string(::getpid()));
  const auto run = [&](int lines) {
    EventLog log;
    log.addFile(own);
    log.addSink(shared.native());
    for (int i = 0; i < lines; ++i) log.write({{"type", "progress"}});
  };
  {
    EventLog other;  // the shared file has lines of another run
    other.addFile(shared);
    for (int i = 0; i < 5; ++i) other.write({{"type", "progress"}});
  }
  run(3);
  run(2);  // resumed
  for (const auto& [path, count] : {std::pair(own, 5u), std::pair(shared, 10u)}) {
    const auto lines = linesOf(path);
    ASSERT_EQ(lines.size(), count);
    for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(lines[i]["seq"], i) << path;
    std::filesystem::remove(path);
  }
}

TEST(EventLog, ABrokenPipeIsDroppedAndTheWorkGoesOn) {
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EventLog log;
  log.addSink("fd:" + std::to_string(ends[1]));
  ::close(ends[0]);
  EXPECT_NO_THROW(log.write({{"type", "started"}}));
  EXPECT_TRUE(log.empty());
  ::close(ends[1]);
  EXPECT_THROW(log.addSink("fd:nine"), Error);
  EXPECT_THROW(log.addSink("fd:987"), Error);
}

}  // namespace
}  // namespace roundel
