#include "models/generalists/crop_generalist.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/hash.h"
#include "models/generalists/crop_asker.h"
#include "models/generalists/frozen_network.h"

namespace roundel {
namespace {

using torch::Tensor;
using Network = FrozenNetwork<CropModel>;

/// Another text whenever the same weights would give other answers than before.
constexpr const char* kCropVersion = "crop 2";
constexpr int kFeatureSide = 512;

}  // namespace

struct CropGeneralist::Seen {
  Network network;
};

std::vector<ParamSpec> CropGeneralist::params() {
  return {precisionParam(),
          {.name = "looks",
           .type = ParamType::Integer,
           .defaultValue = 1,
           .minimum = 1,
           .maximum = 4,
           .sentence = "How often it looks: each time at what it found before, kept where it thinks better of it."},
          {.name = "views",
           .type = ParamType::Integer,
           .defaultValue = 2,
           .minimum = 1,
           .maximum = 4,
           .sentence =
               "Of every crop, averaged: as it is, mirrored left to right, upside down, both; each takes nearly as long as the first."}};
}

CropGeneralist::CropGeneralist(ShippedModel model, const Params& params, std::string device, int threads)
    : m_model(std::move(model)),
      m_params(params),
      m_seen(new Seen{Network({.model = m_model.name, .device = std::move(device), .threads = threads, .precision = params.at("precision")},
                              [weights = m_model.weights](torch::Device wanted) {
                                return std::make_shared<const CropModel>(readCropModel(weights, wanted));
                              })}) {}

CropGeneralist::~CropGeneralist() = default;

std::string CropGeneralist::contentHash() const {
  const auto here = m_seen->network.here();
  return sha256Hex(std::string(kCropVersion) + " " + here.network().sha256 + " " +
                   (m_seen->network.products() == torch::kBFloat16 ? "bfloat16" : "float32") + " " + m_params.at("looks").dump() + " " +
                   m_params.at("views").dump());
}

MemoryPlan CropGeneralist::memoryPlan() const {
  const auto here = m_seen->network.here();
  const auto& form = here.network().network->options();
  // Five crops at once in each view, and the whole picture's features: the finest level weighs most.
  const auto pixels =
      static_cast<std::uint64_t>(std::max(5 * m_params.at("views").get<int>() * form.side * form.side, kFeatureSide * kFeatureSide));
  return {.neededBytes = (std::uint64_t{16} << 20) + pixels * static_cast<std::uint64_t>(form.width) * 4 * 8,
          .availableBytes = availableMemory(here.place->compute.device),
          .promptsAtOnce = 1,
          .precision = m_seen->network.products() == torch::kBFloat16 ? Precision::BFloat16 : Precision::Float32};
}

std::shared_ptr<const Embedding> CropGeneralist::embed(const Image& image, Job& job) const {
  job.throwIfStopped();
  const Size size = image.geometry.size;
  if (size.z != 1 || size.x < 1 || size.y < 1 || image.values.size() != static_cast<std::size_t>(size.count()))
    throw Error(ErrorKind::BadInput, "not-2d", "The generalist " + m_model.name + " looks at single pictures only.",
                {.remedy = "Give a picture, or a generalist that looks at volumes (roundel --json models list says its dimensions)."});
  requireRoom(job);
  auto made = std::make_shared<CropEmbedding>();
  made->grey = image.values;
  for (auto& value : made->grey) value = std::isfinite(value) ? std::clamp(value, 0.0F, 1.0F) : 0.0F;
  made->imageSize = size;
  made->hash = contentHash();
  return made;
}

std::vector<GeneralistMask> CropGeneralist::segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft,
                                                    Job& job) const {
  const auto& mine = own<CropEmbedding>(embedding, contentHash());
  for (const auto& prompt : prompts) requireUsable(prompt);
  std::vector<GeneralistMask> answers;
  for (const auto& prompt : prompts) {
    job.throwIfStopped();
    m_seen->network.on("segmenting", job, [&](const Network::Here& here) {
      const CropAsker asker(
          mine, here.network(),
          {.pieces = {.device = here.device(), .products = m_seen->network.products(), .views = m_params.at("views").get<int>()},
           .looks = m_params.at("looks").get<int>()});
      GeneralistMask answer = asker.answer(prompt, soft);
      answers.push_back(std::move(answer));
    });
  }
  return answers;
}

FeatureMap CropGeneralist::features(const Embedding& embedding) const {
  const auto& mine = own<CropEmbedding>(embedding, contentHash());
  const torch::InferenceMode frozen;
  const auto here = m_seen->network.here();
  const auto& network = *here.network().network;
  const std::int64_t cell = std::int64_t{1} << network.options().levels;
  const Size shown = reducedSize(mine.imageSize, kFeatureSide);
  const auto rounded = [&](std::int64_t length) { return std::max<std::int64_t>(2, (length + cell / 2) / cell) * cell; };
  const Size grid{rounded(shown.x), rounded(shown.y), 1};
  const Tensor whole = torch::from_blob(const_cast<float*>(mine.grey.data()), {1, 1, mine.imageSize.y, mine.imageSize.x}, torch::kFloat);
  Tensor grey = at::_upsample_bilinear2d_aa(whole, {grid.y, grid.x}, false);
  grey = (grey - grey.mean()) / (grey.std(false) + 1e-3);
  Tensor input = torch::zeros({1, nn::kCropChannels, grid.y, grid.x});
  input.narrow(1, 0, 1).copy_(grey);
  const auto levels = network.encode(input.to(here.device(), m_seen->network.products()));
  Tensor map = levels.back()[0].to(torch::kCPU, torch::kFloat);
  // What all places share says nothing about any of them.
  map = map - map.mean(std::vector<std::int64_t>{1, 2}, true);
  map = map / map.norm(2, 0, true).clamp_min(1e-6);
  return {.channels = static_cast<int>(map.size(0)), .size = {map.size(2), map.size(1), 1}, .values = floats(map)};
}

LowResLogits CropGeneralist::maskPrompt(const Embedding& embedding, std::span<const float> probability) const {
  const Size size = own<CropEmbedding>(embedding, contentHash()).imageSize;
  const torch::InferenceMode frozen;
  const Size low = reducedSize(size, kCropLowResSide);
  const Tensor soft = torch::from_blob(const_cast<float*>(probability.data()), {1, 1, size.y, size.x}, torch::kFloat);
  const Tensor logits = at::_upsample_bilinear2d_aa(torch::logit(soft, 1e-6).clamp(kCropNowhere, -kCropNowhere), {low.y, low.x}, false);
  return {.width = static_cast<int>(low.x), .height = static_cast<int>(low.y), .values = floats(logits)};
}

}  // namespace roundel
