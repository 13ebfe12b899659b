#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "quality/case_ranking.h"

namespace roundel {

namespace {

/// How many cases hold each class.
using Frequencies = std::map<int, double>;

using Value = std::function<std::optional<double>(const CaseQuality::ClassQuality&)>;

std::optional<double> meanOver(const CaseQuality& quality, const Value& value) {
  double sum = 0;
  int count = 0;
  for (const auto& entry : quality.classes)
    if (const auto one = value(entry); one && std::isfinite(*one)) sum += *one, ++count;
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

Frequencies frequenciesOf(std::span<const CaseQuality> cases) {
  Frequencies out;
  for (const auto& quality : cases)
    for (const auto& entry : quality.classes) out[entry.classIndex] += 1.0 / static_cast<double>(cases.size());
  return out;
}

std::string percent(double share) { return std::to_string(std::lround(100 * share)) + " %"; }

std::optional<double> lost(const CaseQuality::ClassQuality& entry) {
  if (!entry.estimatedDice) return std::nullopt;
  return 1 - *entry.estimatedDice;
}

std::optional<double> contested(const CaseQuality::ClassQuality& entry) {
  if (!entry.features.agreement) return entry.features.disagreement;
  return std::max(1 - *entry.features.agreement, entry.features.disagreement.value_or(0));
}

/// A ranking is a value of a case and a sentence about it. Cases of which nothing is known come first: nobody vouches for them.
class ValueRanking : public CaseRanking {
 public:
  using CaseValue = std::function<std::optional<double>(const CaseQuality&, const Frequencies&)>;
  using Sentence = std::function<std::string(double)>;

  ValueRanking(std::string name, CaseValue value, Sentence sentence)
      : m_name(std::move(name)), m_value(std::move(value)), m_sentence(std::move(sentence)) {}
  std::string name() const override { return m_name; }

  std::vector<RankedCase> rank(std::span<const CaseQuality> cases) const override {
    const auto frequencies = frequenciesOf(cases);
    std::vector<RankedCase> known, out;
    for (const auto& quality : cases) {
      const auto value = m_value(quality, frequencies);
      if (value) known.push_back({quality.name, *value, m_sentence(*value)});
      else
        out.push_back(
            {quality.name, 1, quality.classes.empty() ? "Nothing was found in this case." : "Nothing is known of its labels' quality."});
    }
    const auto byName = [](const RankedCase& a, const RankedCase& b) { return a.name < b.name; };
    std::sort(out.begin(), out.end(), byName);
    std::sort(known.begin(), known.end(),
              [&](const RankedCase& a, const RankedCase& b) { return a.value != b.value ? a.value > b.value : byName(a, b); });
    out.insert(out.end(), known.begin(), known.end());
    return out;
  }

 private:
  std::string m_name;
  CaseValue m_value;
  Sentence m_sentence;
};

RegistryEntry<CaseRanking> entry(const std::string& name, const std::string& sentence, ValueRanking::CaseValue value,
                                 ValueRanking::Sentence reason) {
  return {.name = name, .sentence = sentence, .params = {}, .create = [=](const Params&) {
            return std::make_unique<ValueRanking>(name, value, reason);
          }};
}

ValueRanking::CaseValue mean(const Value& value) {
  return [value](const CaseQuality& quality, const Frequencies&) { return meanOver(quality, value); };
}

/// What correcting the case would bring: the Dice that is probably missing, more where two opinions differ and where few other
/// cases could teach the class.
std::optional<double> expectedValue(const CaseQuality& quality, const Frequencies& frequencies) {
  return meanOver(quality, [&](const CaseQuality::ClassQuality& one) -> std::optional<double> {
    const auto missing = lost(one), differing = contested(one);
    if (!missing && !differing) return std::nullopt;
    const double base = missing ? *missing : *differing;
    return base * (1 + differing.value_or(0)) * (2 - frequencies.at(one.classIndex));
  });
}

}  // namespace

const Registry<CaseRanking>& caseRankings() {
  static const Registry<CaseRanking> registry{
      "ranking",
      {
          entry("expected-value", "What a correction would bring: missing Dice, more where opinions differ and classes are rare.",
                expectedValue, [](double) { return std::string("Correcting it would probably teach most."); }),
          entry("lowest-estimate", "Lowest mean estimated Dice first.", mean(lost),
                [](double value) { return "Its labels are estimated at a mean Dice of " + percent(1 - value) + "."; }),
          entry("disagreement", "Where specialist and generalist, or several generalists, differ most.", mean(contested),
                [](double value) { return "Specialist and generalist differ by " + percent(value) + " on average."; }),
          entry("entropy", "Where the specialist is least certain.",
                mean([](const CaseQuality::ClassQuality& one) { return one.features.entropy; }),
                [](double value) { return "The specialist is uncertain: mean entropy " + percent(value) + " of a bit."; }),
          entry(
              "rarity", "Cases with classes that few other cases have.",
              [](const CaseQuality& quality, const Frequencies& frequencies) {
                double rarest = 1;
                for (const auto& one : quality.classes) rarest = std::min(rarest, frequencies.at(one.classIndex));
                return quality.classes.empty() ? std::nullopt : std::optional(1 - rarest);
              },
              [](double value) { return "It has a class that only " + percent(1 - value) + " of the cases have."; }),
      }};
  return registry;
}

}  // namespace roundel
