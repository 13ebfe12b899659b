#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "core/hash.h"
#include "core/param_spec.h"
#include "project/store.h"
#include "project/tables.h"

namespace roundel {
namespace fs = std::filesystem;
namespace {

/// Size of the file; none where it is not there or is a folder.
std::optional<std::uint64_t> sizeOfFile(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(facts.st_size);
}

void requireUsable(const Case& one) {
  const Size size = one.geometry.size;
  if (size.x < 1 || size.y < 1 || size.z < 1)
    throw Error(ErrorKind::BadInput, "bad-case", "The image of the case " + one.name + " has no pixels.", {.caseName = one.name});
  if (one.image.empty()) throw Error(ErrorKind::BadInput, "bad-case", "The case " + one.name + " has no image.", {.caseName = one.name});
}

std::optional<std::int64_t> patientId(const SQLite::Database& database, const std::string& key) {
  if (key.empty()) return std::nullopt;
  SQLite::Statement insert(database, "INSERT OR IGNORE INTO patient(key) VALUES(?)");
  insert.bind(1, key);
  insert.exec();
  SQLite::Statement find(database, "SELECT id FROM patient WHERE key = ?");
  find.bind(1, key);
  find.executeStep();
  return find.getColumn(0).getInt64();
}

/// Binds everything but id and name, from `index` on.
void bindCase(SQLite::Statement& statement, const SQLite::Database& database, int index, const Case& one) {
  bindBytes(statement, index++, one.image.native());
  bindBytes(statement, index++, one.image.filename().native());
  bindBytes(statement, index++, one.image.stem().native());
  statement.bind(index++, storedJson(toJson(one.geometry)));
  statement.bind(index++, storedJson(one.pixelPipeline));
  if (const auto patient = patientId(database, one.patient)) statement.bind(index++, *patient);
  else statement.bind(index++);
  if (one.fileBytes) statement.bind(index++, static_cast<std::int64_t>(*one.fileBytes));
  else statement.bind(index++);
  statement.bind(index++, one.contentHash);
  statement.bind(index++, storedJson(one.facts));
  statement.bind(index, one.excluded ? 1 : 0);
}

std::vector<Case> casesWhere(const SQLite::Database& database, const std::string& condition, const std::string& bytes) {
  SQLite::Statement query(database, std::string(kSelectCase) + "WHERE " + condition + " LIMIT 2");
  bindBytes(query, 1, bytes);
  std::vector<Case> found;
  while (query.executeStep()) found.push_back(caseOfRow(query));
  return found;
}

std::vector<std::string> allNames(const SQLite::Database& database) {
  std::vector<std::string> names;
  SQLite::Statement query(database, "SELECT name FROM study_case");
  while (query.executeStep()) names.push_back(textOf(query.getColumn(0)));
  return names;
}

/// Gives every case a safe name that no other has.
void settleNames(std::vector<Case>& cases, const std::vector<std::string>& existing, NameClash clash) {
  std::set<std::string> taken(existing.begin(), existing.end());
  std::map<std::string, int> counters;
  for (auto& one : cases) {
    one.name = safeCaseName(one.name.empty() ? one.image.stem().native() : one.name);
    if (taken.insert(one.name).second) continue;
    if (clash == NameClash::Refuse)
      throw Error(ErrorKind::BadInput, "duplicate-case", "There already is a case named " + one.name + ".",
                  {.caseName = one.name, .remedy = "Rename the file, or leave it out."});
    const std::string base = one.name;
    int& number = counters.try_emplace(base, 1).first->second;
    do one.name = base + "-" + std::to_string(++number);
    while (!taken.insert(one.name).second);
  }
}

}  // namespace

Case caseOfRow(SQLite::Statement& row) {
  Case one;
  one.id = row.getColumn(0).getInt64();
  one.name = textOf(row.getColumn(1));
  one.image = bytesOf(row.getColumn(2));
  one.geometry = geometryFromJson(Json::parse(textOf(row.getColumn(3))));
  one.pixelPipeline = Json::parse(textOf(row.getColumn(4)));
  one.patient = textOf(row.getColumn(5));
  if (!row.getColumn(6).isNull()) one.fileBytes = static_cast<std::uint64_t>(row.getColumn(6).getInt64());
  one.contentHash = textOf(row.getColumn(7));
  one.facts = Json::parse(textOf(row.getColumn(8)));
  one.excluded = row.getColumn(9).getInt() != 0;
  return one;
}

std::string digestOfCases(const SQLite::Database& database, std::int64_t firstId, std::int64_t lastId) {
  SQLite::Statement query(database, "SELECT id, name FROM study_case WHERE id BETWEEN ? AND ? ORDER BY id");
  query.bind(1, firstId);
  query.bind(2, lastId);
  Sha256 hash;
  while (query.executeStep()) hash.update(std::to_string(query.getColumn(0).getInt64()) + " " + textOf(query.getColumn(1)) + "\n");
  return hash.hex();
}

std::vector<Case> Project::addCases(std::vector<Case> cases, NameClash clash) {
  m_store->requireEdit();
  if (cases.empty()) return cases;
  for (auto& one : cases)
    if (!one.fileBytes) one.fileBytes = sizeOfFile(imagePath(one));
  return m_store->write([&] {
    const SQLite::Database& database = m_store->database;
    settleNames(cases, allNames(database), clash);
    SQLite::Statement insert(database,
                             "INSERT INTO study_case(name, image, file_name, stem, geometry, pixel_pipeline, patient, file_bytes, "
                             "content_hash, facts, excluded) VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    for (auto& one : cases) {
      requireUsable(one);
      insert.reset();
      insert.bind(1, one.name);
      bindCase(insert, database, 2, one);
      insert.exec();
      one.id = database.getLastInsertRowid();
    }
    const std::int64_t first = cases.front().id, last = cases.back().id;
    m_store->appendAudit("cases added",
                         {{"cases", cases.size()}, {"first", first}, {"last", last}, {"sha256", digestOfCases(database, first, last)}});
    return std::move(cases);
  });
}

void Project::updateCase(const Case& changed) {
  m_store->write([&] {
    const auto before = findCaseById(changed.id);
    if (!before)
      throw Error(ErrorKind::BadInput, "unknown-case", "There is no case named " + changed.name + ".", {.caseName = changed.name});
    requireUsable(changed);
    SQLite::Statement update(m_store->database,
                             "UPDATE study_case SET image=?, file_name=?, stem=?, geometry=?, pixel_pipeline=?, patient=?, file_bytes=?, "
                             "content_hash=?, facts=?, excluded=? WHERE id=?");
    bindCase(update, m_store->database, 1, changed);
    update.bind(11, changed.id);
    update.exec();
    m_store->appendAudit("case changed", {{"case", before->name},
                                          {"image", displayPath(changed.image)},
                                          {"excluded", changed.excluded},
                                          {"pixel_pipeline", changed.pixelPipeline},
                                          {"geometry", toJson(changed.geometry)}});
  });
}

std::vector<Case> Project::cases() const {
  return m_store->read([&] {
    std::vector<Case> cases;
    SQLite::Statement query(m_store->database, std::string(kSelectCase) + "ORDER BY c.name");
    while (query.executeStep()) cases.push_back(caseOfRow(query));
    return cases;
  });
}

std::int64_t Project::caseCount() const {
  return m_store->read([&] { return m_store->database.execAndGet("SELECT COUNT(*) FROM study_case").getInt64(); });
}

std::optional<Case> Project::findCase(const std::string& name) const {
  return m_store->read([&] {
    const auto found = casesWhere(m_store->database, "c.name = CAST(? AS TEXT)", name);
    return found.empty() ? std::nullopt : std::optional(found.front());
  });
}

std::optional<Case> Project::findCaseById(std::int64_t id) const {
  return m_store->read([&] {
    SQLite::Statement query(m_store->database, std::string(kSelectCase) + "WHERE c.id = ?");
    query.bind(1, id);
    return query.executeStep() ? std::optional(caseOfRow(query)) : std::nullopt;
  });
}

std::optional<Case> Project::findCaseByImage(const fs::path& image) const {
  return m_store->read([&] {
    const auto found = casesWhere(m_store->database, "c.image = ?", image.native());
    return found.empty() ? std::nullopt : std::optional(found.front());
  });
}

Case Project::resolveCase(const std::string& nameOrFile) const {
  return m_store->read([&] {
    const SQLite::Database& database = m_store->database;
    const std::string shown = sanitisedUtf8(nameOrFile);
    const std::string fileName = fs::path(nameOrFile).filename().native();
    const std::pair<const char*, const std::string&> ways[]{{"c.name = CAST(? AS TEXT)", nameOrFile},
                                                            {"c.image = ?", nameOrFile},
                                                            {"c.file_name = ?", fileName},
                                                            {"c.stem = ?", fileName},
                                                            {"c.name = CAST(? AS TEXT)", fileName}};
    for (const auto& [condition, text] : ways) {
      auto found = casesWhere(database, condition, text);
      if (found.size() > 1)
        throw Error(ErrorKind::BadInput, "ambiguous-case",
                    "Several cases have an image named " + shown + ", for instance " + found[0].name + " and " + found[1].name + ".",
                    {.remedy = "Write the case's own name."});
      if (!found.empty()) return std::move(found.front());
    }
    const std::string near = nearestName(shown, allNames(database));
    throw Error(ErrorKind::BadInput, "unknown-case", "There is no case named " + shown + ", and none with such an image.",
                {.caseName = shown, .remedy = near.empty() ? "See the names with `roundel info STUDY --cases`." : "Did you mean " + near + "?"});
  });
}

fs::path Project::imagePath(const Case& one) const { return one.image.is_absolute() ? one.image : folder() / one.image; }

}  // namespace roundel
