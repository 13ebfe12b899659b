#include "weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/files.h"

namespace roundel {

MappedFile MappedFile::open(const std::filesystem::path& path) {
  const std::string shown = displayPath(path);
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorKind::BadInput, "unreadable-file", "Cannot read " + shown + ": " + why + ".", {.path = shown});
  };
  const auto unreadable = [&](int number) { refuse(std::strerror(number)); };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) unreadable(errno);
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(file);
    refuse(S_ISDIR(status.st_mode) ? "it is a folder" : "it is no file but a pipe or a device");
  }
  MappedFile mapped;
  mapped.m_path = path;
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* const data = bytes == 0 ? nullptr : ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0);
  const int number = errno;
  ::close(file);
  if (data == MAP_FAILED) unreadable(number);
  if (bytes == 0) return mapped;
  mapped.m_bytes = {static_cast<const std::byte*>(data), bytes};
  mapped.m_owner = std::shared_ptr<const void>(data, [bytes](const void* address) { ::munmap(const_cast<void*>(address), bytes); });
  return mapped;
}

MappedFile MappedFile::over(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  MappedFile mapped;
  mapped.m_path = path;
  mapped.m_bytes = bytes;
  return mapped;
}

}  // namespace roundel
