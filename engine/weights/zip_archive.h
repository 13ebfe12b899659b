#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "weights/mapped_file.h"

namespace roundel {

/// A file inside a zip archive. Names are the archive's own: bytes without a NUL, without a backslash, without "..".
struct ZipMember {
  std::string_view name;
  bool deflated = false;
  std::uint32_t crc = 0;               ///< of the plain bytes
  std::uint64_t plainBytes = 0;        ///< unpacked; bounded by the file's own size (see `open`)
  std::span<const std::byte> content;  ///< as it lies in the file: the plain bytes themselves unless deflated
};

/// A member's plain bytes: part of the mapping, or unpacked into memory of their own.
struct ZipBytes {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

/// A zip archive on a mapped file (APPNOTE 6.3: central directory, zip64, stored and deflated members), read for one purpose:
/// to know where in the mapping the bytes of each member lie.
///
/// Opening touches the directory and each member's local header, no content. Everything is checked before it is used: the end record
/// ends the file, classic and zip64 records agree, the directory lies before them, its entries are as many as they claim, every member
/// lies before the directory and overlaps no other, local header and directory agree, no name comes twice or leads out of
/// the archive, nothing is encrypted, and deflated members together unpack to at most eight times the file (and 1 MiB).
class ZipArchive {
 public:
  /// Throws Error(BadInput, "bad-weights") with the file's name, the reason and what to do.
  static ZipArchive open(MappedFile file);

  const MappedFile& file() const { return m_file; }
  /// Sorted by name.
  const std::vector<ZipMember>& members() const { return m_members; }
  /// Null where there is none.
  const ZipMember* find(std::string_view name) const;

  /// The plain bytes, unpacked where deflated; the checksum is not looked at.
  ZipBytes unpack(const ZipMember& member) const;
  /// Whether these are the bytes that the archive was made with, by their CRC-32. May be called from several threads.
  static bool isIntact(const ZipMember& member, std::span<const std::byte> plain);
  /// Throws where they are not.
  void verify(const ZipMember& member, std::span<const std::byte> plain) const;

 private:
  explicit ZipArchive(MappedFile file) : m_file(std::move(file)) {}

  MappedFile m_file;
  std::vector<ZipMember> m_members;
};

}  // namespace roundel
