#pragma once
#include <optional>
#include <vector>

#include "core/prompt.h"
#include "service/request.h"

namespace roundel {

/// What a person points at, as prompts of one class: one prompt a box, each with the points that lie in it or are negative; without a
/// box one prompt of all points. Just as `roundel segment` does it.
std::vector<Prompt> promptsOf(int classIndex, const std::vector<PromptBox>& boxes, const std::vector<PromptPoint>& points);

/// "boxes": [[x0, y0, x1, y1], ...]. Throws Error(BadInput, "bad-prompt").
std::vector<PromptBox> boxesFrom(const RequestBody* message);
/// "points": [{"x", "y", "z": 0, "positive"}, ...]. Throws Error(BadInput, "bad-prompt").
std::vector<PromptPoint> pointsFrom(const RequestBody* message);

}  // namespace roundel
