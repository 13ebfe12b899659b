#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace roundel {

// A run can be told to pause at a time of day: `control/pause-at` in its folder holds that moment, in seconds since 1970 (UTC). Whoever
// writes it, the run obeys it as it does `control/pause`, and whoever removes it takes the wish back.

/// The next moment at which clocks here show this time, "07:00" or "7:05", strictly after `now`; seconds since 1970.
/// Throws Error(Usage, "bad-stop-at").
std::int64_t nextTimeOfDay(const std::string& time, std::int64_t now);

/// Nothing where the file is missing or holds no number.
std::optional<std::int64_t> readPauseTime(const std::filesystem::path& control);
void writePauseTime(const std::filesystem::path& control, std::int64_t when);
/// Takes a wish back whose time has come: else whoever goes on with the run would be paused at once.
void forgetPastPauseTime(const std::filesystem::path& control, std::int64_t now);
/// Seconds since 1970.
std::int64_t secondsNow();

}  // namespace roundel
