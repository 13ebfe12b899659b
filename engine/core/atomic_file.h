#pragma once
#include <cstddef>
#include <filesystem>

namespace roundel {

/// A file that appears under its name when it is whole, or never: written to a temporary one beside it, synced, then renamed over
/// it. Piece by piece, because weights can be gigabytes; writeFileAtomically (core/files.h) does the same with one text.
/// All calls throw Error(Resource, "disk-full") or Error(Locked | Resource, "not-writable") with the path.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  /// Without finish() nothing stays.
  ~AtomicFile();

  void write(const void* data, std::size_t bytes);
  void finish();

 private:
  std::filesystem::path m_path;
  std::filesystem::path m_temporary;
  int m_file = -1;
  bool m_finished = false;
};

}  // namespace roundel
