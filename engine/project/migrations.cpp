#include "project/migrations.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace roundel {
namespace {

// WITHOUT ROWID only where the key's columns come first: integrity_check of SQLite 3.40 sees NULLs that are not there otherwise.
// Label versions and audit entries are only ever added: triggers refuse everything else.
constexpr std::string_view kCasesAndLabels = R"sql(
CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE label_class(
  id INTEGER PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, colour INTEGER NOT NULL,
  mirror TEXT NOT NULL, code TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0);

CREATE TABLE patient(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);

CREATE TABLE study_case(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
  image BLOB NOT NULL, file_name BLOB NOT NULL, stem BLOB NOT NULL,
  geometry TEXT NOT NULL, pixel_pipeline TEXT NOT NULL, patient INTEGER REFERENCES patient(id),
  file_bytes INTEGER, content_hash TEXT NOT NULL, facts TEXT NOT NULL, excluded INTEGER NOT NULL DEFAULT 0);
CREATE INDEX study_case_image ON study_case(image);
CREATE INDEX study_case_file_name ON study_case(file_name);
CREATE INDEX study_case_stem ON study_case(stem);

CREATE TABLE label_version(
  id INTEGER PRIMARY KEY AUTOINCREMENT, case_id INTEGER NOT NULL REFERENCES study_case(id), number INTEGER NOT NULL,
  at TEXT NOT NULL, who TEXT NOT NULL, how TEXT NOT NULL, tool TEXT NOT NULL, hash TEXT NOT NULL,
  size_x INTEGER NOT NULL, size_y INTEGER NOT NULL, size_z INTEGER NOT NULL, classes TEXT NOT NULL, labels BLOB NOT NULL,
  UNIQUE(case_id, number));
CREATE TRIGGER label_version_keep BEFORE UPDATE ON label_version BEGIN SELECT RAISE(ABORT, 'label versions are kept'); END;
CREATE TRIGGER label_version_stay BEFORE DELETE ON label_version BEGIN SELECT RAISE(ABORT, 'label versions are kept'); END;

CREATE TABLE split(name TEXT PRIMARY KEY, seed TEXT NOT NULL, grouping TEXT NOT NULL, saved_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE split_case(
  split TEXT NOT NULL REFERENCES split(name), part TEXT NOT NULL, position INTEGER NOT NULL,
  case_id INTEGER NOT NULL REFERENCES study_case(id), PRIMARY KEY(split, case_id));

CREATE TABLE audit(
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, details TEXT NOT NULL,
  previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER audit_keep BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_stay BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
)sql";

constexpr std::string_view kRuns = R"sql(
CREATE TABLE run(
  position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, strategy TEXT NOT NULL,
  seed TEXT NOT NULL, plan_sha256 TEXT NOT NULL, weights_sha256 TEXT NOT NULL, environment TEXT NOT NULL,
  document_sha256 TEXT NOT NULL, taken_in_at TEXT NOT NULL);
CREATE TABLE round(run TEXT NOT NULL, number INTEGER NOT NULL, stages TEXT NOT NULL, PRIMARY KEY(run, number)) WITHOUT ROWID;
CREATE TABLE score(
  run TEXT NOT NULL, round INTEGER NOT NULL, case_name TEXT NOT NULL, class_name TEXT NOT NULL, split TEXT NOT NULL,
  arm TEXT NOT NULL, metric TEXT NOT NULL, value REAL, unit TEXT NOT NULL, estimated INTEGER NOT NULL);
CREATE INDEX score_round ON score(run, round);
CREATE TABLE decision(
  id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, case_name TEXT NOT NULL, class_name TEXT NOT NULL,
  verdict TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL);
CREATE INDEX decision_run ON decision(run);
CREATE TABLE promoted_model(
  id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, round INTEGER NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
  who TEXT NOT NULL, at TEXT NOT NULL);
)sql";

constexpr std::string_view kPromotedArm = "ALTER TABLE promoted_model ADD COLUMN arm TEXT NOT NULL DEFAULT 'strategy';";

/// What came of prompts that a person moved, as JSON; empty: the machine's own label is meant.
constexpr std::string_view kMovedLabels = "ALTER TABLE decision ADD COLUMN label TEXT NOT NULL DEFAULT '';";

/// Finished cases that were labelled once more, blindly. Like label versions they are only ever added.
constexpr std::string_view kReadings = R"sql(
CREATE TABLE reading(
  id INTEGER PRIMARY KEY AUTOINCREMENT, case_id INTEGER NOT NULL REFERENCES study_case(id),
  against INTEGER NOT NULL REFERENCES label_version(id), session TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, hash TEXT NOT NULL,
  labels BLOB NOT NULL);
CREATE TRIGGER reading_keep BEFORE UPDATE ON reading BEGIN SELECT RAISE(ABORT, 'readings are kept'); END;
CREATE TRIGGER reading_stay BEFORE DELETE ON reading BEGIN SELECT RAISE(ABORT, 'readings are kept'); END;
)sql";

}  // namespace

const std::vector<Migration>& migrations() {
  static const std::vector<Migration> steps{{1, kCasesAndLabels}, {2, kRuns}, {3, kPromotedArm}, {4, kMovedLabels}, {5, kReadings}};
  return steps;
}

int currentSchema() { return migrations().back().number; }

void migrate(SQLite::Database& database, int target) {
  database.exec("BEGIN IMMEDIATE");
  try {
    const int from = database.execAndGet("PRAGMA user_version").getInt();
    for (const auto& step : migrations())
      if (step.number > from && step.number <= target) database.exec(std::string(step.sql));
    database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    if (target > from) database.exec("PRAGMA user_version = " + std::to_string(target));
    database.exec("COMMIT");
  } catch (...) {
    database.tryExec("ROLLBACK");
    throw;
  }
}

}  // namespace roundel
