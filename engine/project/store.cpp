#include "project/store.h"

#include <sqlite3.h>

#include <new>

#include "core/clock.h"

namespace roundel {
namespace {

[[noreturn]] void failDamaged(const std::string& shown, const std::string& why) {
  throw Error(ErrorKind::BadInput, "damaged-project", "The project's database in " + shown + " is damaged (" + why + ").",
              {.path = shown, .remedy = "Put back a copy of project.db, for instance from the last backup of the folder."});
}

[[noreturn]] void failSqlite(const SQLite::Exception& problem, const std::string& shown) {
  const std::string why = sanitisedUtf8(problem.what());
  switch (problem.getErrorCode()) {
    case SQLITE_FULL:
      throw Error(ErrorKind::Resource, "disk-full", "The disk is full: the change to the project " + shown + " was not made.",
                  {.path = shown, .remedy = "Free some space and start the same command again; what was there is untouched."});
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      throw Error(ErrorKind::Locked, "read-only", "The project " + shown + " cannot be opened or changed (" + why + ").",
                  {.path = shown,
                   .remedy = "Check that you may write in that folder. After a crash the project has to be opened once where it "
                             "can be written, or work on a copy of it."});
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorKind::Locked, "locked", "The project " + shown + " is in use by another program.",
                  {.path = shown, .remedy = "Wait until it has finished, and start the same command again."});
    case SQLITE_NOMEM:
      throw Error(ErrorKind::Resource, "out-of-memory", "There was not enough memory to read the project " + shown + ".", {.path = shown});
    case SQLITE_IOERR:
      throw Error(ErrorKind::Resource, "disk-error", "The project " + shown + " could not be read or written (" + why + ").",
                  {.path = shown, .remedy = "Check the disk or the network share, and its free space."});
    case SQLITE_TOOBIG:
      throw Error(ErrorKind::BadInput, "too-large", "Something is too large to be stored in the project " + shown + ".", {.path = shown});
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_ERROR:  // a table or column is not there: not a database of ours any more
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH: failDamaged(shown, why);
    default:
      throw Error(ErrorKind::Defect, "database", "The project " + shown + " could not be read or changed (" + why + ").", {.path = shown});
  }
}

}  // namespace

void rethrowAsError(const std::filesystem::path& folder) {
  const std::string shown = displayPath(folder);
  try {
    throw;
  } catch (const SQLite::Exception& problem) {
    failSqlite(problem, shown);
  } catch (const Json::exception&) {
    failDamaged(shown, "an entry is not of the expected form");
  } catch (const std::filesystem::filesystem_error& problem) {
    throw Error(ErrorKind::Resource, "disk-error",
                "The folder " + shown + " could not be read or changed: " + problem.code().message() + ".", {.path = shown});
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::Resource, "out-of-memory", "There was not enough memory to read the project " + shown + ".", {.path = shown});
  }
}

void Project::Store::requireEdit() const {
  if (access == Access::Edit) return;
  throw Error(ErrorKind::Locked, "read-only", "The project " + displayPath(folder) + " was opened for reading only.",
              {.path = displayPath(folder)});
}

std::string Project::Store::setting(const std::string& key) const {
  SQLite::Statement query(database, "SELECT value FROM setting WHERE key = ?");
  query.bind(1, key);
  return query.executeStep() ? textOf(query.getColumn(0)) : "";
}

void Project::Store::appendAudit(const std::string& action, Json details) {
  AuditEntry entry{
      .number = 1, .when = utcNow(), .who = who, .action = action, .details = {}, .previous = std::string(64, '0'), .hash = {}};
  const std::string stored = storedJson(details);
  entry.details = Json::parse(stored);
  {
    SQLite::Statement last(database, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
    if (last.executeStep()) {
      entry.number = last.getColumn(0).getInt64() + 1;
      entry.previous = textOf(last.getColumn(1));
    }
  }
  SQLite::Statement insert(database, "INSERT INTO audit(number, at, who, action, details, previous, hash) VALUES(?,?,?,?,?,?,?)");
  insert.bind(1, entry.number);
  insert.bind(2, entry.when);
  insert.bind(3, entry.who);
  insert.bind(4, entry.action);
  insert.bind(5, stored);
  insert.bind(6, entry.previous);
  insert.bind(7, auditHash(entry));
  insert.exec();
}

std::string storedJson(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

void bindBytes(SQLite::Statement& statement, int index, const std::string& bytes) {
  statement.bind(index, static_cast<const void*>(bytes.data()), static_cast<int>(bytes.size()));
}

std::string bytesOf(const SQLite::Column& column) {
  const void* bytes = column.getBlob();
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(column.getBytes()));
}

std::string textOf(const SQLite::Column& column) { return bytesOf(column); }

}  // namespace roundel
