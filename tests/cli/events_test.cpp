#include <fcntl.h>
#include <unistd.h>

#include "cli/studies.h"

namespace roundel::test {
namespace {

TEST(Events, ARunWritesThemToAFileAndToItsFolder) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Ended ended =
      roundel(tinyRun({"--json", "--events", folder / "events.jsonl", "run", study, "--strategy", "pseudo-labels", "--control", "none"}),
              std::chrono::seconds(120));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::string text = textOf(folder / "events.jsonl");
  const auto events = eventsOf(text);
  expectStagesEnded(events);
  EXPECT_EQ(text, textOf(study + "/runs/r0001/events.jsonl"));
  bool metric = false, artifact = false;
  for (const auto& event : events) {
    EXPECT_EQ(event["run"], "r0001");
    EXPECT_TRUE(event["round"].is_number()) << event.dump();
    metric = metric || event["type"] == "metric";
    artifact = artifact || event["type"] == "artifact";
    if (event["type"] == "progress") {
      EXPECT_LE(event["done"].get<int>(), event["total"].get<int>()) << event.dump();
    }
  }
  EXPECT_TRUE(metric);
  EXPECT_TRUE(artifact);
}

TEST(Events, GoToAnOpenDescriptor) {
  const TempFolder folder;
  const int file = ::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  Start start = program({"--events", "fd:9", "phantom", "dental", folder / "p", "--cases", "3", "--width", "64", "--height", "32"});
  start.descriptor = file;
  EXPECT_EQ(Process(start).wait().code, 0);
  ::close(file);
  const auto events = eventsOf(textOf(folder / "out"));
  expectStagesEnded(events);
  EXPECT_EQ(events.back()["type"], "done");
  EXPECT_EQ(events.front()["type"], "started");
  EXPECT_EQ(events.front()["stage"], "phantom");
}

TEST(Events, AFailureEndsWithFailed) {
  const TempFolder folder;
  EXPECT_EQ(roundel({"--events", folder / "e", "info", folder / "none"}).code, 3);
  const auto events = eventsOf(textOf(folder / "e"));
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back()["type"], "failed");
  EXPECT_EQ(events.back()["error"]["path"], folder / "none");
}

TEST(Events, AResumedRunGoesOnCounting) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  EXPECT_EQ(roundel(tinyRun({"run", study, "--strategy", "supervised", "--control", "none", "--stop-after", "round:0/train"})).code, 7);
  EXPECT_EQ(roundel({"run", study, "--resume", "r0001"}, std::chrono::seconds(120)).code, 0);
  expectStagesEnded(eventsOf(textOf(study + "/runs/r0001/events.jsonl")));
}

}  // namespace
}  // namespace roundel::test
