#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "project/project.h"
#include "project/project_lock.h"

namespace roundel {

/// Throws the exception in hand again as an Error about the project in `folder`; Errors pass as they are.
[[noreturn]] void rethrowAsError(const std::filesystem::path& folder);

/// What a Project is made of: the open database, and the lock when it may be changed. Private to this room.
struct Project::Store {
  std::filesystem::path folder;
  Access access = Access::ReadOnly;
  std::string who;
  std::optional<ProjectLock> lock;  ///< taken before the database is opened, released after it is closed
  mutable SQLite::Database database;

  /// Runs `work` and translates what SQLite and the stored documents throw.
  template <class Work>
  auto read(Work&& work) const {
    try {
      return work();
    } catch (...) {
      rethrowAsError(folder);
    }
  }

  /// Runs `work` in one transaction that is synced when this returns. Throws Error(Locked, "read-only") without Access::Edit.
  template <class Work>
  auto write(Work&& work) {
    requireEdit();
    try {
      SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        transaction.commit();
      } else {
        auto result = work();
        transaction.commit();
        return result;
      }
    } catch (...) {
      rethrowAsError(folder);
    }
  }

  void requireEdit() const;
  /// Adds the entry of a change to the audit log; called inside that change's transaction.
  void appendAudit(const std::string& action, Json details);
  /// The value of a setting; empty: none.
  std::string setting(const std::string& key) const;
};

/// JSON as it is stored: compact; bytes that are not UTF-8 are replaced, so that a hostile file cannot stop an import.
std::string storedJson(const Json& json);

void bindBytes(SQLite::Statement& statement, int index, const std::string& bytes);
std::string bytesOf(const SQLite::Column& column);
std::string textOf(const SQLite::Column& column);

}  // namespace roundel
