#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace roundel {

/// A file that one process appends to: held by flock from opening to closing, and surely the one that lies under its name.
/// All calls throw Error(Locked, "journal-locked"), Error(Resource, "disk-full") or Error(Locked | Resource, "not-writable").
class LockedFile {
 public:
  /// Opens the file, or makes an empty one.
  explicit LockedFile(std::filesystem::path path);
  ~LockedFile();
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;

  const std::filesystem::path& path() const { return m_path; }
  std::string readAll() const;
  /// Writes at `offset`, cuts the file behind it and syncs. Where it fails the file is cut at `offset` again, as far as that can be done.
  void writeAt(std::uint64_t offset, std::string_view bytes);
  void cutAt(std::uint64_t length);
  /// Writes a new file with these bytes and puts it in this one's place, whole or not at all; the lock goes with it.
  void replaceWith(std::string_view bytes);
  /// Gives the file another name; its place is taken by an empty one, under the lock.
  void moveTo(const std::filesystem::path& other);
  /// Takes the file away; nothing may be called afterwards.
  void remove();

 private:
  std::filesystem::path m_path;
  int m_file = -1;
};

}  // namespace roundel
