// Several devices and several ranks, as people and launchers start them. Two workers on the processor stand for two devices.
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "cli/studies.h"

namespace roundel::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// A training of two ranks; long enough to be disturbed where `steps` is large.
std::vector<std::string> training(const std::string& study, const std::string& out, int steps) {
  return {"--json",
          "train",
          study,
          "--set",
          "width=4",
          "--set",
          "size=64",
          "--set",
          "batch=4",
          "--set",
          "checkpoint_seconds=0",
          "--set",
          "steps=" + std::to_string(steps),
          "--seed",
          "1",
          "--out",
          out};
}

/// What a launcher that is not ours says.
Start rank(const std::vector<std::string>& arguments, int rank, const std::string& job, const std::string& size = "2") {
  Start start = program(arguments);
  start.environment = {{"RANK", std::to_string(rank)},
                       {"WORLD_SIZE", size},
                       {"LOCAL_RANK", std::to_string(rank)},
                       {"LOCAL_WORLD_SIZE", size},
                       {"TORCHELASTIC_RUN_ID", job}};
  return start;
}

void waitUntil(Process& process, const std::function<bool()>& done) {
  for (int wait = 0; wait < 30'000 && !process.ended() && !done(); ++wait) process.watchFor(milliseconds(2));
}

/// Children of a process that are this program at this work.
std::vector<pid_t> childrenOf(pid_t parent, const std::string& word) {
  std::vector<pid_t> found;
  std::ifstream list("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  for (pid_t one = 0; list >> one;) {
    std::string line = textOf("/proc/" + std::to_string(one) + "/cmdline");
    std::replace(line.begin(), line.end(), '\0', ' ');
    if (line.find(word) != std::string::npos) found.push_back(one);
  }
  return found;
}

TEST(Ranks, ATrainingOnTwoDevicesIsThatOfTwoRanksOfALauncher) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Ended ours = roundel(with(training(study, folder / "a", 5), {"--devices", "cpu,cpu"}));
  ASSERT_EQ(ours.code, 0) << ours.err;
  const Json result = document(ours, "train")["result"];
  EXPECT_EQ(result["environment"]["ranks"], 2);
  EXPECT_EQ(result["environment"]["threads"], 1);

  const auto arguments = with(training(study, folder / "b", 5), {"--device", "cpu"});
  Process other(rank(arguments, 1, "equal"));
  Process first(rank(arguments, 0, "equal"));
  const Ended done = first.wait(), further = other.wait();
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(further.code, 0) << further.err;
  EXPECT_EQ(further.out, "") << "rank 0 speaks for all";
  EXPECT_EQ(document(done, "train")["result"]["weights_sha256"], result["weights_sha256"]);

  // The number of ranks belongs to the plan: another number is another training.
  errorIn(roundel(training(study, folder / "a", 5)), "train", 3, "resume-mismatch");
  errorIn(roundel(with(training(study, folder / "c", 5), {"--set", "ranks=3"})), "train", 2, "bad-ranks");
}

TEST(Ranks, ARankThatIsKilledEndsTheTrainingWithItsCauseAndItGoesOn) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::vector<std::string> devices{"--devices", "cpu,cpu"};
  const Ended whole = roundel(with(training(study, folder / "whole", 60), devices));
  ASSERT_EQ(whole.code, 0) << whole.err;
  const auto cut = with(training(study, folder / "cut", 60), devices);
  Process process(program(cut));
  waitUntil(process, [&] { return fs::exists(folder / "cut/training-state.safetensors"); });
  const auto ranks = childrenOf(process.id(), " train ");
  ASSERT_EQ(ranks.size(), 1u);
  ::kill(ranks.front(), SIGKILL);
  const Ended killed = process.wait(seconds(30));
  ASSERT_FALSE(killed.timedOut);
  const Json error = errorIn(killed, "train", 5, "rank-lost");
  EXPECT_NE(error["message"].get<std::string>().find("Rank 1 of 2"), std::string::npos) << error;
  EXPECT_NE(error["message"].get<std::string>().find("ended by signal 9"), std::string::npos) << error;
  const Ended resumed = roundel(cut);
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(document(resumed, "train")["result"]["weights_sha256"], document(whole, "train")["result"]["weights_sha256"]);
}

TEST(Ranks, WhatALauncherSaysByHalfIsRefused) {
  const TempFolder folder;
  Start half = program({"--json", "train", folder / "study", "--out", folder / "model"});
  half.environment = {{"RANK", "0"}};
  errorIn(Process(half).wait(), "train", 2, "bad-ranks");
  Start far = rank({"--json", "run", folder / "study"}, 0, "far", "4");
  far.environment["LOCAL_WORLD_SIZE"] = "2";
  const Json error = errorIn(Process(far).wait(), "run", 2, "several-machines");
  EXPECT_NE(error["remedy"].get<std::string>().find("--ranks-port"), std::string::npos);
  errorOf({"train", folder / "study", "--out", folder / "model", "--devices", "cpu,"}, 2, "bad-device");
  errorOf({"train", folder / "study", "--out", folder / "model", "--devices", "cpu,cuda:7"}, 5, "no-device");
}

