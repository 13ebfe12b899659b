#include "weights/crc32.h"

#include <array>
#include <bit>
#include <cstring>

namespace roundel {
namespace {

constexpr std::size_t kSlices = 16;  // bytes a step
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

/// Table s holds what a byte does to the checksum when s more bytes follow it within a step ("slicing by 16").
constexpr Tables makeTables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320u : 0u);
    tables[0][byte] = value;
  }
  for (std::size_t slice = 1; slice < kSlices; ++slice)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  return tables;
}

constexpr Tables kTables = makeTables();
static_assert(std::endian::native == std::endian::little, "a step reads its bytes as little-endian words");

}  // namespace

std::uint32_t crc32(std::span<const std::byte> bytes) {
  std::uint32_t sum = 0xFFFFFFFFu;
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= kSlices; at += kSlices, left -= kSlices) {
    std::array<std::uint32_t, kSlices / 4> words{};
    std::memcpy(words.data(), at, kSlices);
    words[0] ^= sum;
    sum = 0;
    for (std::size_t word = 0; word < words.size(); ++word)
      for (std::size_t byte = 0; byte < 4; ++byte) sum ^= kTables[kSlices - 1 - 4 * word - byte][(words[word] >> (8 * byte)) & 0xFF];
  }
  for (; left > 0; ++at, --left) sum = (sum >> 8) ^ kTables[0][(sum ^ std::to_integer<std::uint32_t>(*at)) & 0xFF];
  return ~sum;
}

}  // namespace roundel
