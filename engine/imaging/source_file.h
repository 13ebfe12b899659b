#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imaging/limits.h"

namespace roundel {

/// Bytes of a foreign file, unsigned as parsers want them.
using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Whether a palette becomes colours (a picture) or stays numbers (a label map).
enum class PaletteUse { Colours, Indices };

/// What a reader is told besides the file. `onNeed` is called with the decoded size before anything large is allocated: the
/// worker raises its limits there and tells its parent.
struct DecodeContext {
  DecodeLimits limits;
  PaletteUse palette = PaletteUse::Colours;
  int volume = 0;    ///< which volume of a 4-D file
  std::string salt;  ///< of the patient key: a secret of the project
  std::function<void(std::uint64_t)> onNeed = {};
};

/// A foreign file, opened for reading: a regular file that is not empty. Anything else (a folder, a device, a pipe) is refused
/// with a sentence, so that reading never waits.
class SourceFile {
 public:
  /// Throws Error(BadInput, "unreadable-image") that names the file.
  explicit SourceFile(std::filesystem::path path);
  ~SourceFile();
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  const std::filesystem::path& path() const { return m_path; }
  std::uint64_t size() const { return m_size; }
  /// The file's bytes, mapped: nothing is read before it is looked at. A file that is cut short meanwhile ends the process
  /// (SIGBUS); the client says so and starts another.
  ByteView bytes() const { return m_bytes; }
  /// The extension in lower case with its dot; empty: none.
  std::string extension() const;

  /// Error(BadInput, "unreadable-image", "<name>: <reason>") for this file.
  [[noreturn]] void refuse(const std::string& reason, const std::string& remedy = {}) const;

 private:
  std::filesystem::path m_path;
  std::uint64_t m_size = 0;
  ByteView m_bytes;
};

/// The decoded size in bytes of what a header promises. Checks that every side is between 1 and 2^31, that the whole does not
/// pass the limit, and that the file is large enough: `expansion` is how many bytes one byte of the file can become at most
/// (1 for uncompressed pixels; 0: no such bound). Calls context.onNeed. Throws through file.refuse().
std::uint64_t requirePlausible(const SourceFile& file, const DecodeContext& context, std::span<const std::int64_t> sides,
                               std::uint64_t bytesPerPixel, std::uint64_t expansion);

/// Deflate cannot do better than 1032 to 1.
inline constexpr std::uint64_t kDeflateExpansion = 1032;

/// Unsigned numbers at a place in a byte view. The caller has checked that the view is long enough.
std::uint16_t get16(ByteView bytes, std::size_t at, bool bigEndian = false);
std::uint32_t get32(ByteView bytes, std::size_t at, bool bigEndian = false);
std::uint64_t get64(ByteView bytes, std::size_t at, bool bigEndian = false);
float getFloat(ByteView bytes, std::size_t at, bool bigEndian = false);
double getDouble(ByteView bytes, std::size_t at, bool bigEndian = false);

/// Reverses the bytes of every `width`-byte number.
void swapBytes(std::span<std::byte> bytes, std::size_t width);

/// Decimal numbers of a text, whatever the locale; `fallback` where there is none at its start (spaces and '+' are passed over).
double toNumber(std::string_view text, double fallback);
std::int64_t toInteger(std::string_view text, std::int64_t fallback);
std::string trimmed(std::string_view text);
std::vector<std::string> words(std::string_view text);

}  // namespace roundel
