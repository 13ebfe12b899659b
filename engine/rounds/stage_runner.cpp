#include "rounds/stage_runner.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

constexpr std::array<std::pair<StageState, const char*>, 6> kStates{{{StageState::Fresh, "fresh"},
                                                                     {StageState::Started, "started"},
                                                                     {StageState::Done, "done"},
                                                                     {StageState::Cancelled, "cancelled"},
                                                                     {StageState::Failed, "failed"},
                                                                     {StageState::Invalidated, "invalidated"}}};

}  // namespace

std::string toString(StageState state) {
  for (const auto& [value, name] : kStates)
    if (value == state) return name;
  return "";
}

StageState stageStateFromString(const std::string& text) {
  for (const auto& [value, name] : kStates)
    if (text == name) return value;
  throw Error(ErrorKind::BadInput, "bad-document", "Unknown state of a stage: " + text + ".");
}

Json toJson(const StageStatus& record) {
  return {{"round", record.round},
          {"name", record.name},
          {"state", toString(record.state)},
          {"input_sha256", record.inputHash},
          {"sha256", record.outputHash.empty() ? Json(nullptr) : Json(record.outputHash)},
          {"seconds", record.seconds}};
}

StageStatus stageStatusFromJson(const Json& json) {
  return {.round = json.at("round").get<int>(),
          .name = json.at("name").get<std::string>(),
          .state = stageStateFromString(json.at("state").get<std::string>()),
          .inputHash = json.at("input_sha256").get<std::string>(),
          .outputHash = json.at("sha256").is_null() ? "" : json["sha256"].get<std::string>(),
          .seconds = json.at("seconds").get<double>()};
}

StopAfter parseStopAfter(const std::string& text) {
  const auto slash = text.find('/');
  StopAfter stop;
  if (text.starts_with("round:") && slash != std::string::npos && slash + 1 < text.size()) {
    const char* end = text.data() + slash;
    const auto parsed = std::from_chars(text.data() + 6, end, stop.round);
    if (parsed.ec == std::errc() && parsed.ptr == end && stop.round >= 0) {
      stop.stage = text.substr(slash + 1);
      return stop;
    }
  }
  throw Error(ErrorKind::Usage, "bad-stop-after", "--stop-after names no stage: " + text + ".", {.remedy = "Write it as round:1/refine."});
}

std::vector<std::string> stageNames(int round) {
  if (round == 0) return {"prepare", "train", "adapt", "calibrate", "validate", "report"};
  return {"embed", "propose", "clean", "prompt", "refine", "gate", "train", "validate", "report"};
}

void requireStage(const StopAfter& stop, int rounds) {
  if (stop.round < 0) return;
  if (stop.round > rounds)
    throw Error(ErrorKind::Usage, "bad-stop-after",
                "The run has no round " + std::to_string(stop.round) + ": its last is " + std::to_string(rounds) + ".",
                {.remedy = "Name a round from 0 to " + std::to_string(rounds) + "."});
  const auto names = stageNames(stop.round);
  if (std::find(names.begin(), names.end(), stop.stage) != names.end()) return;
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  throw Error(ErrorKind::Usage, "bad-stop-after",
              "Round " + std::to_string(stop.round) + " has no stage named " + sanitisedUtf8(stop.stage) + ".",
              {.remedy = "Its stages: " + list + "."});
}

StageRunner::StageRunner(std::filesystem::path runFolder, std::string runId, Job& job, EventLog& events, StopAfter stopAfter)
    : m_runFolder(std::move(runFolder)), m_runId(std::move(runId)), m_job(job), m_events(events), m_stopAfter(std::move(stopAfter)) {}

std::filesystem::path StageRunner::folderOf(int round, const std::string& stage) const {
  return m_runFolder / ("round-" + std::to_string(round)) / stage;
}

void StageRunner::store(const StageStatus& record) {
  writeJsonAtomically(folderOf(record.round, record.name) / "stage.json", toJson(record));
  for (auto& known : m_records)
    if (known.round == record.round && known.name == record.name) {
      known = record;
      onChange();
      return;
    }
  m_records.push_back(record);
  onChange();
}

std::string StageRunner::run(int round, const std::string& stage, const std::string& inputHash, const Work& work) {
  const auto folder = folderOf(round, stage);
  StageStatus record{.round = round, .name = stage, .inputHash = inputHash};
  if (std::filesystem::exists(folder / "stage.json")) {
    StageStatus before = stageStatusFromJson(readJson(folder / "stage.json"));
    if (before.inputHash == inputHash) {
      record = before;
    } else {
      m_job.log("Round " + std::to_string(round) + ", " + stage + ": something it depends on has changed; it is made anew.");
      std::filesystem::remove_all(folder);
    }
  }
  const auto stopHere = [&] {
    if (m_stopAfter.round == round && m_stopAfter.stage == stage) throw Cancelled();
  };
  if (record.state == StageState::Done) {
    store(record);
    stopHere();
    return record.outputHash;
  }
  std::filesystem::create_directories(folder);
  StageJob job(m_job, m_events, m_runId, round, stage, m_runFolder / "control");
  const auto start = std::chrono::steady_clock::now();
  const double secondsBefore = record.seconds;
  const auto end = [&](StageState state, const std::string& type, const Json& fields) {
    record.state = state;
    record.seconds = secondsBefore + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    job.ended(type, fields);
    store(record);
  };
  record.state = StageState::Started;
  store(record);
  job.started();
  try {
    job.throwIfStopped();
    record.outputHash = work(job, folder);
    end(StageState::Done, "done", {{"sha256", record.outputHash}});
  } catch (const Cancelled&) {
    end(StageState::Cancelled, "cancelled", Json::object());
    throw;
  } catch (const std::exception& error) {
    end(StageState::Failed, "failed", {{"message", sanitisedUtf8(error.what())}});
    throw;
  }
  stopHere();
  return record.outputHash;
}

}  // namespace roundel
