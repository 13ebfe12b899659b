#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "prompts/prompt_extractor.h"

namespace roundel {
namespace {

/// One class's moves: the same point is moved the same way wherever it stands.
class Mover {
 public:
  Mover(const ClassPrompts& prompts, const Mask& mask, const JitterOptions& options, Random random)
      : m_mask(mask), m_options(options), m_random(random), m_box(*prompts.box) {}

  PromptBox box() {
    const double width = m_box.x1 - m_box.x0, height = m_box.y1 - m_box.y0;
    const auto mostX = static_cast<double>(m_mask.size().x), mostY = static_cast<double>(m_mask.size().y);
    PromptBox moved;
    moved.x0 = std::clamp(m_box.x0 + boxStep(width), 0.0, mostX);
    moved.y0 = std::clamp(m_box.y0 + boxStep(height), 0.0, mostY);
    moved.x1 = std::clamp(m_box.x1 + boxStep(width), 0.0, mostX);
    moved.y1 = std::clamp(m_box.y1 + boxStep(height), 0.0, mostY);
    if (moved.x1 - moved.x0 < 1) moved.x0 = m_box.x0, moved.x1 = m_box.x1;
    if (moved.y1 - moved.y0 < 1) moved.y0 = m_box.y0, moved.y1 = m_box.y1;
    return moved;
  }

  PromptPoint point(const PromptPoint& from) {
    for (const auto& [known, moved] : m_done)
      if (known == from) return moved;
    m_done.emplace_back(from, movedPoint(from));
    return m_done.back().second;
  }

 private:
  double boxStep(double side) {
    return std::round(std::clamp(m_random.normal() * m_options.boxShare * side, -m_options.boxMost, m_options.boxMost));
  }

  PromptPoint movedPoint(const PromptPoint& from) {
    constexpr int kTries = 16;
    const bool inside = holds(from);
    const double width = m_box.x1 - m_box.x0, height = m_box.y1 - m_box.y0;
    for (int attempt = 0; attempt < kTries; ++attempt) {
      PromptPoint moved = from;
      moved.x =
          std::clamp(std::round(from.x + m_random.normal() * m_options.pointShare * width), 0.0, static_cast<double>(m_mask.size().x - 1));
      moved.y =
          std::clamp(std::round(from.y + m_random.normal() * m_options.pointShare * height), 0.0, static_cast<double>(m_mask.size().y - 1));
      // A point must not change sides: a positive one stays in the mask, a negative one stays out of it.
      if (holds(moved) == inside || (from.positive && !inside)) return moved;
    }
    return from;
  }

  bool holds(const PromptPoint& point) const {
    return m_mask.contains(static_cast<std::int64_t>(point.x), static_cast<std::int64_t>(point.y));
  }

  const Mask& m_mask;
  const JitterOptions& m_options;
  Random m_random;
  PromptBox m_box;
  std::vector<std::pair<PromptPoint, PromptPoint>> m_done;
};

}  // namespace

std::vector<ClassPrompts> jittered(const std::vector<ClassPrompts>& prompts, std::span<const Mask> masks, const JitterOptions& options,
                                   std::uint64_t seed, std::uint64_t sample) {
  if (prompts.size() != masks.size())
    throw Error(ErrorKind::Defect, "bad-prompts", "Prompts are moved with the masks of another prediction.");
  std::vector<ClassPrompts> result = prompts;
  for (std::size_t i = 0; i < result.size(); ++i) {
    ClassPrompts& each = result[i];
    if (!each.seed || !each.box) continue;
    Mover mover(prompts[i], masks[i], options, Random(seed, "prompt-jitter", sample, static_cast<std::uint64_t>(each.classIndex)));
    each.box = mover.box();
    each.seed = mover.point(*each.seed);
    for (auto& point : each.negatives) point = mover.point(point);
    for (auto* call : {&each.first, &each.second}) {
      if (!*call) continue;
      if ((*call)->box) (*call)->box = each.box;
      for (auto& point : (*call)->points) point = mover.point(point);
    }
  }
  return result;
}

Json toJson(const ClassPrompts& prompts) {
  const auto pointJson = [](const PromptPoint& point) { return Json{point.x, point.y}; };
  Json json = {{"class", prompts.classIndex}, {"present", prompts.present}, {"has_exclusive_pixels", prompts.hasExclusivePixels}};
  json["box"] = prompts.box ? Json{prompts.box->x0, prompts.box->y0, prompts.box->x1, prompts.box->y1} : Json(nullptr);
  json["positive"] = prompts.seed ? pointJson(*prompts.seed) : Json(nullptr);
  json["negatives"] = Json::array();
  for (const auto& point : prompts.negatives) json["negatives"].push_back(pointJson(point));
  json["first"] = prompts.first ? toJson(*prompts.first) : Json(nullptr);
  json["second"] = prompts.second ? toJson(*prompts.second) : Json(nullptr);
  return json;
}

ClassPrompts classPromptsFromJson(const Json& json) {
  try {
    const auto point = [](const Json& at, bool positive) {
      return PromptPoint{.x = at.at(0).get<double>(), .y = at.at(1).get<double>(), .z = 0, .positive = positive};
    };
    ClassPrompts prompts{.classIndex = json.at("class").get<int>(),
                         .present = json.at("present").get<bool>(),
                         .hasExclusivePixels = json.at("has_exclusive_pixels").get<bool>()};
    if (const Json& box = json.at("box"); !box.is_null())
      prompts.box = PromptBox{box.at(0).get<double>(), box.at(1).get<double>(), box.at(2).get<double>(), box.at(3).get<double>()};
    if (!json.at("positive").is_null()) prompts.seed = point(json["positive"], true);
    for (const auto& one : json.at("negatives")) prompts.negatives.push_back(point(one, false));
    if (!json.at("first").is_null()) prompts.first = promptFromJson(json["first"]);
    if (!json.at("second").is_null()) prompts.second = promptFromJson(json["second"]);
    return prompts;
  } catch (const Json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "Stored prompts are not of the expected form.");
  }
}

}  // namespace roundel
