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

nn::CubeNetworkOptions cubeNetworkOptions(const Json& params) {
  return {.side = params.at("side").get<int>(),
          .width = params.at("width").get<int>(),
          .levels = params.at("levels").get<int>(),
          .depth = params.at("depth").get<int>(),
          .heads = params.at("heads").get<int>(),
          .mlpDim = params.at("mlp_dim").get<int>()};
}

int dimensionsOf(const Json& params) { return params.value("dimensions", 2); }

nn::PromptPoints cubePoints(std::span<const CropPrompt> prompts) {
  struct Place {
    double z, y, x;
    nn::PointLabel label;
  };
  std::vector<std::vector<Place>> rows;
  std::size_t longest = 0;
  for (const auto& prompt : prompts) {
    auto& row = rows.emplace_back();
    for (const auto& point : prompt.points)
      row.push_back({point.z - 0.5, point.y - 0.5, point.x - 0.5, point.positive ? nn::PointLabel::Positive : nn::PointLabel::Negative});
    if (const auto& box = prompt.box) {
      row.push_back({box->z0 - 0.5, box->y0 - 0.5, box->x0 - 0.5, nn::PointLabel::TopLeft});
      row.push_back({box->z1 - 0.5, box->y1 - 0.5, box->x1 - 0.5, nn::PointLabel::BottomRight});
    } else {
      row.push_back({0, 0, 0, nn::PointLabel::Padding});
    }
    longest = std::max(longest, row.size());
  }
  const auto batch = static_cast<std::int64_t>(rows.size()), count = static_cast<std::int64_t>(longest);
  nn::PromptPoints out{torch::zeros({batch, count, 3}),
                       torch::full({batch, count}, static_cast<std::int64_t>(nn::PointLabel::Filler), torch::kLong), false};
  for (std::int64_t b = 0; b < batch; ++b) {
    const auto& row = rows[static_cast<std::size_t>(b)];
    out.hasFillers = out.hasFillers || row.size() < longest;
    for (std::size_t t = 0; t < row.size(); ++t) {
      float* const place = out.places.mutable_data_ptr<float>() + (b * count + static_cast<std::int64_t>(t)) * 3;
      place[0] = static_cast<float>(row[t].z), place[1] = static_cast<float>(row[t].y), place[2] = static_cast<float>(row[t].x);
      out.labels.mutable_data_ptr<std::int64_t>()[b * count + static_cast<std::int64_t>(t)] = static_cast<std::int64_t>(row[t].label);
    }
  }
  return out;
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

namespace {

template <class Model, class MakeNetwork>
Model modelIn(const std::filesystem::path& path, torch::Device device, int dimensions, MakeNetwork makeNetwork) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  Model model{.card = cardOf(file), .sha256 = sha256OfFile(path), .network = nullptr};
  FileSource source(file, device);
  try {
    const Json& params = model.card.plan.at("params");
    if (dimensionsOf(params) != dimensions)
      refuse(path, dimensions == 2 ? "looks at volumes, not at pictures." : "looks at pictures, not at volumes.");
    model.network = makeNetwork(source, params);
  } catch (const nlohmann::json::exception&) {
    refuse(path, "does not say what form its network has.");
  }
  return model;
}

}  // namespace

CropModel readCropModel(const std::filesystem::path& path, torch::Device device) {
  return modelIn<CropModel>(path, device, 2, [](nn::ParameterSource& source, const Json& params) {
    return std::make_shared<const nn::CropNetwork>(source, cropNetworkOptions(params));
  });
}

CubeModel readCubeModel(const std::filesystem::path& path, torch::Device device) {
  return modelIn<CubeModel>(path, device, 3, [](nn::ParameterSource& source, const Json& params) {
    return std::make_shared<const nn::CubeNetwork>(source, cubeNetworkOptions(params));
  });
}

}  // namespace roundel
