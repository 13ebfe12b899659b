#include "service/person_prompts.h"

#include <cmath>
#include <string>

namespace roundel {
namespace {

constexpr std::size_t kMostBoxes = 256, kMostPoints = 4096;
/// Beyond any image: such a place is a mistake of the client's.
constexpr double kFarthest = 1e6;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorKind::BadInput, "bad-prompt", what,
              {.remedy = R"(Give "boxes": [[x0, y0, x1, y1]] and "points": [{"x": 1, "y": 2, "positive": true}].)"});
}

double place(const RequestBody& value) {
  if (!value.is_number()) refuse("A prompt's place is no number.");
  const auto number = value.get<double>();
  if (!(std::abs(number) <= kFarthest)) refuse("A prompt's place lies beyond every image.");
  return number;
}

double coordinate(const RequestBody& point, const std::string& name) {
  const auto* value = fieldOf(point, name);
  if (value == nullptr) refuse("A point has no " + name + ".");
  return place(*value);
}

PromptPoint pointFrom(const RequestBody& message) {
  if (!message.is_object()) refuse("A point is no object.");
  for (const auto& item : message.items())
    if (item.key() != "x" && item.key() != "y" && item.key() != "z" && item.key() != "positive")
      refuse("A point has a field that is none of x, y, z and positive.");
  const auto* positive = fieldOf(message, "positive");
  if (positive == nullptr || !positive->is_boolean()) refuse("A point does not say whether it is positive.");
  return {.x = coordinate(message, "x"),
          .y = coordinate(message, "y"),
          .z = fieldOf(message, "z") == nullptr ? 0 : coordinate(message, "z"),
          .positive = positive->get<bool>()};
}

}  // namespace

std::vector<PromptBox> boxesFrom(const RequestBody* message) {
  std::vector<PromptBox> boxes;
  if (message == nullptr) return boxes;
  if (!message->is_array() || message->size() > kMostBoxes) refuse("The boxes are no list of at most " + std::to_string(kMostBoxes) + ".");
  for (const auto& one : *message) {
    if (!one.is_array() || (one.size() != 4 && one.size() != 6)) refuse("A box does not have four numbers, nor six as in a volume.");
    const bool volume = one.size() == 6;
    PromptBox box{.x0 = place(one[0]), .y0 = place(one[1])};
    if (volume) box.z0 = place(one[2]), box.z1 = place(one[5]);
    box.x1 = place(one[volume ? 3 : 2]), box.y1 = place(one[volume ? 4 : 3]);
    if (box.x1 <= box.x0 || box.y1 <= box.y0 || box.z1 <= box.z0)
      refuse("A box has no area: its second corner is exclusive and lies beyond the first.");
    boxes.push_back(box);
  }
  return boxes;
}

std::vector<PromptPoint> pointsFrom(const RequestBody* message) {
  std::vector<PromptPoint> points;
  if (message == nullptr) return points;
  if (!message->is_array() || message->size() > kMostPoints)
    refuse("The points are no list of at most " + std::to_string(kMostPoints) + ".");
  for (const auto& one : *message) points.push_back(pointFrom(one));
  return points;
}

}  // namespace roundel
