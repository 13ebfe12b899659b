#include "project/reader_agreement.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/random.h"
#include "raster/metrics.h"

namespace roundel {
namespace {

std::optional<double> agreementOn(const ClassAnnotation& a, const ClassAnnotation& b) {
  if (a.state == ClassState::NotAnnotated || b.state == ClassState::NotAnnotated) return std::nullopt;
  if (a.state != b.state) return 0.0;  // one saw it, the other did not
  return a.state == ClassState::Absent ? std::nullopt : diceOf(a.mask, b.mask);
}

std::optional<double> meanOf(const std::vector<std::optional<double>>& values) {
  double sum = 0;
  int count = 0;
  for (const auto& one : values)
    if (one) sum += *one, ++count;
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

void compare(ReaderComparison& comparison, const Annotation& a, const Annotation& b) {
  for (std::size_t c = 0; c < a.classes.size() && c < b.classes.size(); ++c)
    comparison.dice.push_back(agreementOn(a.classes[c], b.classes[c]));
  comparison.mean = meanOf(comparison.dice);
}

void addReadings(const Project& project, std::vector<ReaderComparison>& all) {
  std::map<std::tuple<std::string, std::int64_t, std::string>, Reading> newest;
  for (const Reading& one : project.readings()) newest[{one.session, one.caseId, one.who}] = one;
  for (const auto& [key, reading] : newest) {
    const auto of = project.findCaseById(reading.caseId);
    if (!of) continue;
    for (const AnnotationVersion& version : project.history(reading.caseId)) {
      if (version.id != reading.against) continue;
      ReaderComparison comparison{.caseName = of->name,
                                  .first = version.provenance.who,
                                  .second = reading.who,
                                  .firstWhen = version.provenance.when,
                                  .secondWhen = reading.when,
                                  .session = reading.session};
      compare(comparison, project.annotation(version.id), project.readingLabels(reading.id));
      all.push_back(std::move(comparison));
    }
  }
}

/// Of one case: the newest version of every person.
void addVersions(const Project& project, const Case& of, std::vector<ReaderComparison>& all) {
  std::map<std::string, AnnotationVersion> newest;
  for (const AnnotationVersion& version : project.history(of.id))
    if (version.anyAnnotated()) newest[version.provenance.who] = version;
  std::vector<AnnotationVersion> inOrder;
  for (const auto& [who, version] : newest) inOrder.push_back(version);
  std::sort(inOrder.begin(), inOrder.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  for (std::size_t i = 0; i < inOrder.size(); ++i)
    for (std::size_t k = i + 1; k < inOrder.size(); ++k) {
      ReaderComparison comparison{.caseName = of.name,
                                  .first = inOrder[i].provenance.who,
                                  .second = inOrder[k].provenance.who,
                                  .firstWhen = inOrder[i].provenance.when,
                                  .secondWhen = inOrder[k].provenance.when};
      compare(comparison, project.annotation(inOrder[i].id), project.annotation(inOrder[k].id));
      all.push_back(std::move(comparison));
    }
}

}  // namespace

std::vector<std::string> drawForReading(const Project& project, int count, std::uint64_t seed) {
  const auto versions = project.latestVersions();
  std::vector<std::pair<std::uint64_t, std::string>> drawn;
  for (const Case& one : project.cases())
    if (const auto found = versions.find(one.id); !one.excluded && found != versions.end() && found->second.anyAnnotated())
      drawn.emplace_back(Random(seed, "re-read", 0, fnv1a(one.name)).next(), one.name);
  std::sort(drawn.begin(), drawn.end());
  std::vector<std::string> names;
  for (const auto& [key, name] : drawn)
    if (static_cast<int>(names.size()) < count) names.push_back(name);
  return names;
}

std::vector<ReaderComparison> readerComparisons(const Project& project) {
  std::vector<ReaderComparison> all;
  addReadings(project, all);
  for (const Case& one : project.cases()) addVersions(project, one, all);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.caseName < b.caseName; });
  return all;
}

ReaderAgreement agreementOf(const std::vector<ReaderComparison>& comparisons, ReaderPair pair, int classCount) {
  ReaderAgreement agreement;
  std::vector<std::vector<std::optional<double>>> byClass(static_cast<std::size_t>(classCount));
  std::vector<std::optional<double>> means;
  for (const ReaderComparison& one : comparisons) {
    if (one.sameReader() != (pair == ReaderPair::Intra) || !one.mean) continue;
    ++agreement.cases;
    means.push_back(one.mean);
    for (std::size_t c = 0; c < byClass.size() && c < one.dice.size(); ++c) byClass[c].push_back(one.dice[c]);
  }
  for (const auto& values : byClass) agreement.dice.push_back(meanOf(values));
  agreement.mean = meanOf(means);
  return agreement;
}

}  // namespace roundel
