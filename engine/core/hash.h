#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace roundel {

/// SHA-256 (FIPS 180-4), fed piece by piece. Own code, because core may use the standard library alone.
class Sha256 {
 public:
  Sha256();
  void update(const void* data, std::size_t bytes);
  void update(std::string_view text) { update(text.data(), text.size()); }
  /// Lower-case hexadecimal; ends the hash.
  std::string hex();

 private:
  void block(const std::uint8_t* data);

  std::array<std::uint32_t, 8> m_state;
  std::array<std::uint8_t, 64> m_buffer{};
  std::uint64_t m_bytes = 0;
};

std::string sha256Hex(std::string_view data);
/// Throws Error(BadInput, "unreadable-file").
std::string sha256OfFile(const std::filesystem::path& path);

}  // namespace roundel
