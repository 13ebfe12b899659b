#include "core/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

constexpr const char* kPart = ".part-";

[[noreturn]] void failedWrite(const std::filesystem::path& path, int number) {
  const std::string shown = displayPath(path);
  if (number == ENOSPC || number == EDQUOT)
    throw Error(ErrorKind::Resource, "disk-full", "The disk is full: " + shown + " was not written.",
                {.path = shown, .remedy = "Free some space and start the same command again; what was there is untouched."});
  throw Error(number == EROFS || number == EACCES || number == EPERM ? ErrorKind::Locked : ErrorKind::Resource, "not-writable",
              "Cannot write " + shown + ": " + std::strerror(number) + ".",
              {.path = shown, .remedy = "Check that the folder exists and that you may write there."});
}

std::filesystem::path folderOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

AtomicFile::AtomicFile(const std::filesystem::path& path) : m_path(path), m_temporary(path) {
  m_temporary += kPart + std::to_string(::getpid());
  m_file = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (m_file < 0) failedWrite(path, errno);
}

AtomicFile::~AtomicFile() {
  if (m_file >= 0) ::close(m_file);
  if (!m_finished) ::unlink(m_temporary.c_str());
}

void AtomicFile::write(const void* data, std::size_t bytes) {
  const char* position = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t count = ::write(m_file, position, bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) failedWrite(m_path, count < 0 ? errno : EIO);
    position += count;
    bytes -= static_cast<std::size_t>(count);
  }
}

void AtomicFile::finish() {
  if (::fsync(m_file) != 0) failedWrite(m_path, errno);
  const int closed = ::close(std::exchange(m_file, -1));
  if (closed != 0 || ::rename(m_temporary.c_str(), m_path.c_str()) != 0) failedWrite(m_path, errno);
  m_finished = true;
  if (const int directory = ::open(folderOf(m_path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
}

void AtomicFile::removeLeftParts(const std::filesystem::path& path) {
  const std::string begin = path.filename().string() + kPart;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(folderOf(path), code), end; !code && entry != end; entry.increment(code)) {
    std::error_code gone;
    if (entry->path().filename().string().rfind(begin, 0) == 0) std::filesystem::remove(entry->path(), gone);
  }
}

}  // namespace roundel
