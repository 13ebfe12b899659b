#include "project/project.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <random>
#include <system_error>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "project/migrations.h"
#include "project/store.h"

namespace roundel {
namespace fs = std::filesystem;
namespace {

constexpr const char* kDatabase = "project.db";
constexpr int kBusyTimeoutMs = 5000;
constexpr std::array<const char*, 4> kSubfolders{"journal", "images", "embeddings", "runs"};

/// An opened database, set so that it works on a network share (no WAL) and believes nothing that a stranger put into its schema.
SQLite::Database openDatabase(const fs::path& path, int flags) {
  SQLite::Database database(path.native(), flags, kBusyTimeoutMs);
  database.exec("PRAGMA trusted_schema = OFF");
  database.exec("PRAGMA foreign_keys = ON");
  return database;
}

void prepareForWriting(SQLite::Database& database) {
  database.execAndGet("PRAGMA journal_mode = TRUNCATE");
  database.exec("PRAGMA synchronous = FULL");
}

/// Only what Project::create itself may have left behind when it was killed.
bool holdsNothingForeign(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().native();
    bool ours = name == "project.lock" || name.starts_with("project.db.part");
    for (const char* known : kSubfolders) ours = ours || (name == known && entry.is_directory() && fs::is_empty(entry.path()));
    if (!ours) return false;
  }
  return true;
}

[[noreturn]] void failFolder(const fs::path& folder, const std::error_code& code) {
  const std::string shown = displayPath(folder);
  if (code == std::errc::no_space_on_device)
    throw Error(ErrorKind::Resource, "disk-full", "The disk is full: the project " + shown + " was not made.", {.path = shown});
  throw Error(ErrorKind::Locked, "read-only", "The project " + shown + " cannot be made: " + code.message() + ".",
              {.path = shown, .remedy = "Choose a folder in which you may write."});
}

void requireFree(const fs::path& folder) {
  const std::string shown = displayPath(folder);
  std::error_code code;
  if (fs::exists(folder / kDatabase, code))
    throw Error(ErrorKind::BadInput, "project-exists", "There already is a project in " + shown + ".",
                {.path = shown, .remedy = "Import into it, or choose another folder."});
  if (!holdsNothingForeign(folder))
    throw Error(ErrorKind::BadInput, "folder-not-empty", "The folder " + shown + " is not empty.",
                {.path = shown, .remedy = "Choose a new folder for the project and import your pictures into it."});
}

/// Salt of the patient keys: 128 bits from the system, as hexadecimal.
std::string randomSalt() {
  std::random_device source;
  std::string seed;
  for (int i = 0; i < 8; ++i) seed += std::to_string(source()) + "/";
  return sha256Hex(seed).substr(0, 32);
}

void copyBeforeMigration(const fs::path& database, int schema) {
  fs::path copy = database;
  copy += ".schema-" + std::to_string(schema) + ".copy";
  writeFileAtomically(copy, readFile(database, std::uintmax_t{1} << 40));
}

[[noreturn]] void failNewer(const fs::path& folder, int schema) {
  const std::string shown = displayPath(folder);
  throw Error(ErrorKind::Locked, "schema-newer",
              "The project " + shown + " was written by a newer version of this program (its schema is " + std::to_string(schema) +
                  ", this program knows " + std::to_string(currentSchema()) + ").",
              {.path = shown, .remedy = "Install the newer version to open it."});
}

/// The schema's number, after refusing what is no project or too new.
int checkedSchema(SQLite::Database& database, const fs::path& folder) {
  const int schema = database.execAndGet("PRAGMA user_version").getInt();
  if (database.execAndGet("PRAGMA application_id").getInt() != kApplicationId || schema < 1)
    throw Error(ErrorKind::BadInput, "no-project", displayPath(folder / kDatabase) + " is a database, but not one of a project.",
                {.path = displayPath(folder)});
  if (schema > currentSchema()) failNewer(folder, schema);
  return schema;
}

void migrateAfterCopy(SQLite::Database& database, const fs::path& folder) {
  prepareForWriting(database);
  const int schema = checkedSchema(database, folder);
  if (schema == currentSchema()) return;
  copyBeforeMigration(folder / kDatabase, schema);
  migrate(database, currentSchema());
}

void syncFile(const fs::path& path) {
  if (const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC); file >= 0) {
    ::fsync(file);
    ::close(file);
  }
}

}  // namespace

