#include "rounds/pseudo_label.h"

#include <cmath>

#include "core/error.h"

namespace roundel {
namespace {

Json number(const std::optional<double>& value) { return value && std::isfinite(*value) ? Json(*value) : Json(nullptr); }

std::optional<double> optionalNumber(const Json& json, const char* name) {
  if (!json.contains(name) || json.at(name).is_null()) return std::nullopt;
  return json.at(name).get<double>();
}

}  // namespace

std::string toString(MaskOrigin origin) {
  switch (origin) {
    case MaskOrigin::None: return "none";
    case MaskOrigin::Cleaned: return "cleaned";
    case MaskOrigin::Refined: return "refined";
    case MaskOrigin::Moved: return "moved";
  }
  return "";
}

MaskOrigin maskOriginFromString(const std::string& text) {
  for (const MaskOrigin origin : {MaskOrigin::None, MaskOrigin::Cleaned, MaskOrigin::Refined, MaskOrigin::Moved})
    if (toString(origin) == text) return origin;
  throw Error(ErrorKind::BadInput, "bad-document", "Unknown origin of a mask: " + text + ".");
}

Json toJson(const CasePseudoLabels& labels) {
  Json classes = Json::array();
  for (const auto& one : labels.classes) {
    Json json = {{"origin", toString(one.origin)}, {"verdict", toString(one.verdict)}, {"decided_by_person", one.decidedByPerson}};
    json["score"] = number(one.score);
    json["agreement"] = number(one.agreement);
    json["entropy"] = number(one.entropy);
    json["stability"] = number(one.stability);
    json["disagreement"] = number(one.disagreement);
    json["probability"] = number(one.probability);
    json["estimated_dice"] = number(one.estimatedDice);
    if (!one.mask.empty()) json["mask"] = toJson(one.mask);
    if (!one.cleaned.empty()) json["cleaned"] = toJson(one.cleaned);
    Json prompts = Json::array();
    for (const auto& prompt : one.prompts) prompts.push_back(toJson(prompt));
    json["prompts"] = std::move(prompts);
    classes.push_back(std::move(json));
  }
  return {{"case", labels.caseName}, {"size", {labels.size.x, labels.size.y, labels.size.z}}, {"classes", std::move(classes)}};
}

CasePseudoLabels casePseudoLabelsFromJson(const Json& json) {
  const auto size = json.at("size").get<std::array<std::int64_t, 3>>();
  CasePseudoLabels labels{.caseName = json.at("case").get<std::string>(), .size = {size[0], size[1], size[2]}, .classes = {}};
  for (const auto& one : json.at("classes")) {
    ClassPseudoLabel label{.mask = one.contains("mask") ? maskFromJson(one["mask"]) : Mask(labels.size),
                           .cleaned = one.contains("cleaned") ? maskFromJson(one["cleaned"]) : Mask(labels.size),
                           .origin = maskOriginFromString(one.at("origin").get<std::string>())};
    for (const auto& prompt : one.at("prompts")) label.prompts.push_back(promptFromJson(prompt));
    label.score = optionalNumber(one, "score");
    label.agreement = optionalNumber(one, "agreement");
    label.entropy = optionalNumber(one, "entropy");
    label.stability = optionalNumber(one, "stability");
    label.disagreement = optionalNumber(one, "disagreement");
    label.probability = optionalNumber(one, "probability");
    label.estimatedDice = optionalNumber(one, "estimated_dice");
    label.verdict = verdictFromString(one.at("verdict").get<std::string>());
    label.decidedByPerson = one.at("decided_by_person").get<bool>();
    labels.classes.push_back(std::move(label));
  }
  return labels;
}

std::filesystem::path caseFile(const std::filesystem::path& folder, int caseIndex, const std::string& extension) {
  std::string digits = std::to_string(caseIndex);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  return folder / ("case-" + digits + extension);
}

}  // namespace roundel
