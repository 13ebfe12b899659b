#include "service/session_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrefix = "roundel-serve-";
/// Until its lock is held a folder has another name, so that nobody takes it for a dead session's.
constexpr const char* kUnborn = "roundel-unborn-serve-";

bool isOwnFolder(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

int heldLock(const fs::path& file, int flags) {
  const int lock = ::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
  if (lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  if (lock >= 0) ::close(lock);
  return -1;
}

/// Takes away what sessions left behind that were killed.
void removeStale(const fs::path& parent) {
  std::error_code failure;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(parent, failure), end; !failure && entry != end; entry.increment(failure))
    if (entry->path().filename().native().starts_with(kPrefix)) found.push_back(entry->path());
  for (const auto& path : found) {
    if (!isOwnFolder(path)) continue;
    const int lock = heldLock(path / "lock", 0);
    if (lock < 0) continue;
    fs::remove_all(path, failure);
    ::close(lock);
  }
}

}  // namespace

SessionFolder::SessionFolder(const fs::path& given) {
  std::error_code failure;
  const fs::path parent = given.empty() ? fs::temp_directory_path(failure) : given;
  removeStale(parent);
  std::string unborn = (parent / (std::string(kUnborn) + "XXXXXX")).string();
  if (::mkdtemp(unborn.data()) == nullptr) {
    m_trouble = std::string("No folder for large answers could be made: ") + std::strerror(errno) + ".";
    return;
  }
  const fs::path born = parent / (kPrefix + unborn.substr(unborn.size() - 6));
  m_lock = heldLock(fs::path(unborn) / "lock", O_CREAT);
  if (m_lock >= 0) fs::rename(unborn, born, failure);
  if (m_lock < 0 || failure) {
    m_trouble = "No folder for large answers could be made: its lock could not be taken.";
    fs::remove_all(unborn, failure);
    return;
  }
  m_path = born;
}

Json SessionFolder::keep(const RequestId& caseId, std::span<const std::int64_t> values, const std::vector<std::int64_t>& shape) {
  static_assert(std::endian::native == std::endian::little);
  if (m_path.empty())
    throw Error(ErrorKind::Resource, "no-session-folder", "The answer is too large for a line. " + m_trouble,
                {.remedy = "Free space in the folder for temporary files, and start again."});
  const fs::path file = m_path / (std::to_string(m_next++) + ".bin");
  const std::string_view bytes(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  writeFileAtomically(file, bytes);
  m_files[caseId].push_back(file);
  return {{"path", displayPath(file)}, {"offset", 0}, {"bytes", bytes.size()}, {"dtype", "I64"}, {"shape", shape},
          {"sha256", sha256Hex(bytes)}};
}

void SessionFolder::forget(const RequestId& caseId) {
  std::error_code failure;
  for (const auto& file : m_files[caseId]) fs::remove(file, failure);
  m_files.erase(caseId);
}

void SessionFolder::remove() {
  std::error_code failure;
  if (!m_path.empty()) fs::remove_all(m_path, failure);
  m_path.clear();
  if (m_lock >= 0) ::close(m_lock);
  m_lock = -1;
}

}  // namespace roundel
