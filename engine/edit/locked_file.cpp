#include "edit/locked_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

[[noreturn]] void failed(const std::filesystem::path& path, int number) {
  const std::string shown = displayPath(path);
  if (number == ENOSPC || number == EDQUOT)
    throw Error(ErrorKind::Resource, "disk-full", "The disk is full: the last strokes are not in the journal " + shown + " yet.",
                {.path = shown, .remedy = "Free some space; the strokes are kept and written as soon as there is room."});
  throw Error(number == EROFS || number == EACCES || number == EPERM ? ErrorKind::Locked : ErrorKind::Resource, "not-writable",
              "Cannot write the journal " + shown + ": " + std::strerror(number) + ".",
              {.path = shown, .remedy = "Check that the project's folder is there and that you may write in it."});
}

int openAndLock(const std::filesystem::path& path, int flags) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0666);
  if (file < 0) failed(path, errno);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  const int number = errno;
  ::close(file);
  if (number == EWOULDBLOCK)
    throw Error(ErrorKind::Locked, "journal-locked", "This case is being labelled in another window or by another program.",
                {.path = displayPath(path), .remedy = "Close the case there first."});
  failed(path, number);
}

/// Whether the file is the one that lies under the name; another process may have put a new one in its place before the lock was got.
bool isUnder(const std::filesystem::path& path, int file) {
  struct stat open {
  }, named{};
  return ::fstat(file, &open) == 0 && ::lstat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

void syncFolder(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
}

/// 0, or what went wrong.
int writeAll(int file, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : EIO;
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return 0;
}

}  // namespace

LockedFile::LockedFile(std::filesystem::path path) : m_path(std::move(path)) {
  for (int tries = 0; tries < 100; ++tries) {
    m_file = openAndLock(m_path, 0);
    if (isUnder(m_path, m_file)) return;
    ::close(std::exchange(m_file, -1));
  }
  failed(m_path, EAGAIN);
}

LockedFile::~LockedFile() {
  if (m_file >= 0) ::close(m_file);
}

std::string LockedFile::readAll() const {
  std::string bytes;
  std::string part(std::size_t{1} << 20, '\0');
  for (;;) {
    const ssize_t count = ::pread(m_file, part.data(), part.size(), static_cast<off_t>(bytes.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) failed(m_path, errno);
    if (count == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(count));
  }
}

void LockedFile::writeAt(std::uint64_t offset, std::string_view bytes) {
  int number = writeAll(m_file, offset, bytes);
  if (number == 0 && ::ftruncate(m_file, static_cast<off_t>(offset + bytes.size())) != 0) number = errno;
  if (number == 0 && ::fdatasync(m_file) != 0) number = errno;
  if (number == 0) return;
  if (::ftruncate(m_file, static_cast<off_t>(offset)) != 0) {
    // A half record stays; it is written over with the next try, or recognised when the file is read.
  }
  failed(m_path, number);
}

void LockedFile::cutAt(std::uint64_t length) {
  if (::ftruncate(m_file, static_cast<off_t>(length)) != 0 || ::fdatasync(m_file) != 0) failed(m_path, errno);
}

void LockedFile::replaceWith(std::string_view bytes) {
  std::filesystem::path temporary = m_path;
  temporary += ".part-" + std::to_string(::getpid());
  const int file = openAndLock(temporary, O_TRUNC);
  int number = writeAll(file, 0, bytes);
  if (number == 0 && ::fsync(file) != 0) number = errno;
  if (number == 0 && ::rename(temporary.c_str(), m_path.c_str()) != 0) number = errno;
  if (number != 0) {
    ::close(file);
    ::unlink(temporary.c_str());
    failed(m_path, number);
  }
  ::close(std::exchange(m_file, file));
  syncFolder(m_path);
}

void LockedFile::moveTo(const std::filesystem::path& other) {
  if (::rename(m_path.c_str(), other.c_str()) != 0) failed(other, errno);
  const int file = openAndLock(m_path, 0);
  ::close(std::exchange(m_file, file));
  syncFolder(m_path);
}

void LockedFile::remove() {
  ::unlink(m_path.c_str());
  ::close(std::exchange(m_file, -1));
}

}  // namespace roundel
