#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace roundel {

/// A file in memory that was never read: its pages come from the disk when they are touched and cost no second copy. Copies of
/// this object share one mapping, which ends with the last holder of `owner()`. Who shortens the file meanwhile takes the
/// pages away; the readers of weights therefore want files that nobody is writing.
class MappedFile {
 public:
  /// Throws Error(BadInput, "unreadable-file") with the path where it is no file that can be read.
  static MappedFile open(const std::filesystem::path& path);
  /// Bytes that are in memory already, as if they were the file of that name; the caller keeps them. For tests and fuzzers.
  static MappedFile over(const std::filesystem::path& path, std::span<const std::byte> bytes);

  const std::filesystem::path& path() const { return m_path; }
  /// Begins on a page; empty for an empty file.
  std::span<const std::byte> bytes() const { return m_bytes; }
  /// Keeps the mapping alive; null for an empty file.
  const std::shared_ptr<const void>& owner() const { return m_owner; }

 private:
  MappedFile() = default;

  std::filesystem::path m_path;
  std::span<const std::byte> m_bytes;
  std::shared_ptr<const void> m_owner;
};

}  // namespace roundel
