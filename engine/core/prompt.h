#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/json.h"

namespace roundel {

/// Point prompt in pixel coordinates of the image: pixel centres at integers, first pixel (0, 0), x right, y down, z slice.
struct PromptPoint {
  double x = 0, y = 0, z = 0;
  bool positive = true;
  bool operator==(const PromptPoint&) const = default;
};

/// Half-open box in the same coordinates: a box over pixels 3..7 is 3..8. In a picture its z is that of the only slice.
struct PromptBox {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  double z0 = 0, z1 = 1;
  bool operator==(const PromptBox&) const = default;
};

/// A generalist's raw output at its own low resolution, row-major [depth, height, width]; logits, not probabilities.
/// Handed back as the mask prompt of a second call.
struct LowResLogits {
  int width = 0;
  int height = 0;
  int depth = 1;  ///< 1 for pictures
  /// Where the piece of the image that they cover begins, in the generalist's own voxels and order of axes; zeros where it is the whole.
  std::array<std::int64_t, 3> origin = {};
  std::vector<float> values;
};

/// What a generalist is asked: where one object of one class is.
struct Prompt {
  int classIndex = 0;
  std::optional<PromptBox> box = {};
  std::vector<PromptPoint> points = {};
  std::optional<LowResLogits> mask = {};
};

/// What a person points at, as prompts of one class: one prompt a box, each with the points that lie in it or are negative; without a
/// box one prompt of all points.
std::vector<Prompt> promptsOf(int classIndex, const std::vector<PromptBox>& boxes, const std::vector<PromptPoint>& points);

/// Without the mask prompt, which is no matter for people. "box" is [x0, y0, x1, y1], or in a volume [x0, y0, z0, x1, y1, z1]; null
/// without one.
Json toJson(const Prompt& prompt);
Prompt promptFromJson(const Json& json);
Json toJson(const PromptBox& box);
/// Four numbers or six; throws what nlohmann-json does where they are none.
PromptBox promptBoxFromJson(const Json& json);

}  // namespace roundel
