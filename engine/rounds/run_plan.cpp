#include "rounds/run_plan.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"

namespace roundel {
namespace {

/// Paths are bytes; JSON is UTF-8. What is no UTF-8 is written as hexadecimal.
Json pathToJson(const std::string& path) {
  if (isUtf8(path)) return path;
  std::string digits;
  for (const unsigned char byte : path) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return {{"bytes", digits}};
}

std::string pathFromJson(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  const auto digits = json.at("bytes").get<std::string>();
  std::string path;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) path += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return path;
}

}  // namespace

std::vector<int> RunPlan::casesOf(SplitPart part) const {
  std::vector<int> indices;
  for (std::size_t i = 0; i < cases.size(); ++i)
    if (cases[i].part == part && !leftOut.contains(static_cast<int>(i))) indices.push_back(static_cast<int>(i));
  return indices;
}

Json toJson(const RunPlan& plan) {
  Json cases = Json::array();
  for (const auto& one : plan.cases) {
    cases.push_back({{"name", one.name},
                     {"split", toString(one.part)},
                     {"image", pathToJson(one.imagePath)},
                     {"pixel_pipeline", one.pixelPipeline},
                     {"size", {one.size.x, one.size.y, one.size.z}},
                     {"annotation_sha256", one.annotationHash ? Json(*one.annotationHash) : Json(nullptr)}});
    if (!one.modality.empty()) cases.back()["modality"] = one.modality;
  }
  Json json = {{"schema", "roundel.plan/1"},      {"id", plan.id},
               {"strategy", plan.strategy},       {"preset", plan.preset},
               {"rounds", plan.rounds},           {"seed", plan.seed},
               {"generalists", plan.generalists}, {"control", plan.control ? "supervised" : "none"},
               {"run_params", plan.runParams},    {"train_params", plan.trainParams},
               {"classes", toJson(plan.classes)}, {"width", plan.width},
               {"height", plan.height},           {"cases", std::move(cases)}};
  if (plan.volumes) json["kind"] = "volumes";
  if (!plan.generalistParams.empty()) json["generalist_params"] = plan.generalistParams;  // left out, so that older plans keep their hash
  return json;
}

RunPlan runPlanFromJson(const Json& json) {
  if (json.value("schema", "") != "roundel.plan/1")
    throw Error(ErrorKind::BadInput, "bad-plan", "This is not a plan of a run that this version understands.");
  RunPlan plan{.id = json.at("id").get<std::string>(),
               .strategy = json.at("strategy").get<std::string>(),
               .preset = json.at("preset").get<std::string>(),
               .rounds = json.at("rounds").get<int>(),
               .seed = json.at("seed").get<std::uint64_t>(),
               .generalists = json.at("generalists").get<std::vector<std::string>>(),
               .generalistParams = json.value("generalist_params", Json::object()),
               .control = json.at("control").get<std::string>() == "supervised",
               .runParams = json.at("run_params"),
               .trainParams = json.at("train_params"),
               .classes = labelSetFromJson(json.at("classes")),
               .width = json.at("width").get<int>(),
               .height = json.at("height").get<int>(),
               .volumes = json.value("kind", "") == "volumes",
               .cases = {}};
  for (const auto& one : json.at("cases")) {
    const auto size = one.at("size").get<std::array<std::int64_t, 3>>();
    PlannedCase planned{.name = one.at("name").get<std::string>(),
                        .part = splitPartFromString(one.at("split").get<std::string>()),
                        .imagePath = pathFromJson(one.at("image")),
                        .pixelPipeline = one.at("pixel_pipeline"),
                        .size = {size[0], size[1], size[2]},
                        .annotationHash = std::nullopt,
                        .modality = one.value("modality", "")};
    if (!one.at("annotation_sha256").is_null()) planned.annotationHash = one["annotation_sha256"].get<std::string>();
    plan.cases.push_back(std::move(planned));
  }
  return plan;
}

std::string planHash(const RunPlan& plan) {
  Json json = toJson(plan);
  json.erase("id");
  return sha256Hex(json.dump());
}

Size workingSize(const std::vector<Size>& imageSizes, std::int64_t longSide) {
  if (imageSizes.empty()) return {longSide, longSide, 1};
  std::vector<double> aspects;
  for (const auto& size : imageSizes) aspects.push_back(static_cast<double>(size.x) / static_cast<double>(size.y));
  std::nth_element(aspects.begin(), aspects.begin() + static_cast<std::ptrdiff_t>(aspects.size() / 2), aspects.end());
  const double aspect = aspects[aspects.size() / 2];
  const auto rounded = [](double side) { return std::max<std::int64_t>(32, 16 * std::llround(side / 16.0)); };
  const double side = static_cast<double>(longSide);
  return aspect >= 1 ? Size{rounded(side), rounded(side / aspect), 1} : Size{rounded(side * aspect), rounded(side), 1};
}

}  // namespace roundel
