#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace roundel::test {

/// Makes zip archives in memory, byte by byte, honest ones and others.
class ZipBuilder {
 public:
  /// How a member departs from an honest, stored one.
  struct Member {
    bool deflated = false;                      ///< as one block of RFC 1951 that is not compressed
    bool zip64 = false;                         ///< sizes and offset in the zip64 extra field
    std::uint16_t flags = 0;                    ///< of the directory's entry
    std::optional<std::uint16_t> method;        ///< another one than the content's
    std::optional<std::uint32_t> crc;           ///< a wrong one
    std::optional<std::uint64_t> plainBytes;    ///< a wrong length
    std::optional<std::uint64_t> packedBytes;   ///< a wrong length
    std::optional<std::uint64_t> headerOffset;  ///< a wrong place
    std::optional<std::string> localName;       ///< another name in the local header
    std::size_t padding = 0;                    ///< of the local header, as PyTorch aligns storages
  };
  struct Ending {
    bool zip64 = false;
    std::string comment;
    std::optional<std::uint64_t> entries, offset, size;  ///< wrong values, in every record
    std::optional<std::uint64_t> offset64;               ///< a wrong value in the zip64 record alone
    std::optional<std::uint64_t> recordOffset;           ///< where the zip64 record is said to be
    std::uint16_t disk = 0;
  };

  ZipBuilder& add(const std::string& name, const std::string& content, const Member& member);
  ZipBuilder& add(const std::string& name, const std::string& content) { return add(name, content, Member()); }
  std::string finish(const Ending& ending) const;
  std::string finish() const { return finish(Ending()); }

 private:
  std::string m_files;
  std::string m_directory;
  std::uint64_t m_entries = 0;
};

/// An integer's bytes, lowest first.
template <class Number>
std::string littleEndian(Number value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

/// CRC-32 of the zip format, one bit at a time: nothing of the engine's own.
std::uint32_t slowCrc32(const std::string& bytes);

}  // namespace roundel::test
