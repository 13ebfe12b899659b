#pragma once
#include <optional>
#include <string>

namespace roundel {

/// A number for people, with so many decimals and a point whatever the locale; an en dash where there is none or it is not finite.
std::string shown(const std::optional<double>& value, int decimals = 3);

}  // namespace roundel
