#pragma once
#include <string>

namespace roundel {

/// The time now, UTC, as "2026-03-01T12:00:00Z". For records only; nothing is computed from it.
std::string utcNow();
/// The same to the millisecond, for events: "2026-03-01T12:34:56.789Z".
std::string utcNowMilliseconds();

}  // namespace roundel
