#include <map>
#include <set>

#include "core/annotation.h"
#include "core/hash.h"
#include "project/annotation_codec.h"
#include "project/store.h"
#include "project/tables.h"

namespace roundel {
namespace {

constexpr std::size_t kMostFaults = 100;

AuditEntry entryOfRow(SQLite::Statement& row) {
  return {.number = row.getColumn(0).getInt64(),
          .when = textOf(row.getColumn(1)),
          .who = textOf(row.getColumn(2)),
          .action = textOf(row.getColumn(3)),
          .details = Json::parse(textOf(row.getColumn(4))),
          .previous = textOf(row.getColumn(5)),
          .hash = textOf(row.getColumn(6))};
}

/// Walks the log once, then holds what the log says against what the project has.
class Verification {
 public:
  Verification(const Project& project, const SQLite::Database& database) : m_project(project), m_database(database) {}

  AuditReport run() {
    walkChain();
    compareLabels();
    compareState();
    return std::move(m_report);
  }

 private:
  struct LoggedVersion {
    std::int64_t entry = 0;
    std::string hash;
  };

  void walkChain();
  void learn(const AuditEntry& entry);
  void compareLabels();
  void compareState();
  void fault(std::int64_t entry, const std::string& caseName, const std::string& message) {
    if (m_report.faults.size() < kMostFaults) m_report.faults.push_back({entry, caseName, message});
  }

