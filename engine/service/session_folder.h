#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "service/request.h"

namespace roundel {

/// A folder of this session's own (0700) for answers that are too large for a line: `PARENT/roundel-serve-XXXXXX`. It goes when
/// the session ends; one whose process died without that goes when the next session starts.
///
/// A living session holds a lock on the file `lock` in it (flock), so that a dead one is told from a living one also across
/// containers that share the parent.
class SessionFolder {
 public:
  /// `parent` empty: the system's folder for temporary files. Where nothing can be made, path() is empty and trouble() says why.
  explicit SessionFolder(const std::filesystem::path& parent = {});
  SessionFolder(const SessionFolder&) = delete;
  SessionFolder& operator=(const SessionFolder&) = delete;
  ~SessionFolder() { remove(); }

  const std::filesystem::path& path() const { return m_path; }
  const std::string& trouble() const { return m_trouble; }

  /// Writes whole numbers, little-endian, row-major, and says where: {path, offset, bytes, dtype: "I64", shape, sha256}.
  /// Throws Error(Resource, "no-session-folder" | "disk-full" | "not-writable").
  Json keep(const RequestId& caseId, std::span<const std::int64_t> values, const std::vector<std::int64_t>& shape);
  /// The files of a case that is closed.
  void forget(const RequestId& caseId);
  void remove();

 private:
  std::filesystem::path m_path;
  std::string m_trouble;
  int m_lock = -1;
  std::uint64_t m_next = 1;
  std::map<RequestId, std::vector<std::filesystem::path>> m_files;
};

}  // namespace roundel
