#pragma once
#include <string>

namespace roundel {

/// The time now, UTC, as "2026-03-01T12:00:00Z". For records only; nothing is computed from it.
std::string utcNow();

}  // namespace roundel
