#include <algorithm>

#include "core/clock.h"
#include "project/annotation_codec.h"
#include "project/store.h"
#include "project/tables.h"

namespace roundel {
namespace {

std::vector<std::int64_t> idsOf(const LabelSet& classes) {
  std::vector<std::int64_t> ids;
  for (const auto& one : classes.classes()) ids.push_back(one.id);
  return ids;
}

std::vector<ClassSummary> summariesOf(const Annotation& annotation, const LabelSet& classes) {
  std::vector<ClassSummary> summaries;
  for (int i = 0; i < classes.size(); ++i) {
    const auto& one = annotation.classes[static_cast<std::size_t>(i)];
    if (one.state != ClassState::NotAnnotated) summaries.push_back({classes[i].id, one.state, one.mask.area()});
  }
  return summaries;
}

void requireFitting(const Annotation& annotation, const Case& of, const LabelSet& classes) {
  const auto fail = [&](const char* code, const std::string& message) {
    throw Error(ErrorKind::BadInput, code, message, {.caseName = of.name});
  };
  const auto shown = [](Size size) {
    return std::to_string(size.x) + " x " + std::to_string(size.y) + (size.z > 1 ? " x " + std::to_string(size.z) : "");
  };
  if (annotation.size != of.geometry.size)
    fail("size-mismatch", "The labels of " + of.name + " are for an image of " + shown(annotation.size) + " pixels, but its image has " +
                              shown(of.geometry.size) + ".");
  if (annotation.classes.size() != static_cast<std::size_t>(classes.size()))
    fail("bad-annotation", "The labels of " + of.name + " have " + std::to_string(annotation.classes.size()) +
                               " classes, but the project has " + std::to_string(classes.size()) + ".");
  for (const auto& one : annotation.classes) {
    if (one.state == ClassState::Present && one.mask.size() != annotation.size)
      fail("size-mismatch", "A mask of " + of.name + " has another size than its image.");
    if ((one.state == ClassState::Present) == one.mask.empty())
      fail("bad-annotation", "A class of " + of.name + " is marked present without a mask, or has a mask without being present.");
  }
  if (!annotation.ignore.empty() && annotation.ignore.size() != annotation.size)
    fail("size-mismatch", "The ignored region of " + of.name + " has another size than its image.");
}

StoredLabels labelsOfVersion(const SQLite::Database& database, std::int64_t versionId) {
  SQLite::Statement query(database, "SELECT labels FROM label_version WHERE id = ?");
  query.bind(1, versionId);
  if (!query.executeStep())
    throw Error(ErrorKind::BadInput, "unknown-version", "There is no label version " + std::to_string(versionId) + " in the project.");
  return unpackLabels(bytesOf(query.getColumn(0)));
}

int nextNumber(const SQLite::Database& database, std::int64_t caseId) {
  SQLite::Statement query(database, "SELECT COALESCE(MAX(number), 0) + 1 FROM label_version WHERE case_id = ?");
  query.bind(1, caseId);
  query.executeStep();
  return query.getColumn(0).getInt();
}

/// Stores one version inside a transaction; returns its entry of the audit log.
Json insertVersion(SQLite::Statement& insert, const Case& of, int number, const NewAnnotation& one, const LabelSet& classes,
                   const std::string& who) {
  const Provenance& from = one.provenance;
  const std::string hash = contentHash(one.annotation);
  insert.reset();
  insert.bind(1, of.id);
  insert.bind(2, number);
  insert.bind(3, from.when.empty() ? utcNow() : sanitisedUtf8(from.when));
  insert.bind(4, from.who.empty() ? who : sanitisedUtf8(from.who));
  insert.bind(5, sanitisedUtf8(from.how));
  insert.bind(6, sanitisedUtf8(from.tool));
  insert.bind(7, hash);
  insert.bind(8, one.annotation.size.x);
  insert.bind(9, one.annotation.size.y);
  insert.bind(10, one.annotation.size.z);
  insert.bind(11, textOfClassSummaries(summariesOf(one.annotation, classes)));
  bindBytes(insert, 12, packLabels({.classIds = idsOf(classes), .annotation = one.annotation}));
  insert.exec();
  return {{"case", of.name}, {"number", number}, {"hash", hash}};
}

}  // namespace

std::string textOfClassSummaries(const std::vector<ClassSummary>& classes) {
  Json list = Json::array();
  for (const auto& one : classes) list.push_back({one.classId, static_cast<int>(one.state), one.area});
  return list.dump();
}

std::vector<ClassSummary> classSummariesFromText(const std::string& text) {
  std::vector<ClassSummary> classes;
  for (const auto& one : Json::parse(text))
    classes.push_back({one.at(0).get<std::int64_t>(),
                       one.at(1).get<int>() == static_cast<int>(ClassState::Present) ? ClassState::Present : ClassState::Absent,
                       one.at(2).get<std::int64_t>()});
  return classes;
}

AnnotationVersion versionOfRow(SQLite::Statement& row) {
  AnnotationVersion version;
  version.id = row.getColumn(0).getInt64();
  version.caseId = row.getColumn(1).getInt64();
  version.number = row.getColumn(2).getInt();
  version.provenance = {
      .who = textOf(row.getColumn(4)), .when = textOf(row.getColumn(3)), .how = textOf(row.getColumn(5)), .tool = textOf(row.getColumn(6))};
  version.hash = textOf(row.getColumn(7));
  version.size = {row.getColumn(8).getInt64(), row.getColumn(9).getInt64(), row.getColumn(10).getInt64()};
  version.classes = classSummariesFromText(textOf(row.getColumn(11)));
  return version;
}

std::vector<std::int64_t> Project::addAnnotations(const std::vector<NewAnnotation>& annotations) {
  m_store->requireEdit();
  if (annotations.empty()) return {};
  return m_store->write([&] {
    const LabelSet known = classes();
    SQLite::Statement insert(
        m_store->database,
        "INSERT INTO label_version(case_id, number, at, who, how, tool, hash, size_x, size_y, size_z, classes, labels) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?)");
    std::vector<std::int64_t> ids;
    Json entries = Json::array();
    for (const auto& one : annotations) {
      const auto of = findCaseById(one.caseId);
      if (!of) throw Error(ErrorKind::BadInput, "unknown-case", "There is no case with the number " + std::to_string(one.caseId) + ".");
      requireFitting(one.annotation, *of, known);
      Json entry = insertVersion(insert, *of, nextNumber(m_store->database, of->id), one, known, m_store->who);
      ids.push_back(m_store->database.getLastInsertRowid());
      entry["version"] = ids.back();
      entries.push_back(std::move(entry));
    }
    m_store->appendAudit("labels added", {{"versions", std::move(entries)}});
    return ids;
  });
}

std::int64_t Project::addAnnotation(std::int64_t caseId, const Annotation& annotation, const Provenance& provenance) {
  return addAnnotations({{.caseId = caseId, .annotation = annotation, .provenance = provenance}}).front();
}

std::int64_t Project::addReading(const NewReading& reading) {
  return m_store->write([&] {
    const LabelSet known = classes();
    const auto of = findCaseById(reading.caseId);
    if (!of) throw Error(ErrorKind::BadInput, "unknown-case", "There is no case with the number " + std::to_string(reading.caseId) + ".");
    requireFitting(reading.annotation, *of, known);
    const auto versions = history(of->id);
    if (std::none_of(versions.begin(), versions.end(), [&](const auto& one) { return one.id == reading.against; }))
      throw Error(ErrorKind::BadInput, "unknown-version", "A reading of " + of->name + " must be held against labels that it has.",
                  {.caseName = of->name});
    const std::string hash = contentHash(reading.annotation), session = sanitisedUtf8(reading.session);
    SQLite::Statement insert(m_store->database,
                             "INSERT INTO reading(case_id, against, session, at, who, hash, labels) VALUES(?,?,?,?,?,?,?)");
    insert.bind(1, of->id);
    insert.bind(2, reading.against);
    insert.bind(3, session);
    insert.bind(4, utcNow());
    insert.bind(5, reading.who.empty() ? m_store->who : sanitisedUtf8(reading.who));
    insert.bind(6, hash);
    bindBytes(insert, 7, packLabels({.classIds = idsOf(known), .annotation = reading.annotation}));
    insert.exec();
    const std::int64_t id = m_store->database.getLastInsertRowid();
    m_store->appendAudit("reading added",
                         {{"case", of->name}, {"reading", id}, {"against", reading.against}, {"session", session}, {"hash", hash}});
    return id;
  });
}

std::vector<Reading> Project::readings() const {
  return m_store->read([&] {
    std::vector<Reading> readings;
    SQLite::Statement query(m_store->database, "SELECT id, case_id, against, session, at, who, hash FROM reading ORDER BY id");
    while (query.executeStep())
      readings.push_back({.id = query.getColumn(0).getInt64(),
                          .caseId = query.getColumn(1).getInt64(),
                          .against = query.getColumn(2).getInt64(),
                          .session = textOf(query.getColumn(3)),
                          .who = textOf(query.getColumn(5)),
                          .when = textOf(query.getColumn(4)),
                          .hash = textOf(query.getColumn(6))});
    return readings;
  });
}

Annotation Project::readingLabels(std::int64_t readingId) const {
  return m_store->read([&] {
    SQLite::Statement query(m_store->database, "SELECT labels FROM reading WHERE id = ?");
    query.bind(1, readingId);
    if (!query.executeStep())
      throw Error(ErrorKind::BadInput, "unknown-version", "There is no reading " + std::to_string(readingId) + " in the project.");
    return inClassOrder(unpackLabels(bytesOf(query.getColumn(0))), idsOf(classes()));
  });
}

std::optional<AnnotationVersion> Project::latestVersion(std::int64_t caseId) const {
  return m_store->read([&] {
    SQLite::Statement query(m_store->database, std::string(kSelectVersion) + "WHERE v.case_id = ? ORDER BY v.number DESC LIMIT 1");
    query.bind(1, caseId);
    return query.executeStep() ? std::optional(versionOfRow(query)) : std::nullopt;
  });
}

std::optional<Annotation> Project::latest(std::int64_t caseId) const {
  const auto version = latestVersion(caseId);
  return version ? std::optional(annotation(version->id)) : std::nullopt;
}

std::map<std::int64_t, AnnotationVersion> Project::latestVersions() const {
  return m_store->read([&] {
    std::map<std::int64_t, AnnotationVersion> versions;
    SQLite::Statement query(m_store->database, std::string(kSelectVersion) + "WHERE " + kNewestVersion);
    while (query.executeStep()) {
      AnnotationVersion version = versionOfRow(query);
      versions[version.caseId] = std::move(version);
    }
    return versions;
  });
}

std::vector<AnnotationVersion> Project::history(std::int64_t caseId) const {
  return m_store->read([&] {
    std::vector<AnnotationVersion> versions;
    SQLite::Statement query(m_store->database, std::string(kSelectVersion) + "WHERE v.case_id = ? ORDER BY v.number");
    query.bind(1, caseId);
    while (query.executeStep()) versions.push_back(versionOfRow(query));
    return versions;
  });
}

Annotation Project::annotation(std::int64_t versionId) const {
  return m_store->read([&] { return inClassOrder(labelsOfVersion(m_store->database, versionId), idsOf(classes())); });
}

}  // namespace roundel
