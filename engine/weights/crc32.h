#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace roundel {

/// The checksum of the zip format (CRC-32 of ISO 3309, reflected polynomial 0xEDB88320): 0xCBF43926 for the text "123456789".
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace roundel
