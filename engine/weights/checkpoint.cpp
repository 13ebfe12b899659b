#include "weights/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

constexpr const char* kFormat = "roundel.checkpoint/";
constexpr int kVersion = 1;

[[noreturn]] void refuse(const SafetensorsFile& file, const std::string& message) {
  const std::string shown = displayPath(file.path());
  throw Error(ErrorKind::BadInput, "bad-weights", shown + " " + message, {.path = shown});
}

void checkFormat(const SafetensorsFile& file) {
  const std::string format = file.metadata().value("format", "");
  int version = 0;
  if (format.starts_with(kFormat)) {
    const std::string digits = format.substr(std::string(kFormat).size());
    std::from_chars(digits.data(), digits.data() + digits.size(), version);
  }
  if (version > kVersion)
    throw Error(ErrorKind::Locked, "schema-newer", displayPath(file.path()) + " was written by a newer version of Roundel.",
                {.path = displayPath(file.path()), .remedy = "Update Roundel to use it."});
  if (version < 1 || !file.metadata().contains("header")) refuse(file, "is no checkpoint of a specialist.");
}

}  // namespace

Json toJson(const CheckpointHeader& header) {
  Json json{{"specialist", header.specialist},
            {"options", header.options},
            {"classes", toJson(header.classes)},
            {"width", header.width},
            {"height", header.height},
            {"mean", header.mean},
            {"deviation", header.deviation},
            {"pixel_pipeline", header.pixelPipeline},
            {"plan", header.plan},
            {"hashes", header.hashes},
            {"environment", header.environment},
            {"training", header.training}};
  if (header.depth > 1) json["depth"] = header.depth, json["spacing_mm"] = header.spacingMm;
  return json;
}

void writeCheckpoint(const std::filesystem::path& path, CheckpointHeader header, const std::vector<NamedTensor>& weights) {
  header.hashes["weights"] = contentSha256(weights);
  writeSafetensors(path, weights, {{"format", kFormat + std::to_string(kVersion)}, {"header", toJson(header)}});
}

CheckpointHeader parseCheckpointHeader(const SafetensorsFile& file) {
  checkFormat(file);
  CheckpointHeader header;
  try {
    const Json json = Json::parse(file.metadata()["header"].get<std::string>());
    header.specialist = json.at("specialist").get<std::string>();
    header.options = json.at("options");
    header.classes = labelSetFromJson(json.at("classes"));
    header.width = json.at("width").get<int>();
    header.height = json.at("height").get<int>();
    header.depth = json.value("depth", 1);
    header.spacingMm = json.value("spacing_mm", std::array<double, 3>{});
    header.mean = json.at("mean").get<double>();
    header.deviation = json.at("deviation").get<double>();
    header.pixelPipeline = json.at("pixel_pipeline");
    header.plan = json.at("plan");
    header.hashes = json.at("hashes");
    header.environment = json.at("environment");
    header.training = json.at("training");
  } catch (const nlohmann::json::exception&) {
    refuse(file, "has a header that cannot be understood.");
  }
  const auto bad = [](double spacing) { return !(spacing >= 0) || spacing > 1e3; };
  if (header.depth < 1 || header.depth > 1 << 14 || std::any_of(header.spacingMm.begin(), header.spacingMm.end(), bad))
    refuse(file, "has a header with impossible sizes or numbers.");
  const bool sound = header.width >= 16 && header.height >= 16 && header.width <= 1 << 14 && header.height <= 1 << 14 &&
                     !header.classes.empty() && std::isfinite(header.mean) && std::isfinite(header.deviation) && header.deviation > 0;
  if (!sound) refuse(file, "has a header with impossible sizes or numbers.");
  return header;
}

CheckpointHeader readCheckpointHeader(const SafetensorsFile& file) {
  CheckpointHeader header = parseCheckpointHeader(file);
  std::vector<NamedTensor> weights;
  for (const auto& [name, view] : file.tensors()) weights.push_back({name, view});
  if (contentSha256(weights) != header.weightsSha256()) refuse(file, "is damaged: its weights are not those it was written with.");
  return header;
}

}  // namespace roundel
