#pragma once
#include <nlohmann/json.hpp>

namespace roundel {

/// JSON with its keys in the order in which they were written, so that documents read well and hash the same.
using Json = nlohmann::ordered_json;

}  // namespace roundel
