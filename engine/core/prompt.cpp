#include "core/prompt.h"

#include "core/document.h"

namespace roundel {

Json toJson(const Prompt& prompt) {
  Json json = {{"class", prompt.classIndex}};
  json["box"] = prompt.box ? Json{prompt.box->x0, prompt.box->y0, prompt.box->x1, prompt.box->y1} : Json(nullptr);
  Json points = Json::array();
  for (const auto& point : prompt.points) points.push_back({{"x", point.x}, {"y", point.y}, {"z", point.z}, {"positive", point.positive}});
  json["points"] = std::move(points);
  return json;
}

Prompt promptFromJson(const Json& json) {
  return readDocument("prompt", [&] {
    Prompt prompt{.classIndex = json.at("class").get<int>()};
    if (!json.at("box").is_null()) {
      const auto& box = json["box"];
      prompt.box = PromptBox{box.at(0).get<double>(), box.at(1).get<double>(), box.at(2).get<double>(), box.at(3).get<double>()};
    }
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
      if (!point.positive || boxes.size() == 1 || (point.x >= box.x0 && point.x < box.x1 && point.y >= box.y0 && point.y < box.y1))
        prompt.points.push_back(point);
    prompts.push_back(std::move(prompt));
  }
  if (prompts.empty()) prompts.push_back({.classIndex = classIndex, .points = points});
  return prompts;
}

}  // namespace roundel
