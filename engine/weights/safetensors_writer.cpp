#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "weights/safetensors.h"

namespace roundel {
namespace {

[[noreturn]] void failedWrite(const std::filesystem::path& path, int number) {
  const std::string shown = displayPath(path);
  if (number == ENOSPC || number == EDQUOT)
    throw Error(ErrorKind::Resource, "disk-full", "The disk is full: " + shown + " was not written.",
                {.path = shown, .remedy = "Free some space and start the same command again; what was there is untouched."});
  throw Error(number == EROFS || number == EACCES || number == EPERM ? ErrorKind::Locked : ErrorKind::Resource, "not-writable",
              "Cannot write " + shown + ": " + std::strerror(number) + ".",
              {.path = shown, .remedy = "Check that the folder exists and that you may write there."});
}

/// A file that appears under its name when it is whole, or never. Weights can be gigabytes: nothing is copied into one text.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path) : m_path(path), m_temporary(path) {
    m_temporary += ".part-" + std::to_string(::getpid());
    m_file = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (m_file < 0) failedWrite(path, errno);
  }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile() {
    if (m_file >= 0) ::close(m_file);
    if (!m_finished) ::unlink(m_temporary.c_str());
  }

  void write(const void* data, std::size_t bytes) {
    const char* position = static_cast<const char*>(data);
    while (bytes > 0) {
      const ssize_t count = ::write(m_file, position, bytes);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) failedWrite(m_path, count < 0 ? errno : EIO);
      position += count;
      bytes -= static_cast<std::size_t>(count);
    }
  }

  void finish() {
    if (::fsync(m_file) != 0) failedWrite(m_path, errno);
    const int closed = ::close(std::exchange(m_file, -1));
    if (closed != 0 || ::rename(m_temporary.c_str(), m_path.c_str()) != 0) failedWrite(m_path, errno);
    m_finished = true;
    const std::filesystem::path folder = m_path.has_parent_path() ? m_path.parent_path() : std::filesystem::path(".");
    if (const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); directory >= 0) {
      ::fsync(directory);
      ::close(directory);
    }
  }

 private:
  std::filesystem::path m_path;
  std::filesystem::path m_temporary;
  int m_file = -1;
  bool m_finished = false;
};

void sortForFile(std::vector<NamedTensor>& tensors) {
  std::sort(tensors.begin(), tensors.end(), [](const NamedTensor& a, const NamedTensor& b) {
    const auto left = bytesOfDtype(a.tensor.dtype), right = bytesOfDtype(b.tensor.dtype);
    return left != right ? left > right : a.name < b.name;
  });
}

std::string makeHeader(const std::vector<NamedTensor>& tensors, const Json& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) {
    Json& texts = header["__metadata__"] = Json::object();
    for (const auto& [key, value] : metadata.items())
      texts[key] = value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  std::size_t position = 0;
  for (const auto& [name, tensor] : tensors) {
    const auto need = static_cast<std::size_t>(tensor.elementCount()) * bytesOfDtype(tensor.dtype);
    if (bytesOfDtype(tensor.dtype) == 0 || need != tensor.bytes.size() || header.contains(name))
      throw Error(ErrorKind::Defect, "bad-tensor", "Tensor " + name + " cannot be written: its type, shape and bytes do not agree, or it comes twice.");
    header[name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {position, position + need}}};
    position += need;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

}  // namespace

void writeSafetensors(const std::filesystem::path& path, std::vector<NamedTensor> tensors, const Json& metadata) {
  sortForFile(tensors);
  const std::string header = makeHeader(tensors, metadata);
  AtomicFile file(path);
  const std::uint64_t length = header.size();
  file.write(&length, sizeof length);
  file.write(header.data(), header.size());
  for (const auto& [name, tensor] : tensors) file.write(tensor.bytes.data(), tensor.bytes.size());
  file.finish();
}

std::string contentSha256(std::vector<NamedTensor> tensors) {
  std::sort(tensors.begin(), tensors.end(), [](const NamedTensor& a, const NamedTensor& b) { return a.name < b.name; });
  Sha256 hash;
  for (const auto& [name, tensor] : tensors) hash.update(tensor.bytes.data(), tensor.bytes.size());
  return hash.hex();
}

}  // namespace roundel
