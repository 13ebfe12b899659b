#pragma once
#include <optional>
#include <vector>

#include "core/prompt.h"
#include "service/request.h"

namespace roundel {

/// "boxes": [[x0, y0, x1, y1], ...]. Throws Error(BadInput, "bad-prompt").
std::vector<PromptBox> boxesFrom(const RequestBody* message);
/// "points": [{"x", "y", "z": 0, "positive"}, ...]. Throws Error(BadInput, "bad-prompt").
std::vector<PromptPoint> pointsFrom(const RequestBody* message);

}  // namespace roundel