std::vector<std::string> wholeRun(const std::string& study) {
  return tinyRun({"--json", "run", study, "--strategy", "sam-carries-the-burden", "--rounds", "1", "--anew"});
}

TEST(Ranks, ARunOnTwoDevicesHasTheNumbersOfOne) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Ended one = roundel(with(wholeRun(study), {"--device", "cpu"}));
  const Ended two = roundel(with(wholeRun(study), {"--devices", "cpu,cpu"}));
  ASSERT_EQ(one.code, 0) << one.err;
  ASSERT_EQ(two.code, 0) << two.err;
  EXPECT_EQ(identity(study + "/runs/r0001"), identity(study + "/runs/r0002"));
  EXPECT_EQ(jsonOf(study + "/runs/r0002/run.json")["environment"]["devices"], Json({"cpu", "cpu"}));
  const auto events = eventsOf(textOf(study + "/runs/r0002/events.jsonl"));
  expectStagesEnded(events);
  bool sideBySide = false;
  std::vector<std::int64_t> steps;  // of the curves of round 1: one after the other, though learnt at once
  for (const auto& event : events) {
    if (event["type"] == "progress") sideBySide = sideBySide || event["phase"].get<std::string>().find("side by side") != std::string::npos;
    if (event["type"] == "metric" && event["round"] == 1 && event["stage"] == "train" && event["values"].contains("loss"))
      steps.push_back(event["values"]["step"]);
  }
  EXPECT_TRUE(sideBySide);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{6, 6}));
}

TEST(Ranks, ARunThatLosesAWorkerSaysSoAndGoesOn) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::vector<std::string> devices{"--devices", "cpu,cpu"};
  const auto longer = with(wholeRun(study), {"--set", "steps=60", "--set", "checkpoint_seconds=0"});
  const Ended whole = roundel(with(longer, devices));
  ASSERT_EQ(whole.code, 0) << whole.err;
  Process process(program(with(longer, devices)));
  const fs::path round = study + "/runs/r0002/round-1/train";
  waitUntil(process, [&] { return fs::exists(round / "control/training-state.safetensors"); });
  const auto workers = childrenOf(process.id(), " --work ");
  ASSERT_EQ(workers.size(), 2u);
  ::kill(workers.back(), SIGKILL);
  const Ended lost = process.wait(seconds(30));
  ASSERT_FALSE(lost.timedOut);
  const Json error = errorIn(lost, "run", 5, "worker-lost");
  EXPECT_NE(error["message"].get<std::string>().find("signal 9"), std::string::npos) << error;

  Process asked(program(with({"--json", "run", study, "--resume", "r0002", "--anew"}, devices)));
  waitUntil(asked, [&] { return !childrenOf(asked.id(), " --work ").empty(); });
  asked.signal(SIGTERM);
  const Ended stopped = asked.wait(seconds(30));
  EXPECT_TRUE(stopped.code == 143 || stopped.code == 0) << stopped.code << stopped.err;

  EXPECT_EQ(resultOf(with({"run", study, "--resume", "r0002", "--anew"}, devices))["state"], "finished");
  EXPECT_EQ(identity(study + "/runs/r0002"), identity(study + "/runs/r0001"));
}

TEST(Ranks, ARunSharesEveryTrainingAmongItsRanks) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Ended ours = roundel(with(wholeRun(study), {"--devices", "cpu,cpu", "--set", "ranks=2"}));
  ASSERT_EQ(ours.code, 0) << ours.err;
  EXPECT_EQ(document(ours, "run")["result"]["state"], "finished");
  EXPECT_EQ(jsonOf(study + "/runs/r0001/plan.json")["train_params"]["ranks"], 2);
  const auto arguments = with(wholeRun(study), {"--device", "cpu"});
  Process other(rank(arguments, 1, "run"));
  Process first(rank(arguments, 0, "run"));
  const Ended done = first.wait(seconds(120)), further = other.wait();
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(further.code, 0) << further.err;
  EXPECT_EQ(identity(study + "/runs/r0002"), identity(study + "/runs/r0001"));
  errorOf({"run", study, "--resume", "r0002"}, 2, "bad-ranks");  // one process is another number of ranks
}

TEST(Ranks, ASweepRunsItsCountsSideBySide) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::vector<std::string> counts{"--labels", "1,2", "--strategy", "supervised"};
  const auto points = [&](const std::vector<std::string>& more) {
    return resultOf(with(with(tinyRun({"sweep", study}), counts), more))["points"];
  };
  const Json two = points({"--devices", "cpu,cpu"});
  EXPECT_EQ(two.size(), 2u);
  fs::remove_all(study + "/runs");
  EXPECT_EQ(points({"--device", "cpu"}), two);
}

}  // namespace
}  // namespace roundel::test
