#include "project/case.h"

#include "core/files.h"

namespace roundel {

std::string safeCaseName(const std::string& text) {
  constexpr std::size_t kLongest = 120;
  std::string name;
  for (const char c : sanitisedUtf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool unsafe = byte < 0x20 || byte == 0x7F || std::string("/\\:*?\"<>|").find(c) != std::string::npos;
    name += unsafe ? '_' : c;
  }
  while (!name.empty() && name.front() == ' ') name.erase(name.begin());
  while (!name.empty() && (name.back() == ' ' || name.back() == '.')) name.pop_back();
  if (!name.empty() && (name.front() == '.' || name.front() == '-')) name.front() = '_';
  if (name.size() > kLongest) {
    name.resize(kLongest);
    while (!isUtf8(name)) name.pop_back();  // not in the middle of a character
  }
  return name.empty() ? "case" : name;
}

}  // namespace roundel