  const Project& m_project;
  const SQLite::Database& m_database;
  AuditReport m_report;
  std::map<std::int64_t, LoggedVersion> m_versions;
  std::map<std::string, std::pair<std::int64_t, std::string>> m_state;  ///< "split main", "classes" ... -> entry, hash
  std::int64_t m_casesLogged = 0;
};

void Verification::walkChain() {
  SQLite::Statement query(m_database, "SELECT number, at, who, action, details, previous, hash FROM audit ORDER BY number");
  std::string previous(64, '0');
  while (query.executeStep()) {
    const std::int64_t number = query.getColumn(0).getInt64();
    ++m_report.entries;
    AuditEntry entry;
    try {
      entry = entryOfRow(query);
    } catch (const Json::exception&) {
      fault(number, "", "Entry " + std::to_string(number) + " of the audit log cannot be read.");
      break;
    }
    // The first break is told; behind it the chain proves nothing any more.
    if (entry.number != m_report.entries) {
      fault(m_report.entries, "", "Entry " + std::to_string(m_report.entries) + " of the audit log is missing.");
      break;
    }
    if (entry.previous != previous) {
      fault(number, "", "Entry " + std::to_string(number) + " of the audit log does not follow the entry before it.");
      break;
    }
    if (auditHash(entry) != entry.hash) {
      fault(number, "",
            "Entry " + std::to_string(number) + " of the audit log (" + entry.action + ", " + entry.when +
                ") was changed after it was written.");
      break;
    }
    previous = entry.hash;
    try {
      learn(entry);
    } catch (const Json::exception&) {
      fault(number, "", "Entry " + std::to_string(number) + " of the audit log lacks something that its action has.");
    }
  }
  m_report.head = previous;
  if (m_report.entries == 0) fault(1, "", "The audit log is empty.");
}

void Verification::learn(const AuditEntry& entry) {
  const Json& details = entry.details;
  const auto hash = [&] { return details.at("sha256").get<std::string>(); };
  if (entry.action == "labels added") {
    for (const auto& one : details.at("versions"))
      m_versions[one.at("version").get<std::int64_t>()] = {entry.number, one.at("hash").get<std::string>()};
  } else if (entry.action == "cases added") {
    m_casesLogged += details.at("cases").get<std::int64_t>();
    if (digestOfCases(m_database, details.at("first").get<std::int64_t>(), details.at("last").get<std::int64_t>()) != hash())
      fault(entry.number, "", "The cases added by entry " + std::to_string(entry.number) + " are not there as they were added.");
  } else if (entry.action == "classes set") {
    m_state["classes"] = {entry.number, hash()};
  } else if (entry.action == "split saved") {
    m_state["split " + details.at("split").get<std::string>()] = {entry.number, hash()};
  } else if (entry.action == "run taken in") {
    m_state["run " + details.at("run").get<std::string>()] = {entry.number, hash()};
  } else if (entry.action == "model promoted") {
    m_state["promoted model"] = {entry.number, hash()};
  }
}

void Verification::compareLabels() {
  SQLite::Statement query(
      m_database,
      "SELECT v.id, v.hash, v.labels, c.name, v.number FROM label_version v LEFT JOIN study_case c ON c.id = v.case_id ORDER BY v.id");
  while (query.executeStep()) {
    ++m_report.labelVersions;
    const std::string name = textOf(query.getColumn(3)), hash = textOf(query.getColumn(1));
    const std::string which = "Version " + std::to_string(query.getColumn(4).getInt64()) + " of the labels of " + name;
    const auto logged = m_versions.find(query.getColumn(0).getInt64());
    const std::int64_t entry = logged == m_versions.end() ? 0 : logged->second.entry;
    std::string actual;
    try {
      actual = contentHash(unpackLabels(bytesOf(query.getColumn(2))).annotation);
    } catch (const Error&) {
      // damaged: told as changed
    }
    if (actual != hash) fault(entry, name, which + " was changed after it was stored.");
    else if (logged == m_versions.end()) fault(0, name, which + " is not in the audit log.");
    else if (logged->second.hash != hash) fault(entry, name, which + " is not the one that the audit log tells of.");
    if (logged != m_versions.end()) m_versions.erase(logged);
  }
  for (const auto& [version, logged] : m_versions)
    fault(logged.entry, "", "Label version " + std::to_string(version) + ", added by entry " + std::to_string(logged.entry) + ", is gone.");
}

void Verification::compareState() {
  std::map<std::string, std::string> actual;
  if (const LabelSet classes = m_project.classes(); !classes.empty() || m_state.contains("classes"))
    actual["classes"] = digestOfClasses(classes);
  for (const auto& split : m_project.splits()) actual["split " + split.name] = digestOfSplit(split);
  for (const auto& run : m_project.runs()) actual["run " + run.id] = run.documentSha256;
  if (const auto model = m_project.promotedModel()) actual["promoted model"] = model->sha256;
  for (const auto& [what, hash] : actual) {
    const auto logged = m_state.find(what);
    if (logged == m_state.end()) fault(0, "", "The " + what + " is not in the audit log.");
    else if (logged->second.second != hash) fault(logged->second.first, "", "The " + what + " is not as the audit log tells.");
  }
  for (const auto& [what, logged] : m_state)
    if (!actual.contains(what)) fault(logged.first, "", "The " + what + " is gone.");
  if (m_project.caseCount() != m_casesLogged)
    fault(0, "",
          "The project has " + std::to_string(m_project.caseCount()) + " cases, the audit log tells of " + std::to_string(m_casesLogged) +
              ".");
}

}  // namespace

std::vector<AuditEntry> Project::auditLog() const {
  return m_store->read([&] {
    std::vector<AuditEntry> entries;
    SQLite::Statement query(m_store->database, "SELECT number, at, who, action, details, previous, hash FROM audit ORDER BY number");
    while (query.executeStep()) entries.push_back(entryOfRow(query));
    return entries;
  });
}

AuditReport Project::verifyAudit() const {
  return m_store->read([&] {
    // One snapshot: a writer in between must not look like a fault.
    m_store->database.exec("BEGIN");
    try {
      AuditReport report = Verification(*this, m_store->database).run();
      m_store->database.exec("COMMIT");
      return report;
    } catch (...) {
      m_store->database.tryExec("ROLLBACK");
      throw;
    }
  });
}

std::vector<std::string> Project::databaseFaults() const {
  return m_store->read([&] {
    std::vector<std::string> faults;
    SQLite::Statement query(m_store->database, "PRAGMA integrity_check(20)");
    while (query.executeStep())
      if (const std::string line = textOf(query.getColumn(0)); line != "ok") faults.push_back(sanitisedUtf8(line));
    SQLite::Statement references(m_store->database, "PRAGMA foreign_key_check");
    while (references.executeStep() && faults.size() < 40)
      faults.push_back("a row of " + sanitisedUtf8(textOf(references.getColumn(0))) + " refers to something that is not there");
    return faults;
  });
}

}  // namespace roundel
