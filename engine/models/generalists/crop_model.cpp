#include "models/generalists/crop_model.h"

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "models/generalists/crop_model_card.h"

namespace roundel {
namespace {

constexpr const char* kFormat = "roundel.generalist/1";

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorKind::BadInput, "bad-weights", displayPath(path) + " " + why, {.path = displayPath(path)});
}

/// A file's tensors as float32.
class FileSource : public nn::ParameterSource {
 public:
  FileSource(const SafetensorsFile& file, torch::Device device) : m_file(file), m_device(device) {}
  torch::Tensor take(const nn::ParameterShape& wanted) override {
    torch::Tensor value = torch::empty(wanted.shape, torch::kFloat);
    readInto(m_file, "", {{wanted.key, value}});
    return value.to(m_device);
  }

 private:
  const SafetensorsFile& m_file;
  torch::Device m_device;
};

CropModelCard cardOf(const SafetensorsFile& file) {
  if (file.metadata().value("format", "") != kFormat) refuse(file.path(), "is no generalist that Roundel trained.");
  try {
    const auto parsed = [&](const char* part) { return Json::parse(file.metadata().at(part).get<std::string>()); };
    return {.name = file.metadata().at("name").get<std::string>(),
            .plan = parsed("plan"),
            .curve = parsed("curve"),
            .environment = parsed("environment")};
  } catch (const nlohmann::json::exception&) {
    refuse(file.path(), "has a card that cannot be read.");
  }
}

}  // namespace

nn::CropNetworkOptions cropNetworkOptions(const Json& params) {
  return {.side = params.at("side").get<int>(),
          .width = params.at("width").get<int>(),
          .levels = params.at("levels").get<int>(),
          .deep = params.at("deep").get<int>(),
          .depth = params.at("depth").get<int>(),
          .heads = params.at("heads").get<int>(),
          .mlpDim = params.at("mlp_dim").get<int>()};
}

nn::FramePrompt framed(const CropPrompt& prompt) {
  // The prompt encoder counts from the middle of the first pixel.
  nn::FramePrompt out;
  for (const auto& point : prompt.points)
    out.points.push_back({point.x - 0.5, point.y - 0.5, point.positive ? nn::PointLabel::Positive : nn::PointLabel::Negative});
  if (prompt.box) out.box = nn::FrameBox{prompt.box->x0 - 0.5, prompt.box->y0 - 0.5, prompt.box->x1 - 0.5, prompt.box->y1 - 0.5};
  return out;
}

void writeCropModel(const std::filesystem::path& path, const NamedTorchTensors& weights, const CropModelCard& card) {
  NamedTorchTensors halves;
  for (const auto& [name, value] : weights) halves.emplace_back(name, value.to(torch::kHalf));
  const TensorsForFile written = forFile(halves);
  writeSafetensors(
      path, written.named,
      {{"format", kFormat}, {"name", card.name}, {"plan", card.plan}, {"curve", card.curve}, {"environment", card.environment}});
}

CropModelCard readCropModelCard(const std::filesystem::path& path) { return cardOf(SafetensorsFile::open(path)); }

Json cropModelParams(const std::filesystem::path& path) { return readCropModelCard(path).plan.at("params"); }

CropModel readCropModel(const std::filesystem::path& path, torch::Device device) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  CropModel model{.card = cardOf(file), .sha256 = sha256OfFile(path), .network = nullptr};
  FileSource source(file, device);
  try {
    model.network = std::make_shared<const nn::CropNetwork>(source, cropNetworkOptions(model.card.plan.at("params")));
  } catch (const nlohmann::json::exception&) {
    refuse(path, "does not say what form its network has.");
  }
  return model;
}

}  // namespace roundel
