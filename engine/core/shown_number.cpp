#include "core/shown_number.h"

#include <charconv>
#include <cmath>

namespace roundel {

std::string shown(const std::optional<double>& value, int decimals) {
  if (!value || !std::isfinite(*value)) return "–";
  char text[512];  // the largest double has 309 digits before its point
  const auto result = std::to_chars(text, text + sizeof text, *value, std::chars_format::fixed, decimals);
  return std::string(text, result.ptr);
}

}  // namespace roundel
