#include "core/prompt.h"

#include "core/document.h"

namespace roundel {

Json toJson(const PromptBox& box) {
  if (box.z0 == 0 && box.z1 == 1) return Json::array({box.x0, box.y0, box.x1, box.y1});
  return Json::array({box.x0, box.y0, box.z0, box.x1, box.y1, box.z1});
}

PromptBox promptBoxFromJson(const Json& json) {
  const auto at = [&](std::size_t i) { return json.at(i).get<double>(); };
  if (json.size() == 6) return {.x0 = at(0), .y0 = at(1), .x1 = at(3), .y1 = at(4), .z0 = at(2), .z1 = at(5)};
  return {.x0 = at(0), .y0 = at(1), .x1 = at(2), .y1 = at(3)};
}

Json toJson(const Prompt& prompt) {
  Json json = {{"class", prompt.classIndex}};
  json["box"] = prompt.box ? toJson(*prompt.box) : Json(nullptr);
  Json points = Json::array();
  for (const auto& point : prompt.points) points.push_back({{"x", point.x}, {"y", point.y}, {"z", point.z}, {"positive", point.positive}});
  json["points"] = std::move(points);
  return json;
}

Prompt promptFromJson(const Json& json) {
  return readDocument("prompt", [&] {
    Prompt prompt{.classIndex = json.at("class").get<int>()};
    if (!json.at("box").is_null()) prompt.box = promptBoxFromJson(json["box"]);
    for (const auto& point : json.at("points"))
      prompt.points.push_back(
          {point.at("x").get<double>(), point.at("y").get<double>(), point.value("z", 0.0), point.at("positive").get<bool>()});
    return prompt;
  });
}

std::vector<Prompt> promptsOf(int classIndex, const std::vector<PromptBox>& boxes, const std::vector<PromptPoint>& points) {
  std::vector<Prompt> prompts;
  for (const auto& box : boxes) {
    Prompt prompt{.classIndex = classIndex, .box = box};
    for (const auto& point : points)
      if (!point.positive || boxes.size() == 1 ||
          (point.x >= box.x0 && point.x < box.x1 && point.y >= box.y0 && point.y < box.y1 && point.z >= box.z0 && point.z < box.z1))
        prompt.points.push_back(point);
    prompts.push_back(std::move(prompt));
  }
  if (prompts.empty()) prompts.push_back({.classIndex = classIndex, .points = points});
  return prompts;
}

}  // namespace roundel
