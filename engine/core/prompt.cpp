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

}  // namespace roundel
