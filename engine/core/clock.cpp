#include "core/clock.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace roundel {
namespace {

std::string secondsText(std::time_t moment) {
  std::tm parts{};
  ::gmtime_r(&moment, &parts);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

}  // namespace

std::string utcNow() { return secondsText(std::time(nullptr)) + "Z"; }

std::string utcNowMilliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::string fraction = std::to_string(1000 + ms % 1000).substr(1);
  return secondsText(static_cast<std::time_t>(ms / 1000)) + "." + fraction + "Z";
}

}  // namespace roundel
