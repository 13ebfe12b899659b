#include "core/files.h"

#include <fstream>

#include "core/atomic_file.h"
#include "core/error.h"

namespace roundel {
namespace {

/// Length of the valid UTF-8 sequence at `text`, or 0.
std::size_t utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) || (first == 0xF0 && byte(1) < 0x90) ||
      (first == 0xF4 && byte(1) > 0x8F))
    return 0;
  return length;
}

}  // namespace

void writeFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes.data(), bytes.size());
  file.finish();
}

void writeJsonAtomically(const std::filesystem::path& path, const Json& json) {
  writeFileAtomically(path, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string readFile(const std::filesystem::path& path, std::uintmax_t maximumBytes) {
  const std::string shown = displayPath(path);
  std::error_code code;
  const std::uintmax_t bytes = std::filesystem::file_size(path, code);
  if (code) throw Error(ErrorKind::BadInput, "unreadable-file", "Cannot read " + shown + ": " + code.message() + ".", {.path = shown});
  if (bytes > maximumBytes)
    throw Error(ErrorKind::BadInput, "file-too-large", shown + " is larger than such a file can be.", {.path = shown});
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(bytes), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes)))
    throw Error(ErrorKind::BadInput, "unreadable-file", "Cannot read " + shown + ".", {.path = shown});
  return text;
}

Json readJson(const std::filesystem::path& path, std::uintmax_t maximumBytes) {
  try {
    return Json::parse(readFile(path, maximumBytes));
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", displayPath(path) + " is not valid JSON.", {.path = displayPath(path)});
  }
}

bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string sanitisedUtf8(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = utf8Length(text);
    if (length == 0) clean += "\xEF\xBF\xBD";
    else clean += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

std::string displayPath(const std::filesystem::path& path) { return sanitisedUtf8(path.native()); }

}  // namespace roundel
