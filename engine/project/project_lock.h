#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace roundel {

/// Who holds a project.
struct LockHolder {
  std::string owner;  ///< account name
  std::string host;
  std::int64_t process = 0;  ///< process id on that host
  std::string processStart;  ///< tells a process from a later one with the same id (boot id and start tick)
  std::string since;         ///< UTC
};

/// The one writer's lock: the file `project.lock` in the project's folder, held through flock and named inside.
///
/// A lock whose process is gone (same host) is stale and taken over. One of another host is believed, because nobody can tell
/// from here whether that process lives. Released when the object goes or the process ends, however it ends.
class ProjectLock {
 public:
  /// Throws Error(Locked, "locked") that says who holds it, Error(Locked, "read-only") where the folder cannot be written.
  explicit ProjectLock(const std::filesystem::path& folder);
  ~ProjectLock();
  ProjectLock(ProjectLock&& other) noexcept;
  ProjectLock& operator=(ProjectLock&&) = delete;

  const LockHolder& holder() const { return m_holder; }

 private:
  int m_file = -1;
  LockHolder m_holder;
};

/// Who holds the project in that folder now; none: nobody, or only a stale lock.
std::optional<LockHolder> currentLockHolder(const std::filesystem::path& folder);

/// Account name of who runs this program.
std::string currentUser();

}  // namespace roundel
