#include "weights/refusal.h"

#include <algorithm>

#include "core/error.h"
#include "core/files.h"

namespace roundel {

void refuseWeights(const std::filesystem::path& file, const std::string& reason, const std::string& remedy) {
  const std::string shown = displayPath(file);
  throw Error(ErrorKind::BadInput, "bad-weights", shown + " cannot be used as weights: " + reason + ".", {.path = shown, .remedy = remedy});
}

std::string shownName(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  std::string text(name.substr(0, kLongest));
  std::replace_if(
      text.begin(), text.end(), [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }, '?');
  return sanitisedUtf8(text) + (name.size() > kLongest ? "..." : "");
}

}  // namespace roundel
