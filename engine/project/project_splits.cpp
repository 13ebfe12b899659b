#include <map>
#include <set>

#include "core/hash.h"
#include "core/clock.h"
#include "project/store.h"
#include "project/tables.h"

namespace roundel {
namespace {

constexpr SplitPart kParts[]{SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test};

void insertParts(const SQLite::Database& database, const Split& split, const std::map<std::string, std::int64_t>& ids) {
  SQLite::Statement insert(database, "INSERT INTO split_case(split, part, position, case_id) VALUES(?,?,?,?)");
  std::set<std::string> seen;
  for (const SplitPart part : kParts) {
    int position = 0;
    for (const auto& name : split.part(part)) {
      const auto found = ids.find(name);
      if (found == ids.end())
        throw Error(ErrorKind::BadInput, "unknown-case", "The split names a case that is not there: " + name + ".", {.caseName = name});
      if (!seen.insert(name).second)
        throw Error(ErrorKind::BadInput, "case-twice", "The case " + name + " is twice in the split.", {.caseName = name});
      insert.reset();
      insert.bind(1, split.name);
      insert.bind(2, toString(part));
      insert.bind(3, position++);
      insert.bind(4, found->second);
      insert.exec();
    }
  }
}

void deleteSplit(const SQLite::Database& database, const std::string& name) {
  for (const char* sql : {"DELETE FROM split_case WHERE split = ?", "DELETE FROM split WHERE name = ?"}) {
    SQLite::Statement statement(database, sql);
    statement.bind(1, name);
    statement.exec();
  }
}

void readParts(const SQLite::Database& database, Split& split) {
  SQLite::Statement query(database,
                          "SELECT s.part, c.name FROM split_case s JOIN study_case c ON c.id = s.case_id WHERE s.split = ? "
                          "ORDER BY s.part, s.position");
  query.bind(1, split.name);
  while (query.executeStep()) split.part(splitPartFromString(textOf(query.getColumn(0)))).push_back(textOf(query.getColumn(1)));
}

}  // namespace

std::string digestOfSplit(const Split& split) { return sha256Hex(toJson(split).dump()); }
std::string digestOfClasses(const LabelSet& classes) { return sha256Hex(toJson(classes).dump()); }

std::vector<SplitCandidate> Project::splitCandidates() const {
  const auto versions = latestVersions();
  std::vector<SplitCandidate> candidates;
  for (auto& one : cases()) {
    const auto version = versions.find(one.id);
    candidates.push_back({.name = one.name,
                          .patient = one.patient,
                          .annotated = version != versions.end() && version->second.anyAnnotated(),
                          .excluded = one.excluded});
  }
  return candidates;
}

void Project::saveSplit(const Split& split) {
  m_store->write([&] {
    std::map<std::string, std::int64_t> ids;
    {
      SQLite::Statement query(m_store->database, "SELECT name, id FROM study_case");
      while (query.executeStep()) ids[textOf(query.getColumn(0))] = query.getColumn(1).getInt64();
    }
    deleteSplit(m_store->database, split.name);
    SQLite::Statement insert(m_store->database, "INSERT INTO split(name, seed, grouping, saved_at) VALUES(?,?,?,?)");
    insert.bind(1, split.name);
    insert.bind(2, std::to_string(split.seed));
    insert.bind(3, split.grouping == SplitGrouping::ByPatient ? "patient" : "none");
    insert.bind(4, utcNow());
    insert.exec();
    insertParts(m_store->database, split, ids);
    m_store->appendAudit("split saved", {{"split", split.name},
                                         {"labelled", split.labelled.size()},
                                         {"unlabelled", split.unlabelled.size()},
                                         {"validation", split.validation.size()},
                                         {"test", split.test.size()},
                                         {"seed", split.seed},
                                         {"sha256", digestOfSplit(split)}});
  });
}

std::vector<Split> Project::splits() const {
  return m_store->read([&] {
    std::vector<Split> splits;
    SQLite::Statement query(m_store->database, "SELECT name, seed, grouping FROM split ORDER BY name");
    while (query.executeStep()) {
      Split split{.name = textOf(query.getColumn(0)), .seed = 0, .grouping = SplitGrouping::None};
      for (const char digit : textOf(query.getColumn(1))) split.seed = split.seed * 10 + static_cast<std::uint64_t>(digit - '0');
      if (textOf(query.getColumn(2)) == "patient") split.grouping = SplitGrouping::ByPatient;
      readParts(m_store->database, split);
      splits.push_back(std::move(split));
    }
    return splits;
  });
}

std::optional<Split> Project::split(const std::string& name) const {
  for (auto& one : splits())
    if (one.name == name) return std::move(one);
  return std::nullopt;
}

}  // namespace roundel
