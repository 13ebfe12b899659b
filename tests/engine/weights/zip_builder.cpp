#include "engine/weights/zip_builder.h"

#include <algorithm>

namespace roundel::test {
namespace {

using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

template <class Number>
void put(std::string& out, U64 value) {
  out += littleEndian(static_cast<Number>(value));
}

std::string deflatedAsIs(const std::string& content) {
  std::string out("\x01", 1);  // last block, not compressed
  put<U16>(out, content.size());
  put<U16>(out, ~content.size());
  return out + content;
}

}  // namespace

std::uint32_t slowCrc32(const std::string& bytes) {
  U32 sum = 0xFFFFFFFF;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xEDB88320u : 0u);
  }
  return ~sum;
}

ZipBuilder& ZipBuilder::add(const std::string& name, const std::string& content, const Member& member) {
  const std::string packed = member.deflated ? deflatedAsIs(content) : content;
  const std::string localName = member.localName.value_or(name);
  const U64 method = member.method.value_or(member.deflated ? 8 : 0), crc = member.crc.value_or(slowCrc32(content));
  const U64 plainBytes = member.plainBytes.value_or(content.size()), packedBytes = member.packedBytes.value_or(packed.size());
  const U64 offset = member.headerOffset.value_or(m_files.size());

  put<U32>(m_files, 0x04034b50);
  put<U16>(m_files, 20);
  put<U16>(m_files, 0);
  put<U16>(m_files, method);
  put<U32>(m_files, 0);
  put<U32>(m_files, crc);
  put<U32>(m_files, packedBytes);
  put<U32>(m_files, plainBytes);
  put<U16>(m_files, localName.size());
  put<U16>(m_files, member.padding);
  m_files += localName + std::string(member.padding, 'Z') + packed;

  std::string extra;
  if (member.zip64) {
    put<U16>(extra, 1);
    put<U16>(extra, 24);
    put<U64>(extra, plainBytes);
    put<U64>(extra, packedBytes);
    put<U64>(extra, offset);
  }
  const auto shortened = [&](U64 value) { return member.zip64 ? 0xFFFFFFFF : value; };
  put<U32>(m_directory, 0x02014b50);
  put<U32>(m_directory, 20 | 20 << 16);
  put<U16>(m_directory, member.flags);
  put<U16>(m_directory, method);
  put<U32>(m_directory, 0);
  put<U32>(m_directory, crc);
  put<U32>(m_directory, shortened(packedBytes));
  put<U32>(m_directory, shortened(plainBytes));
  put<U16>(m_directory, name.size());
  put<U16>(m_directory, extra.size());
  m_directory += std::string(10, '\0');  // comment, disk, attributes
  put<U32>(m_directory, shortened(offset));
  m_directory += name + extra;
  ++m_entries;
  return *this;
}

std::string ZipBuilder::finish(const Ending& ending) const {
  std::string out = m_files + m_directory;
  const U64 entries = ending.entries.value_or(m_entries), size = ending.size.value_or(m_directory.size()),
            offset = ending.offset.value_or(m_files.size());
  if (ending.zip64) {
    const U64 record = ending.recordOffset.value_or(out.size());
    put<U32>(out, 0x06064b50);
    put<U64>(out, 44);
    put<U32>(out, 45 | 45 << 16);
    put<U64>(out, 0);  // disks
    put<U64>(out, entries);
    put<U64>(out, entries);
    put<U64>(out, size);
    put<U64>(out, ending.offset64.value_or(offset));
    put<U32>(out, 0x07064b50);
    put<U32>(out, 0);
    put<U64>(out, record);
    put<U32>(out, 1);
  }
  put<U32>(out, 0x06054b50);
  put<U16>(out, ending.disk);
  put<U16>(out, 0);
  put<U16>(out, std::min<U64>(entries, 0xFFFF));
  put<U16>(out, std::min<U64>(entries, 0xFFFF));
  put<U32>(out, std::min<U64>(size, 0xFFFFFFFF));
  put<U32>(out, std::min<U64>(offset, 0xFFFFFFFF));
  put<U16>(out, ending.comment.size());
  return out + ending.comment;
}

}  // namespace roundel::test
