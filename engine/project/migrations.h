#pragma once
#include <string_view>
#include <vector>

namespace SQLite {
class Database;
}

namespace roundel {

/// One step of the schema, from version number - 1 to number.
struct Migration {
  int number = 0;
  std::string_view sql;
};

/// All steps, in order. Never changed once released; a new version is one more step.
const std::vector<Migration>& migrations();
/// Number of the last step: the schema this program reads and writes.
int currentSchema();
/// Brings an open database to `target`, in one transaction. Throws SQLite's exceptions.
void migrate(SQLite::Database& database, int target);
/// Marks a project's database among SQLite files (PRAGMA application_id): "RNDL".
inline constexpr int kApplicationId = 0x524E444C;

}  // namespace roundel
