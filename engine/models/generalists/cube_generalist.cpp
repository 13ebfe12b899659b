#include "models/generalists/cube_generalist.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/hash.h"
#include "models/generalists/cube_asker.h"
#include "models/generalists/frozen_network.h"
#include "raster/volume_slices.h"

namespace roundel {
namespace {

using torch::Tensor;
using CubeNetworkHere = FrozenNetwork<CubeModel>;

/// Another text whenever the same weights would give other answers than before.
constexpr const char* kCubeVersion = "cube 3";
constexpr int kCubeFeatureSide = 96;

/// How thick voxels are, over their shortest side; all alike where the image does not know.
std::array<double, 3> thicknessOf(const Geometry& geometry) {
  std::array<double, 3> thick{1, 1, 1};
  const auto& mm = geometry.spacingMm;
  const double least = std::min({mm[0], mm[1], mm[2]});
  if (!(least > 0) || !std::isfinite(mm[0] + mm[1] + mm[2])) return thick;
  for (std::size_t a = 0; a < 3; ++a) thick[a] = std::min(20.0, mm[a] / least);
  return thick;
}

}  // namespace

struct CubeGeneralist::Seen {
  CubeNetworkHere network;
};

std::vector<ParamSpec> CubeGeneralist::params() {
  return {precisionParam(),
          {.name = "views",
           .type = ParamType::Integer,
           .defaultValue = 2,
           .minimum = 1,
           .maximum = 8,
           .sentence = "Of every cube, averaged: as it is, and mirrored along one, two and three axes; each takes as long as the first."}};
}

CubeGeneralist::CubeGeneralist(ShippedModel model, const Params& params, std::string device, int threads)
    : m_model(std::move(model)),
      m_params(params),
      m_seen(new Seen{
          CubeNetworkHere({.model = m_model.name, .device = std::move(device), .threads = threads, .precision = params.at("precision")},
                          [weights = m_model.weights](torch::Device wanted) {
                            return std::make_shared<const CubeModel>(readCubeModel(weights, wanted));
                          })}) {}

CubeGeneralist::~CubeGeneralist() = default;

int CubeGeneralist::views() const { return m_params.at("views").get<int>(); }

std::string CubeGeneralist::contentHash() const {
  const auto here = m_seen->network.here();
  return sha256Hex(std::string(kCubeVersion) + " " + here.network().sha256 + " " +
                   (m_seen->network.products() == torch::kBFloat16 ? "bfloat16" : "float32") + " " + m_params.at("views").dump());
}

MemoryPlan CubeGeneralist::memoryPlan() const {
  const auto here = m_seen->network.here();
  const auto& form = here.network().network->options();
  // Four cubes at once, and the whole volume's features: the finest level weighs most.
  const auto voxels = static_cast<std::uint64_t>(
      std::max(4 * views() * form.side * form.side * form.side, kCubeFeatureSide * kCubeFeatureSide * kCubeFeatureSide));
  return {.neededBytes = (std::uint64_t{16} << 20) + voxels * static_cast<std::uint64_t>(form.width) * 4 * 6,
          .availableBytes = availableMemory(here.place->compute.device),
          .promptsAtOnce = 1,
          .precision = m_seen->network.products() == torch::kBFloat16 ? Precision::BFloat16 : Precision::Float32};
}

std::shared_ptr<const Embedding> CubeGeneralist::embed(const Image& image, Job& job) const {
  job.throwIfStopped();
  const Size size = image.geometry.size;
  if (size.z < 2 || size.x < 1 || size.y < 1 || image.values.size() != static_cast<std::size_t>(size.count()))
    throw Error(ErrorKind::BadInput, "not-3d", "The generalist " + m_model.name + " looks at volumes only.",
                {.remedy = "Bring the slices as one volume: NIfTI, NRRD, MetaImage or the folder of a DICOM series."});
  requireRoom(job);
  auto made = std::make_shared<CubeEmbedding>();
  made->grey = greyOf(image.values);  // volumes keep the values of their modality (raster/pixel_pipeline.h)
  made->imageSize = size;
  made->thickness = thicknessOf(image.geometry);
  made->hash = contentHash();
  return made;
}

std::vector<GeneralistMask> CubeGeneralist::segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft,
                                                    Job& job) const {
  const auto& mine = own<CubeEmbedding>(embedding, contentHash());
  for (const auto& prompt : prompts) requireUsable(prompt, 3);
  std::vector<GeneralistMask> answers;
  for (const auto& prompt : prompts) {
    job.throwIfStopped();
    m_seen->network.on("segmenting", job, [&](const CubeNetworkHere::Here& here) {
      const torch::InferenceMode frozen;
      answers.push_back(CubeAsker(mine, here.network(), {.device = here.device(), .products = m_seen->network.products(), .views = views()})
                            .answer(prompt, soft));
    });
  }
  return answers;
}

FeatureMap CubeGeneralist::features(const Embedding& embedding) const {
  const auto& mine = own<CubeEmbedding>(embedding, contentHash());
  const torch::InferenceMode frozen;
  const auto here = m_seen->network.here();
  const auto& network = *here.network().network;
  const std::int64_t cell = std::int64_t{1} << network.options().levels;
  const Size shown = reducedVolume(mine.imageSize, kCubeFeatureSide);
  const auto rounded = [&](std::int64_t length) { return std::max<std::int64_t>(1, (length + cell / 2) / cell) * cell; };
  const std::vector<std::int64_t> grid{rounded(shown.z), rounded(shown.y), rounded(shown.x)};
  const Tensor whole =
      torch::from_blob(const_cast<float*>(mine.grey.data()), {1, 1, mine.imageSize.z, mine.imageSize.y, mine.imageSize.x}, torch::kFloat);
  Tensor grey = torch::upsample_trilinear3d(whole, grid, false);
  grey = (grey - grey.mean()) / (grey.std(false) + 1e-3);
  Tensor input = torch::zeros({1, nn::kCropChannels, grid[0], grid[1], grid[2]});
  input.narrow(1, 0, 1).copy_(grey);
  const auto levels = network.encode(input.to(here.device(), m_seen->network.products()));
  Tensor map = levels.back()[0].to(torch::kCPU, torch::kFloat);
  // What all places share says nothing about any of them.
  map = map - map.mean(std::vector<std::int64_t>{1, 2, 3}, true);
  map = map / map.norm(2, 0, true).clamp_min(1e-6);
  return {.channels = static_cast<int>(map.size(0)), .size = {map.size(3), map.size(2), map.size(1)}, .values = floats(map)};
}

LowResLogits CubeGeneralist::maskPrompt(const Embedding& embedding, std::span<const float> probability) const {
  const Size size = own<CubeEmbedding>(embedding, contentHash()).imageSize;
  const torch::InferenceMode frozen;
  const Size low = reducedVolume(size, kCubeLowResSide);
  const Tensor soft = torch::from_blob(const_cast<float*>(probability.data()), {1, 1, size.z, size.y, size.x}, torch::kFloat);
  const Tensor logits = torch::adaptive_avg_pool3d(torch::logit(soft, 1e-6).clamp(kCubeNowhere, -kCubeNowhere), {low.z, low.y, low.x});
  return {.width = static_cast<int>(low.x), .height = static_cast<int>(low.y), .depth = static_cast<int>(low.z), .values = floats(logits)};
}

}  // namespace roundel
