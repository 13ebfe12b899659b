#include "rounds/score.h"

#include <cmath>
#include <map>

namespace roundel {

Json toJson(const Score& score) {
  return {{"case", score.caseName},
          {"class", score.className},
          {"split", score.split},
          {"arm", score.arm},
          {"metric", score.metric},
          {"value", score.value && std::isfinite(*score.value) ? Json(*score.value) : Json(nullptr)},
          {"unit", score.unit},
          {"estimated", score.estimated}};
}

Score scoreFromJson(const Json& json) {
  Score score{.caseName = json.at("case").get<std::string>(),
              .className = json.at("class").get<std::string>(),
              .split = json.at("split").get<std::string>(),
              .arm = json.at("arm").get<std::string>(),
              .metric = json.at("metric").get<std::string>(),
              .value = std::nullopt,
              .unit = json.at("unit").get<std::string>(),
              .estimated = json.at("estimated").get<bool>()};
  if (!json.at("value").is_null()) score.value = json["value"].get<double>();
  return score;
}

std::vector<std::pair<std::string, double>> caseMeans(const std::vector<Score>& scores, const ScoreFilter& filter) {
  std::vector<std::pair<std::string, double>> sums;
  std::vector<int> counts;
  std::map<std::string, std::size_t> places;
  for (const auto& score : scores) {
    if (!score.value || score.split != filter.split || score.arm != filter.arm || score.metric != filter.metric) continue;
    if (!filter.className.empty() && score.className != filter.className) continue;
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

}  // namespace roundel
