#include "project/run_record.h"

#include <set>

#include "core/error.h"

namespace roundel {
namespace {

/// The text under a key; null and absent are empty.
std::string textAt(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? std::string() : found->get<std::string>();
}

Json textOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Score scoreFromJson(const Json& json) {
  Score score{.caseName = textAt(json, "case"),
              .className = textAt(json, "class"),
              .split = textAt(json, "split"),
              .arm = textAt(json, "arm"),
              .metric = json.at("metric").get<std::string>(),
              .unit = textAt(json, "unit"),
              .estimated = json.value("estimated", false)};
  if (const auto value = json.find("value"); value != json.end() && !value->is_null()) score.value = value->get<double>();
  return score;
}

RoundRecord roundFromJson(const Json& json) {
  RoundRecord round{.number = json.at("n").get<int>(), .stages = {}, .scores = {}};
  for (const auto& stage : json.value("stages", Json::array()))
    round.stages.push_back(
        {.name = stage.at("name").get<std::string>(), .state = textAt(stage, "state"), .sha256 = textAt(stage, "sha256")});
  for (const auto& score : json.value("scores", Json::array())) round.scores.push_back(scoreFromJson(score));
  return round;
}

Json toJson(const RoundRecord& round) {
  Json stages = Json::array(), scores = Json::array();
  for (const auto& stage : round.stages)
    stages.push_back({{"name", stage.name}, {"state", stage.state}, {"sha256", textOrNull(stage.sha256)}});
  for (const auto& score : round.scores)
    scores.push_back({{"case", textOrNull(score.caseName)},
                      {"class", textOrNull(score.className)},
                      {"split", textOrNull(score.split)},
                      {"arm", textOrNull(score.arm)},
                      {"metric", score.metric},
                      {"value", score.value ? Json(*score.value) : Json(nullptr)},
                      {"unit", textOrNull(score.unit)},
                      {"estimated", score.estimated}});
  return {{"n", round.number}, {"stages", std::move(stages)}, {"scores", std::move(scores)}};
}

}  // namespace

Json toJson(const RunRecord& run) {
  Json rounds = Json::array();
  for (const auto& round : run.rounds) rounds.push_back(toJson(round));
  return {{"id", run.id},
          {"state", run.state},
          {"strategy", run.strategy},
          {"seed", run.seed},
          {"plan_sha256", textOrNull(run.planSha256)},
          {"weights_sha256", textOrNull(run.weightsSha256)},
          {"environment", run.environment},
          {"rounds", std::move(rounds)}};
}

RunRecord runRecordFromJson(const Json& json) {
  try {
    RunRecord run{.id = json.at("id").get<std::string>(),
                  .state = textAt(json, "state"),
                  .strategy = textAt(json, "strategy"),
                  .seed = json.value("seed", std::uint64_t{0}),
                  .planSha256 = textAt(json, "plan_sha256"),
                  .weightsSha256 = textAt(json, "weights_sha256"),
                  .environment = json.value("environment", Json::object())};
    std::set<int> numbers;
    for (const auto& round : json.value("rounds", Json::array())) {
      run.rounds.push_back(roundFromJson(round));
      if (!numbers.insert(run.rounds.back().number).second)
        throw Error(ErrorKind::BadInput, "bad-document", "The record of a run tells of the same round twice.");
    }
    return run;
  } catch (const Json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "The record of a run is not of the expected form.");
  }
}

}  // namespace roundel
