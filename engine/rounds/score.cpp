#include "rounds/score.h"

#include <cmath>
#include <map>
#include <set>

#include "core/files.h"

namespace roundel {

std::vector<std::pair<std::string, double>> caseMeans(const std::vector<Score>& scores, const ScoreFilter& filter) {
  std::vector<std::pair<std::string, double>> sums;
  std::vector<int> counts;
  std::map<std::string, std::size_t> places;
  for (const auto& score : scores) {
    if (!score.value || score.split != filter.split || score.arm != filter.arm || score.metric != filter.metric) continue;
    if (!filter.className.empty() && score.className != filter.className) continue;
    if (!filter.unit.empty() && score.unit != filter.unit) continue;
    const auto [place, added] = places.emplace(score.caseName, sums.size());
    if (added) {
      sums.emplace_back(score.caseName, 0.0);
      counts.push_back(0);
    }
    sums[place->second].second += *score.value;
    ++counts[place->second];
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i].second /= counts[i];
  return sums;
}

std::optional<ScoreSummary> summarise(const std::vector<Score>& scores, const ScoreFilter& filter) {
  const auto means = caseMeans(scores, filter);
  if (means.empty()) return std::nullopt;
  ScoreSummary summary{.cases = static_cast<int>(means.size())};
  for (const auto& [name, value] : means) summary.mean += value;
  summary.mean /= summary.cases;
  for (const auto& [name, value] : means) summary.deviation += (value - summary.mean) * (value - summary.mean);
  summary.deviation = summary.cases > 1 ? std::sqrt(summary.deviation / (summary.cases - 1)) : 0;
  return summary;
}

std::vector<std::string> unitsOf(const std::vector<Score>& scores) {
  std::set<std::string> units;
  for (const auto& score : scores)
    if (score.value && !score.unit.empty()) units.insert(score.unit);
  return {units.begin(), units.end()};
}

void writeScores(const std::filesystem::path& path, const std::vector<Score>& scores) {
  RunRecord record{.id = "scores", .state = "done"};  // a run of one round, in the form that the project knows
  record.rounds.push_back({.number = 0, .stages = {}, .scores = scores});
  writeJsonAtomically(path, toJson(record));
}

std::vector<Score> readScores(const std::filesystem::path& path) { return runRecordFromJson(readJson(path)).rounds.at(0).scores; }

}  // namespace roundel
