#include <chrono>
#include <cmath>

#include "core/elapsed.h"
#include "service/mask_message.h"
#include "service/message.h"
#include "service/open_cases.h"
#include "service/person_prompts.h"
#include "service/prompt_stability.h"

namespace roundel {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kClickSamples = 4;

Lane laneOf(const RequestBody& body) {
  const std::string kind = textField(body, "kind").value_or("click");
  if (kind == "hover") return Lane::Hover;
  if (kind != "click") refuseField("kind", "is neither click nor hover");
  return Lane::Click;
}

int classOf(const RequestBody& body, const OpenCase& one) {
  const auto* given = fieldOf(body, "class");
  if (given == nullptr) return 0;
  const int most = one.classes.empty() ? 65535 : one.classes.size() - 1;
  if (!given->is_string()) return static_cast<int>(*integerField(body, "class", 0, most));
  const int index = one.classes.indexOfName(given->get<std::string>());
  if (index < 0) refuseField("class", "names no class of the case's project");
  return index;
}

[[noreturn]] void refuseMask(const std::string& code, const std::string& what) {
  throw Error(ErrorKind::BadInput, code, what, {.remedy = "Prompt with a box or points first."});
}

/// A binary mask in the form in which the generalist takes one.
LowResLogits asPrompt(const OpenCase& one, const Mask& mask) {
  const auto bytes = mask.toBytes();
  const std::vector<float> soft(bytes.begin(), bytes.end());
  auto prompt = one.generalist->maskPrompt(*one.embedding, soft);
  if (prompt.values.empty()) refuseMask("no-mask-prompt", "The generalist " + one.generalist->name() + " takes no mask as a prompt.");
  return prompt;
}

std::optional<LowResLogits> maskOf(const RequestBody& body, const OpenCase& one, int classIndex) {
  const auto* given = fieldOf(body, "mask");
  if (given == nullptr) return std::nullopt;
  if (!one.generalist->traits().takesMask)
    refuseMask("no-mask-prompt", "The generalist " + one.generalist->name() + " takes no mask as a prompt.");
  if (!given->is_string()) return asPrompt(one, maskFromMessage(*given, one.geometry.size));
  if (*given != "previous") refuseField("mask", R"(is neither "previous" nor a mask)");
  const auto found = one.previous.find(classIndex);
  if (found == one.previous.end()) refuseMask("no-previous-mask", "No click on this class of the case was answered yet.");
  return found->second.lowRes.values.empty() ? asPrompt(one, found->second.mask) : found->second.lowRes;
}

std::vector<Prompt> promptsFrom(const RequestBody& body, const OpenCase& one) {
  const int classIndex = classOf(body, one);
  auto prompts = promptsOf(classIndex, boxesFrom(fieldOf(body, "boxes")), pointsFrom(fieldOf(body, "points")));
  if (auto mask = maskOf(body, one, classIndex)) {
    if (prompts.size() > 1)
      throw Error(ErrorKind::BadInput, "bad-prompt", "One mask goes with several boxes.", {.remedy = "Give one box."});
    prompts.front().mask = std::move(*mask);
  }
  for (const auto& prompt : prompts) {
    requireUsable(prompt);
    requireOnImage(prompt, one.geometry.size);
  }
  return prompts;
}

std::optional<Json> answerPrompt(const Request& request, Workplace& place, Job& job) {
  const auto& body = request.body;
  const RequestId caseId = requiredId(body, "case_id");
  OpenCase& one = place.cases.find(caseId);
  const auto prompts = promptsFrom(body, one);
  const bool click = request.lane == Lane::Click;
  const auto samples = integerField(body, "stability", 0, 64).value_or(click ? kClickSamples : 0);
  auto begin = Clock::now();
  auto answers = one.generalist->segment(*one.embedding, prompts, SoftMasks::No, job);
  const double segmentMs = millisecondsSince(begin);
  begin = Clock::now();
  std::vector<std::optional<double>> stability(prompts.size());
  if (samples > 0) stability = promptStability(*one.generalist, *one.embedding, prompts, answers, static_cast<int>(samples), job);
  const double stabilityMs = millisecondsSince(begin);

  std::size_t inlineBytes = place.options.limits.inlineBytes;
  Json masks = Json::array();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Mask& mask = answers[i].mask;
    const PixelBox box = mask.bounds();
    masks.push_back({{"area", mask.area()},
                     {"bounds", mask.empty() ? Json(nullptr) : Json{box.x0, box.y0, box.x1, box.y1}},
                     {"score", std::isfinite(answers[i].score) ? Json(answers[i].score) : Json(nullptr)},
                     {"stability_score", std::isfinite(answers[i].stability) ? Json(answers[i].stability) : Json(nullptr)},
                     {"stability", stability[i] ? Json(*stability[i]) : Json(nullptr)},
                     {"mask", maskMessage(mask, inlineBytes, place.folder, caseId)}});
  }
  const int classIndex = prompts.front().classIndex;
  Json result = {{"case_id", caseId.json()},
                 {"kind", click ? "click" : "hover"},
                 {"class", classIndex},
                 {"generalist_sha256", one.generalist->contentHash()},
                 {"masks", std::move(masks)},
                 {"milliseconds", {{"segment", segmentMs}, {"stability", samples > 0 ? Json(stabilityMs) : Json(nullptr)}}}};
  if (click && answers.size() == 1) one.previous[classIndex] = {std::move(answers[0].mask), std::move(answers[0].lowRes)};
  return result;
}

}  // namespace

Message promptMessage() {
  return {.type = "prompt",
          .sentence = "Ask for masks from boxes, points and a mask",
          .fields = {{"case_id", "The id of the request that opened the case"},
                     {"boxes", "[[x0, y0, x1, y1], ...], x1 and y1 exclusive; one mask a box"},
                     {"points", R"([{"x", "y", "positive"}, ...])"},
                     {"mask", R"("previous", or a mask on the image's grid)"},
                     {"class", "Index, or name in the project; 0 where it is left out"},
                     {"kind", "click or hover"},
                     {"stability", "How many moved versions of the prompt are asked; 0 for none"}},
          .answer = answerPrompt,
          .lane = laneOf};
}

}  // namespace roundel
