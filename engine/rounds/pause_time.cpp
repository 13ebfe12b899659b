#include "rounds/pause_time.h"

#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

std::optional<int> smallNumber(const std::string& text, int most) {
  int value = -1;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = code == std::errc() && end == text.data() + text.size() && !text.empty() && text.size() <= 2;
  return whole && value >= 0 && value <= most ? std::optional(value) : std::nullopt;
}

}  // namespace

std::int64_t nextTimeOfDay(const std::string& time, std::int64_t now) {
  const auto colon = time.find(':');
  const auto hour = smallNumber(time.substr(0, colon), 23);
  const auto minute = colon == std::string::npos ? std::nullopt : smallNumber(time.substr(colon + 1), 59);
  if (!hour || !minute || time.size() - colon != 3)
    throw Error(ErrorKind::Usage, "bad-stop-at", "--stop-at is no time of day: " + sanitisedUtf8(time) + ".",
                {.remedy = "Write it as 07:00."});
  const auto today = static_cast<std::time_t>(now);
  std::tm clock{};
  localtime_r(&today, &clock);
  for (int days = 0;; ++days) {
    std::tm then = clock;
    then.tm_mday += days;
    then.tm_hour = *hour, then.tm_min = *minute, then.tm_sec = 0;
    then.tm_isdst = -1;  // whatever holds on that day
    if (const auto when = static_cast<std::int64_t>(std::mktime(&then)); when > now || days > 1) return when;
  }
}

std::optional<std::int64_t> readPauseTime(const std::filesystem::path& control) {
  std::ifstream stream(control / "pause-at");
  std::int64_t when = 0;
  return stream >> when ? std::optional(when) : std::nullopt;
}

void writePauseTime(const std::filesystem::path& control, std::int64_t when) {
  std::filesystem::create_directories(control);
  writeFileAtomically(control / "pause-at", std::to_string(when) + "\n");
}

void forgetPastPauseTime(const std::filesystem::path& control, std::int64_t now) {
  const auto when = readPauseTime(control);
  std::error_code code;
  if (when && *when <= now) std::filesystem::remove(control / "pause-at", code);
}

std::int64_t secondsNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace roundel
