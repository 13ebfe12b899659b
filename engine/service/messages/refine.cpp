#include <chrono>

#include "core/elapsed.h"
#include "service/judged_cases.h"
#include "service/mask_message.h"
#include "service/message.h"
#include "service/person_prompts.h"

namespace roundel {
namespace {

std::string needed(const RequestBody& body, const std::string& name) {
  const auto given = textField(body, name);
  if (!given) refuseField(name, "is missing");
  return *given;
}

JudgedCase::Change changeFrom(const RequestBody& body) {
  const auto boxes = boxesFrom(fieldOf(body, "boxes"));
  if (boxes.size() > 1) refuseField("boxes", "holds more than the one box of a class");
  JudgedCase::Change change{.points = pointsFrom(fieldOf(body, "points"))};
  if (!boxes.empty()) change.box = boxes.front();
  return change;
}

std::optional<Json> answerRefine(const Request& request, Workplace& place, Job& job) {
  const auto& body = request.body;
  const std::string className = needed(body, "class");
  const JudgedCase::Change change = changeFrom(body);
  auto begin = std::chrono::steady_clock::now();
  const JudgedCase& one = place.judged.open(needed(body, "project"), needed(body, "run"),
                                            static_cast<int>(integerField(body, "round", 1, 1000).value_or(1)), needed(body, "case"), job);
  const double openMs = millisecondsSince(begin);
  const int classIndex = one.classes().indexOfName(className);
  if (classIndex < 0) refuseField("class", "names no class of the run");
  begin = std::chrono::steady_clock::now();
  const ClassPseudoLabel label = one.askedAgain(classIndex, change, job);
  std::size_t inlineBytes = place.options.limits.inlineBytes;
  Json prompts = Json::array();
  for (const auto& prompt : label.prompts) prompts.push_back(toJson(prompt));
  return Json{{"class", className},
              {"prompts", std::move(prompts)},
              {"area", label.mask.area()},
              {"score", label.score ? Json(*label.score) : Json(nullptr)},
              {"agreement", label.agreement ? Json(*label.agreement) : Json(nullptr)},
              {"mask", maskMessage(label.mask, inlineBytes, place.folder, request.id)},
              {"milliseconds", {{"open", openMs}, {"segment", millisecondsSince(begin)}}}};
}

}  // namespace

Message refineMessage() {
  return {.type = "refine",
          .sentence = "Ask a run's generalists again about a class of a case that it labelled, with prompts that a person moved",
          .fields = {{"project", "The project's folder"},
                     {"run", "The run's id"},
                     {"round", "Its round, from 1"},
                     {"case", "The name of an unlabelled case of the run"},
                     {"class", "The name of one of its classes"},
                     {"boxes", "[[x0, y0, x1, y1]]: the box; left out, the run's own"},
                     {"points", R"([{"x", "y", "positive"}, ...]; those inside, or outside, that are left out stay the run's)"}},
          .answer = answerRefine};
}

}  // namespace roundel
