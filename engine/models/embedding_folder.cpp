#include "models/embedding_folder.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "core/error.h"
#include "core/hash.h"
#include "weights/safetensors.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;

struct StoredFile {
  fs::path path;
  std::uint64_t bytes = 0;
  fs::file_time_type used;
};

/// Every file below the folder. Another process may take files away meanwhile; those are left out.
std::vector<StoredFile> storedFiles(const fs::path& folder) {
  std::vector<StoredFile> files;
  std::error_code failure;
  for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    std::error_code gone;
    if (!at->is_regular_file(gone) || gone) continue;
    StoredFile file{.path = at->path(), .bytes = at->file_size(gone), .used = {}};
    if (!gone) file.used = at->last_write_time(gone);
    if (!gone) files.push_back(std::move(file));
  }
  return files;
}

std::vector<NamedTensor> named(const std::vector<EmbeddingPart>& parts) {
  std::vector<NamedTensor> tensors;
  for (const auto& part : parts) tensors.push_back({part.name, {part.dtype, part.shape, part.bytes}});
  return tensors;
}

}  // namespace

EmbeddingFolder::EmbeddingFolder(fs::path folder, std::uint64_t maximumBytes) : m_folder(std::move(folder)), m_maximumBytes(maximumBytes) {}

fs::path EmbeddingFolder::fileOf(const EmbeddingKey& key) const {
  const std::string name = sha256Hex(key.image + " " + key.generalist);
  return m_folder / name.substr(0, 2) / (name + ".safetensors");
}

bool EmbeddingFolder::has(const EmbeddingKey& key) const {
  std::error_code failure;
  return fs::is_regular_file(fileOf(key), failure);
}

std::vector<EmbeddingPart> EmbeddingFolder::read(const EmbeddingKey& key) const {
  const fs::path path = fileOf(key);
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) return {};
  try {
    const SafetensorsFile file = SafetensorsFile::open(path);
    std::vector<EmbeddingPart> parts;
    for (const auto& [name, tensor] : file.tensors())
      parts.push_back({name, tensor.dtype, tensor.shape, {tensor.bytes.begin(), tensor.bytes.end()}});
    const Json& said = file.metadata();
    if (said.value("image", "") == key.image && said.value("generalist", "") == key.generalist &&
        said.value("content", "") == contentSha256(named(parts))) {
      fs::last_write_time(path, fs::file_time_type::clock::now(), failure);  // used now; a folder that cannot be written is no matter
      return parts;
    }
  } catch (const Error&) {
  }
  fs::remove(path, failure);  // damaged: it will be made anew
  return {};
}

bool EmbeddingFolder::write(const EmbeddingKey& key, const std::vector<EmbeddingPart>& parts) {
  std::uint64_t needed = 0;
  for (const auto& part : parts) needed += part.bytes.size();
  if (parts.empty() || needed > m_maximumBytes) return false;
  try {
    makeRoom(needed);
    const fs::path path = fileOf(key);
    std::error_code failure;
    fs::create_directories(path.parent_path(), failure);  // what is wrong shows when the file is written
    const auto tensors = named(parts);
    writeSafetensors(path, tensors, {{"image", key.image}, {"generalist", key.generalist}, {"content", contentSha256(tensors)}});
    return true;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Defect) throw;
    if (!m_failure) m_failure = error;
    return false;
  }
}

std::uint64_t EmbeddingFolder::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& file : storedFiles(m_folder)) sum += file.bytes;
  return sum;
}

void EmbeddingFolder::makeRoom(std::uint64_t needed) {
  if (needed <= m_free) {
    m_free -= needed;
    return;
  }
  auto files = storedFiles(m_folder);
  std::error_code failure;
  // What a killed process left half-written; a living one needs no hour for a file.
  const auto stale = fs::file_time_type::clock::now() - std::chrono::hours(1);
  std::erase_if(files, [&](const StoredFile& file) {
    return file.path.extension() != ".safetensors" && file.used < stale && fs::remove(file.path, failure);
  });
  std::uint64_t sum = needed;
  for (const auto& file : files) sum += file.bytes;
  std::sort(files.begin(), files.end(), [](const StoredFile& a, const StoredFile& b) { return a.used < b.used; });
  // Down to nine tenths, so that a full folder is not counted for every file.
  const std::uint64_t goal = sum <= m_maximumBytes ? m_maximumBytes : m_maximumBytes / 10 * 9;
  for (const auto& file : files) {
    if (sum <= goal) break;
    fs::remove(file.path, failure);
    sum -= file.bytes;
  }
  m_free = sum < m_maximumBytes ? (m_maximumBytes - sum) / 4 : 0;
}

}  // namespace roundel
