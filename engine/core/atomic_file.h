#pragma once
#include <cstddef>
#include <filesystem>

namespace roundel {

/// A file that appears under its name when it is whole, or never: written to a temporary one beside it, synced, then renamed over
/// it. Piece by piece, because weights can be gigabytes; writeFileAtomically (core/files.h) does the same with one text.
/// The constructor, write() and finish() throw Error(Resource, "disk-full") or Error(Locked | Resource, "not-writable") with the path.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  /// Without finish() nothing stays.
  ~AtomicFile();

  void write(const void* data, std::size_t bytes);
  void finish();

  /// Takes away what writers of this file left beside it when they were killed. For whoever knows that nobody is writing it now.
  static void removeLeftParts(const std::filesystem::path& path);

 private:
  std::filesystem::path m_path;
  std::filesystem::path m_temporary;
  int m_file = -1;
  bool m_finished = false;
};

}  // namespace roundel
