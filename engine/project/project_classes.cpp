#include <map>
#include <set>

#include "core/hash.h"
#include "project/store.h"
#include "project/tables.h"

namespace roundel {
namespace {

struct KnownClass {
  LabelClass label;
  bool archived = false;
};

std::map<std::int64_t, KnownClass> knownClasses(const SQLite::Database& database) {
  std::map<std::int64_t, KnownClass> known;
  SQLite::Statement query(database, "SELECT id, name, colour, mirror, code, archived FROM label_class");
  while (query.executeStep()) {
    const LabelClass label = classOfRow(query);
    known[label.id] = {label, query.getColumn(5).getInt() != 0};
  }
  return known;
}

/// How the ids of classes occur in label versions: id -> number of cases whose newest labels say something about it (0: only
/// older versions do).
std::map<std::int64_t, int> classUse(const SQLite::Database& database) {
  std::map<std::int64_t, int> use;
  SQLite::Statement query(
      database, "SELECT v.classes, v.number = (SELECT MAX(number) FROM label_version WHERE case_id = v.case_id) FROM label_version v");
  while (query.executeStep()) {
    const int newest = query.getColumn(1).getInt();
    for (const auto& one : classSummariesFromText(textOf(query.getColumn(0)))) use[one.classId] += newest;
  }
  return use;
}

[[noreturn]] void refuse(const char* code, const std::string& message, const std::string& remedy) {
  throw Error(ErrorKind::BadInput, code, message, {.remedy = remedy});
}

void requireKept(const KnownClass& old, const std::map<std::int64_t, int>& use) {
  const auto used = use.find(old.label.id);
  if (old.archived || used == use.end() || used->second == 0) return;
  refuse("class-in-use",
         "The class " + old.label.name + " (id " + std::to_string(old.label.id) + ") cannot be removed: " + std::to_string(used->second) +
             (used->second == 1 ? " case has" : " cases have") + " labels of it.",
         "Keep it in the list, under this id; its name and colour may change.");
}

/// The sentence about a rename; empty: none. Refuses names that change their id.
std::string renameOf(const LabelClass& wanted, const std::map<std::int64_t, KnownClass>& known, const std::map<std::int64_t, int>& use) {
  for (const auto& [id, old] : known)
    if (id != wanted.id && old.label.name == wanted.name && use.contains(id))
      refuse("class-swapped",
             "The class " + wanted.name + " has labels under the id " + std::to_string(id) + " and cannot get the id " +
                 std::to_string(wanted.id) + ".",
             "Leave its id as it is. Ids tell classes apart; names may change.");
  const auto same = known.find(wanted.id);
  if (same == known.end() || same->second.label.name == wanted.name) return {};
  if (same->second.archived)
    refuse("class-archived",
           "The id " + std::to_string(wanted.id) + " belongs to the class " + same->second.label.name + ", which older labels still know.",
           "Use another id for " + wanted.name + ".");
  if (!use.contains(wanted.id)) return {};  // nothing is labelled with it, so nothing changes its meaning
  return "The class with the id " + std::to_string(wanted.id) + " was named " + same->second.label.name + " and is now named " +
         wanted.name + ".";
}

void insertClass(SQLite::Statement& insert, const LabelClass& label, int position, bool archived) {
  insert.reset();
  insert.bind(1, label.id);
  insert.bind(2, position);
  insert.bind(3, label.name);
  insert.bind(4, label.colour[0] << 16 | label.colour[1] << 8 | label.colour[2]);
  insert.bind(5, label.mirror);
  insert.bind(6, label.code);
  insert.bind(7, archived ? 1 : 0);
  insert.exec();
}

}  // namespace

LabelClass classOfRow(SQLite::Statement& row) {
  const int colour = row.getColumn(2).getInt();
  return {.id = row.getColumn(0).getInt64(),
          .name = textOf(row.getColumn(1)),
          .colour = {static_cast<std::uint8_t>(colour >> 16 & 0xFF), static_cast<std::uint8_t>(colour >> 8 & 0xFF),
                     static_cast<std::uint8_t>(colour & 0xFF)},
          .mirror = textOf(row.getColumn(3)),
          .code = textOf(row.getColumn(4))};
}

LabelSet Project::classes() const {
  return m_store->read([&] {
    std::vector<LabelClass> classes;
    SQLite::Statement query(m_store->database,
                            "SELECT id, name, colour, mirror, code FROM label_class WHERE archived = 0 ORDER BY position");
    while (query.executeStep()) classes.push_back(classOfRow(query));
    return LabelSet(std::move(classes));
  });
}

std::vector<std::string> Project::setClasses(const LabelSet& classes) {
  return m_store->write([&] {
    const auto known = knownClasses(m_store->database);
    const auto use = classUse(m_store->database);
    std::vector<std::string> renames;
    for (const auto& [id, old] : known)
      if (classes.indexOfId(id) < 0) requireKept(old, use);
    for (const auto& wanted : classes.classes())
      if (auto sentence = renameOf(wanted, known, use); !sentence.empty()) renames.push_back(std::move(sentence));

    m_store->database.exec("DELETE FROM label_class");
    SQLite::Statement insert(m_store->database,
                             "INSERT INTO label_class(id, position, name, colour, mirror, code, archived) VALUES(?,?,?,?,?,?,?)");
    int position = 0;
    for (const auto& wanted : classes.classes()) insertClass(insert, wanted, position++, false);
    for (const auto& [id, old] : known)
      if (classes.indexOfId(id) < 0 && use.contains(id)) insertClass(insert, old.label, position++, true);
    m_store->appendAudit("classes set", {{"classes", classes.size()}, {"sha256", digestOfClasses(classes)}, {"renamed", renames}});
    return renames;
  });
}

}  // namespace roundel
