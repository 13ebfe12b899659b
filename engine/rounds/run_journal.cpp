#include "rounds/run_journal.h"

#include <algorithm>

#include "core/files.h"
#include "rounds/left_out.h"

namespace roundel {

RunJournal::RunJournal(const RunPlan& plan, std::filesystem::path runFolder, Json environment)
    : m_plan(plan), m_folder(std::move(runFolder)), m_environment(std::move(environment)) {}

void RunJournal::setScores(int round, const std::string& stage, std::vector<Score> scores) { m_scores[{round, stage}] = std::move(scores); }

std::vector<Score> RunJournal::scoresOf(int round) const {
  std::vector<Score> all;
  for (const auto& [key, scores] : m_scores)
    if (key.first == round) all.insert(all.end(), scores.begin(), scores.end());
  return all;
}

RunRecord RunJournal::record() const {
  RunRecord record{.id = m_plan.id,
                   .state = m_state,
                   .strategy = m_plan.strategy,
                   .seed = m_plan.seed,
                   .planSha256 = planHash(m_plan),
                   .weightsSha256 = m_weights,
                   .environment = m_environment};
  for (const auto& stage : m_stages) {
    while (static_cast<int>(record.rounds.size()) <= stage.round)
      record.rounds.push_back({.number = static_cast<int>(record.rounds.size())});
    record.rounds[static_cast<std::size_t>(stage.round)].stages.push_back(
        {.name = stage.name, .state = toString(stage.state), .sha256 = stage.outputHash});
  }
  for (auto& round : record.rounds) round.scores = scoresOf(round.number);
  return record;
}

Json RunJournal::document() const {
  const RunRecord run = record();
  Json json = toJson(run);
  Json summary = Json::array();
  for (const auto& round : run.rounds)
    for (const char* arm : {"strategy", "control"})
      for (const char* split : {"validation", "test"})
        for (const char* metric : {"dice", "dice_refined"}) {
          const auto mean = summarise(round.scores, {.split = split, .arm = arm, .metric = metric});
          if (!mean) continue;
          summary.push_back({{"round", round.number},
                             {"arm", arm},
                             {"split", split},
                             {"metric", metric},
                             {"mean", mean->mean},
                             {"deviation", mean->deviation},
                             {"cases", mean->cases}});
        }
  json["summary"] = std::move(summary);
  json["left_out"] = toJson(readLeftOut(m_folder));
  return json;
}

void RunJournal::write() const { writeJsonAtomically(m_folder / "run.json", document()); }

}  // namespace roundel
