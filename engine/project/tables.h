#pragma once
#include <string>
#include <vector>

#include "project/store.h"

namespace roundel {

// Rows of project.db as the room's types, shared by its sources. Private to this room.

/// Columns id, name, colour, mirror, code.
LabelClass classOfRow(SQLite::Statement& query);

/// Column list of caseOfRow, for "SELECT " + kCaseColumns + kCaseTables.
inline constexpr const char* kSelectCase =
    "SELECT c.id, c.name, c.image, c.geometry, c.pixel_pipeline, p.key, c.file_bytes, c.content_hash, c.facts, c.excluded "
    "FROM study_case c LEFT JOIN patient p ON p.id = c.patient ";
Case caseOfRow(SQLite::Statement& query);

inline constexpr const char* kSelectVersion =
    "SELECT v.id, v.case_id, v.number, v.at, v.who, v.how, v.tool, v.hash, v.size_x, v.size_y, v.size_z, v.classes FROM label_version v ";
AnnotationVersion versionOfRow(SQLite::Statement& query);

/// Condition that leaves only the newest version of each case.
inline constexpr const char* kNewestVersion = "v.number = (SELECT MAX(number) FROM label_version WHERE case_id = v.case_id) ";

/// [[class id, state, area], ...]: annotated classes only.
std::string textOfClassSummaries(const std::vector<ClassSummary>& classes);
std::vector<ClassSummary> classSummariesFromText(const std::string& text);

/// What the audit log keeps of a batch of cases: one line a case, id and name, hashed.
std::string digestOfCases(const SQLite::Database& database, std::int64_t firstId, std::int64_t lastId);
std::string digestOfSplit(const Split& split);
std::string digestOfClasses(const LabelSet& classes);

}  // namespace roundel
