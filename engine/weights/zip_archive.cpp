#include "weights/zip_archive.h"

#include <algorithm>
#include <cstring>

#include "weights/crc32.h"
#include "weights/inflate.h"
#include "weights/refusal.h"

namespace roundel {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint64_t kMostUnpackedPerByte = 8, kAlwaysUnpacked = std::uint64_t{1} << 20;
constexpr std::size_t kEndRecord = 22, kEndLocator64 = 20, kEndRecord64 = 56, kEntry = 46, kLocalHeader = 30;
constexpr std::uint32_t kEndSign = 0x06054b50, kLocatorSign64 = 0x07064b50, kEndSign64 = 0x06064b50, kEntrySign = 0x02014b50,
                        kLocalSign = 0x04034b50;
constexpr std::uint16_t kEncrypted = 1 | 1 << 6 | 1 << 13;  // flags: traditional, strong, encrypted directory

/// The little-endian number at `at`; the caller has checked that it lies inside.
template <class Number>
Number numberAt(Bytes bytes, std::size_t at) {
  Number value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// What the end of an archive says about its directory.
struct Ending {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t before = 0;  ///< where the first of the end records begins; the directory lies before it
};

class DirectoryReader {
 public:
  explicit DirectoryReader(const MappedFile& file) : m_file(file), m_bytes(file.bytes()) {}

  std::vector<ZipMember> read() {
    const Ending ending = readEnding();
    if (ending.offset > ending.before || ending.size > ending.before - ending.offset)
      refuse("its directory lies outside the file, as if a part were missing");
    m_directory = ending.offset;
    Bytes directory = m_bytes.subspan(ending.offset, ending.size);
    if (ending.entries > directory.size() / kEntry) refuse("its directory claims more entries than it has room for");
    m_members.reserve(ending.entries);
    m_extents.reserve(ending.entries);
    for (std::uint64_t i = 0; i < ending.entries; ++i) directory = readEntry(directory);
    if (!directory.empty()) refuse("its directory is longer than its entries");
    checkExtents();
    checkNames();
    checkUnpackedSize();
    return std::move(m_members);
  }

 private:
  struct Extent {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  [[noreturn]] void refuse(const std::string& reason, const char* remedy = kFetchAgain) const {
    refuseWeights(m_file.path(), reason, remedy);
  }

  /// The end record ends the file; a comment of up to 65,535 bytes may follow it.
  std::size_t findEndRecord() const {
    for (std::size_t comment = 0; comment <= 0xFFFF && comment + kEndRecord <= m_bytes.size(); ++comment) {
      const std::size_t at = m_bytes.size() - kEndRecord - comment;
      if (numberAt<std::uint32_t>(m_bytes, at) == kEndSign && numberAt<std::uint16_t>(m_bytes, at + 20) == comment) return at;
    }
    refuse("it is cut short or damaged: the directory at its end is missing");
  }

  Ending readEnding() const {
    const std::size_t end = findEndRecord();
    const auto disk = numberAt<std::uint16_t>(m_bytes, end + 4), directoryDisk = numberAt<std::uint16_t>(m_bytes, end + 6);
    const auto here = numberAt<std::uint16_t>(m_bytes, end + 8), entries = numberAt<std::uint16_t>(m_bytes, end + 10);
    const auto size = numberAt<std::uint32_t>(m_bytes, end + 12), offset = numberAt<std::uint32_t>(m_bytes, end + 16);
    const Ending classic{entries, size, offset, end};
    if (end < kEndLocator64 || numberAt<std::uint32_t>(m_bytes, end - kEndLocator64) != kLocatorSign64) {
      if (disk != 0 || directoryDisk != 0 || here != entries) refuse("it is one part of an archive in several parts");
      return classic;
    }
    const std::size_t locator = end - kEndLocator64;
    const auto at = numberAt<std::uint64_t>(m_bytes, locator + 8);
    if (at > locator || locator - at < kEndRecord64 || numberAt<std::uint32_t>(m_bytes, at) != kEndSign64)
      refuse("the directory at its end is damaged");
    const Ending large{numberAt<std::uint64_t>(m_bytes, at + 32), numberAt<std::uint64_t>(m_bytes, at + 40),
                       numberAt<std::uint64_t>(m_bytes, at + 48), at};
    if (numberAt<std::uint32_t>(m_bytes, at + 16) != 0 || numberAt<std::uint32_t>(m_bytes, at + 20) != 0 ||
        numberAt<std::uint64_t>(m_bytes, at + 24) != large.entries)
      refuse("it is one part of an archive in several parts");
    // A classic field counts unless it is full, which says "see zip64".
    const bool agree = (classic.entries == 0xFFFF || classic.entries == large.entries) &&
                       (classic.size == 0xFFFFFFFF || classic.size == large.size) &&
                       (classic.offset == 0xFFFFFFFF || classic.offset == large.offset);
    if (!agree) refuse("the two records at its end contradict each other");
    return large;
  }

  /// Fills in those of the three fields that are too large for 32 bits, in the order in which the zip64 extra field has them.
  void readZip64(Bytes extra, std::uint64_t& plain, std::uint64_t& packed, std::uint64_t& offset) const {
    std::vector<std::uint64_t*> wanted;
    for (std::uint64_t* field : {&plain, &packed, &offset})
      if (*field == 0xFFFFFFFF) wanted.push_back(field);
    if (wanted.empty()) return;
    while (extra.size() >= 4) {
      const auto kind = numberAt<std::uint16_t>(extra, 0), size = numberAt<std::uint16_t>(extra, 2);
      extra = extra.subspan(4);
      if (size > extra.size()) break;
      if (kind == 1 && size >= 8 * wanted.size()) {
        for (std::size_t i = 0; i < wanted.size(); ++i) *wanted[i] = numberAt<std::uint64_t>(extra, 8 * i);
        return;
      }
      extra = extra.subspan(size);
    }
    refuse("the size of a large member is missing from its directory");
  }

  /// Reads the entry at the front and gives what follows it.
  Bytes readEntry(Bytes directory) {
    if (directory.size() < kEntry || numberAt<std::uint32_t>(directory, 0) != kEntrySign) refuse("its directory is damaged");
    const auto nameBytes = numberAt<std::uint16_t>(directory, 28), extraBytes = numberAt<std::uint16_t>(directory, 30),
               commentBytes = numberAt<std::uint16_t>(directory, 32);
    const std::size_t whole = kEntry + nameBytes + extraBytes + commentBytes;
    if (directory.size() < whole) refuse("its directory is damaged");
    const auto flags = numberAt<std::uint16_t>(directory, 8), method = numberAt<std::uint16_t>(directory, 10);
    std::uint64_t packed = numberAt<std::uint32_t>(directory, 20), plain = numberAt<std::uint32_t>(directory, 24),
                  offset = numberAt<std::uint32_t>(directory, 42);
    readZip64(directory.subspan(kEntry + nameBytes, extraBytes), plain, packed, offset);
    const std::string_view name(reinterpret_cast<const char*>(directory.data()) + kEntry, nameBytes);
    if (!isInside(name)) refuse("a member's name, " + shownName(name) + ", leads out of the archive", kDoNotTrust);
    if ((flags & kEncrypted) != 0) refuse("it is encrypted", "Decrypt it first, or save it without a password.");
    if (method != 0 && method != 8)
      refuse("its member " + shownName(name) + " is compressed in a way that is not read",
             "Save it again with PyTorch, or unpack it and pack it without compression.");
    if (method == 0 && packed != plain) refuse("its member " + shownName(name) + " has two different lengths");
    m_members.push_back({.name = name,
                         .deflated = method == 8,
                         .crc = numberAt<std::uint32_t>(directory, 16),
                         .plainBytes = plain,
                         .content = contentOf(name, method, offset, packed)});
    return directory.subspan(whole);
  }

  static bool isInside(std::string_view name) {
    if (name.empty() || name.front() == '/' || name.find('\0') != name.npos || name.find('\\') != name.npos) return false;
    for (std::size_t begin = 0; begin <= name.size();) {
      const std::size_t end = std::min(name.find('/', begin), name.size());
      if (name.substr(begin, end - begin) == "..") return false;
      begin = end + 1;
    }
    return true;
  }

  /// The member's bytes, found through its local header.
  Bytes contentOf(std::string_view name, std::uint16_t method, std::uint64_t offset, std::uint64_t packed) {
    const std::string subject = "its member " + shownName(name);
    if (offset > m_directory || m_directory - offset < kLocalHeader) refuse(subject + " lies outside the file");
    const Bytes header = m_bytes.subspan(offset, m_directory - offset);
    const std::size_t nameBytes = numberAt<std::uint16_t>(header, 26), extraBytes = numberAt<std::uint16_t>(header, 28);
    const bool agrees = numberAt<std::uint32_t>(header, 0) == kLocalSign && numberAt<std::uint16_t>(header, 8) == method &&
                        nameBytes == name.size() && header.size() - kLocalHeader >= nameBytes + extraBytes &&
                        std::memcmp(header.data() + kLocalHeader, name.data(), nameBytes) == 0;
    if (!agrees) refuse(subject + " is not where its directory says");
    const std::size_t begin = kLocalHeader + nameBytes + extraBytes;
    if (packed > header.size() - begin) refuse(subject + " reaches beyond the end of its data");
    m_extents.push_back({offset, offset + begin + packed});
    return header.subspan(begin, packed);
  }

  void checkExtents() {
    std::sort(m_extents.begin(), m_extents.end(), [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
    for (std::size_t i = 1; i < m_extents.size(); ++i)
      if (m_extents[i].begin < m_extents[i - 1].end) refuse("two of its members overlap");
  }

  void checkNames() {
    std::sort(m_members.begin(), m_members.end(), [](const ZipMember& a, const ZipMember& b) { return a.name < b.name; });
    const auto twice =
        std::adjacent_find(m_members.begin(), m_members.end(), [](const ZipMember& a, const ZipMember& b) { return a.name == b.name; });
    if (twice != m_members.end()) refuse("its member " + shownName(twice->name) + " comes twice");
  }

  void checkUnpackedSize() const {
    std::uint64_t left = kMostUnpackedPerByte * m_bytes.size() + kAlwaysUnpacked;
    for (const ZipMember& member : m_members) {
      if (!member.deflated) continue;
      if (member.plainBytes > left)
        refuse("it unpacks to far more than its own size", "If you trust it, unpack it and pack it again without compression.");
      left -= member.plainBytes;
    }
  }

  const MappedFile& m_file;
  Bytes m_bytes;
  std::uint64_t m_directory = 0;
  std::vector<ZipMember> m_members;
  std::vector<Extent> m_extents;
};

}  // namespace

ZipArchive ZipArchive::open(MappedFile file) {
  ZipArchive archive(std::move(file));
  archive.m_members = DirectoryReader(archive.m_file).read();
  return archive;
}

const ZipMember* ZipArchive::find(std::string_view name) const {
  const auto found = std::lower_bound(m_members.begin(), m_members.end(), name,
                                      [](const ZipMember& member, std::string_view wanted) { return member.name < wanted; });
  return found != m_members.end() && found->name == name ? &*found : nullptr;
}

ZipBytes ZipArchive::unpack(const ZipMember& member) const {
  if (!member.deflated) return {member.content, m_file.owner()};
  const auto plain = std::make_shared<std::vector<std::byte>>(member.plainBytes);
  switch (inflateInto(member.content, *plain)) {
    case InflateResult::Done: return {*plain, plain};
    case InflateResult::Damaged: refuseWeights(m_file.path(), "its member " + shownName(member.name) + " does not unpack");
    case InflateResult::Unsupported: break;
  }
  refuseWeights(m_file.path(), "it is compressed, and this build of Roundel does not unpack compressed weights",
                "Save it again with PyTorch, which does not compress.");
}

bool ZipArchive::isIntact(const ZipMember& member, std::span<const std::byte> plain) {
  return plain.size() == member.plainBytes && crc32(plain) == member.crc;
}

void ZipArchive::verify(const ZipMember& member, std::span<const std::byte> plain) const {
  if (!isIntact(member, plain))
    refuseWeights(m_file.path(), "it is damaged: the checksum of its member " + shownName(member.name) + " does not fit");
}

}  // namespace roundel