Project::Project(std::unique_ptr<Store> store) : m_store(std::move(store)) {}
Project::Project(Project&& other) noexcept = default;
Project& Project::operator=(Project&& other) noexcept = default;
Project::~Project() = default;

Project Project::create(const fs::path& folder, const std::string& who) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) failFolder(folder, code);
  requireFree(folder);  // before the lock, which would leave its file in a folder that is not ours
  ProjectLock lock(folder);
  requireFree(folder);
  for (const char* name : kSubfolders) {
    fs::create_directory(folder / name, code);
    if (code) failFolder(folder, code);
  }
  const fs::path part = folder / (std::string(kDatabase) + ".part");
  fs::remove(part, code);
  try {
    {
      SQLite::Database database = openDatabase(part, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      prepareForWriting(database);
      migrate(database, currentSchema());
      SQLite::Statement salt(database, "INSERT INTO setting(key, value) VALUES('patient_salt', ?)");
      salt.bind(1, randomSalt());
      salt.exec();
    }
    syncFile(part);
    fs::rename(part, folder / kDatabase);
    fs::remove(folder / (std::string(kDatabase) + ".part-journal"), code);
    syncFile(folder);
    auto store = std::make_unique<Store>(Store{.folder = fs::absolute(folder),
                                               .access = Access::Edit,
                                               .who = who.empty() ? currentUser() : sanitisedUtf8(who),
                                               .lock = std::move(lock),
                                               .database = openDatabase(folder / kDatabase, SQLite::OPEN_READWRITE)});
    prepareForWriting(store->database);
    store->write([&] { store->appendAudit("project created", {{"schema", currentSchema()}}); });
    return Project(std::move(store));
  } catch (...) {
    rethrowAsError(folder);
  }
}

Project Project::open(const fs::path& folder, Access access, const std::string& who) {
  const std::string shown = displayPath(folder);
  std::error_code code;
  if (!fs::is_regular_file(folder / kDatabase, code))
    throw Error(ErrorKind::BadInput, "no-project", shown + " is not a project: there is no project.db in it.",
                {.path = shown, .remedy = "Make one with `roundel project new " + shown + "`."});
  std::optional<ProjectLock> lock;
  if (access == Access::Edit) lock.emplace(folder);
  try {
    // Also a reader opens for writing where it can: after a crash, SQLite has to roll the unfinished change back first.
    SQLite::Database database = openDatabase(folder / kDatabase, SQLite::OPEN_READWRITE);
    if (checkedSchema(database, folder) < currentSchema()) {
      std::optional<ProjectLock> forMigration;
      if (!lock) forMigration.emplace(folder);
      migrateAfterCopy(database, folder);
    }
    if (access == Access::Edit) prepareForWriting(database);
    else database.exec("PRAGMA query_only = ON");
    return Project(std::make_unique<Store>(Store{.folder = fs::absolute(folder),
                                                 .access = access,
                                                 .who = who.empty() ? currentUser() : sanitisedUtf8(who),
                                                 .lock = std::move(lock),
                                                 .database = std::move(database)}));
  } catch (...) {
    rethrowAsError(folder);
  }
}

const fs::path& Project::folder() const { return m_store->folder; }
Access Project::access() const { return m_store->access; }
fs::path Project::embeddingsFolder() const { return folder() / "embeddings"; }
fs::path Project::imagesFolder() const { return folder() / "images"; }

fs::path Project::runFolder(const std::string& runId) const {
  if (runId.empty() || runId != safeCaseName(runId))
    throw Error(ErrorKind::BadInput, "bad-run-id", sanitisedUtf8(runId) + " cannot be the name of a run.");
  return folder() / "runs" / runId;
}

int Project::schemaVersion() const {
  return m_store->read([&] { return m_store->database.execAndGet("PRAGMA user_version").getInt(); });
}

std::string Project::patientKey(std::string_view identifier) const {
  if (identifier.empty()) return {};
  return m_store->read([&] { return sha256Hex(m_store->setting("patient_salt") + "/" + std::string(identifier)).substr(0, 24); });
}

}  // namespace roundel
