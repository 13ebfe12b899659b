#include "models/generalists/sam_3d_generalist.h"

#include <algorithm>

#include "core/error.h"
#include "core/hash.h"
#include "device/device.h"
#include "models/generalists/architectures.h"
#include "models/generalists/frozen_network.h"
#include "models/generalists/sam_3d_embedding.h"
#include "models/generalists/sam_3d_features.h"
#include "models/generalists/sam_3d_network.h"
#include "models/generalists/sam_3d_preprocessing.h"
#include "raster/resample.h"

namespace roundel {
namespace {

using torch::Tensor;

/// Raised whenever the same weights and parameters would give other answers than before.
constexpr const char* kSam3dVersion = "sam 3d 1";

using Network = FrozenNetwork<nn::Sam3d>;
using Here = Network::Here;

/// One pass of the encoder, [1, C, g, g, g].
Tensor encoded(const Here& here, torch::ScalarType products, const Sam3dEmbedding& volume, const CubeCrop& crop,
               VolumeNormalisation normalisation, const Job& job) {
  nn::Trace steps = stoppingWith(job);
  const Tensor input = sam3dInput(cropped(volume.volume, volume.frame, crop), crop.side, normalisation);
  return here.network().embed(input.to(here.device(), products), &steps).to(products);
}

std::int64_t gridOf(const nn::Sam3d& network) { return network.decoder().promptEncoder().options().grid; }
std::int64_t lowResSideOf(const nn::Sam3d& network) { return 4 * gridOf(network); }

/// Zeros where the prompt has none: the published loop of clicks, in which the network was trained, begins with them.
Tensor maskPromptOf(const Prompt& prompt, std::int64_t lowRes) {
  if (!prompt.mask) return torch::zeros({1, 1, lowRes, lowRes, lowRes});
  const LowResLogits& given = *prompt.mask;
  const Tensor logits = torch::tensor(given.values).view({1, 1, given.depth, given.height, given.width});
  return given.depth == lowRes && given.height == lowRes && given.width == lowRes
             ? logits
             : torch::upsample_trilinear3d(logits, {lowRes, lowRes, lowRes}, false);
}

}  // namespace

std::vector<ParamSpec> Sam3dGeneralist::params() {
  return {
      precisionParam(),
      {.name = "normalisation",
       .type = ParamType::Choice,
       .defaultValue = "upstream",
       .choices = {"upstream", "crop", "none"},
       .sentence =
           "Grey values have mean 0 and deviation 1 over what is above 0 in the cube, as published; over the whole cube; or stay as "
           "they are, for volumes that were normalised before."},
      {.name = "spacing_mm",
       .type = ParamType::Real,
       .defaultValue = 1.5,
       .minimum = 0,
       .maximum = 20,
       .unit = "mm",
       .sentence = "Side of a voxel as the network sees it; 0 leaves the volume's own."},
  };
}

Sam3dGeneralist::Sam3dGeneralist(InstalledModel model, const Params& params, std::string device, int threads)
    : m_model(model),
      m_params(params),
      m_network(std::make_unique<Network>(
          NetworkWish{.model = model.name, .device = std::move(device), .threads = threads, .precision = params.at("precision")},
          [model](torch::Device wanted) {
            const StateDict weights = ModelFolder::open(model);
            const auto options = sam3dOptionsOf(weights);
            if (!options)
              throw Error(ErrorKind::BadInput, "bad-weights", "The weights of " + model.name + " are not the file that was taken in.",
                          {.remedy = "Look at them with: roundel models verify " + model.name});
            return loadSam3d(*options, weights, wanted);
          })) {}

Sam3dGeneralist::~Sam3dGeneralist() = default;

GeneralistTraits Sam3dGeneralist::traits() const { return findArchitecture(m_model.architecture).traits; }

VolumeNormalisation Sam3dGeneralist::normalisation() const { return volumeNormalisation(m_params.at("normalisation")); }

std::string Sam3dGeneralist::contentHash() const {
  const bool half = m_network->products() == torch::kBFloat16;
  return sha256Hex(std::string(kSam3dVersion) + " " + m_model.sha256 + " " + m_model.architecture + " " + (half ? "bfloat16" : "float32") +
                   " " + m_params.at("normalisation").get<std::string>() + " " + Json(m_params.at("spacing_mm").get<double>()).dump());
}

MemoryPlan Sam3dGeneralist::planOn(const nn::Sam3d& network, const ComputeChoice& compute) const {
  // Some seventy values of the encoder's width for every place of a window, which is filled with zeros; measured 480 MB in
  // float32 and 600 MB in bfloat16.
  const auto& encoder = network.encoderOptions();
  const auto window = static_cast<std::uint64_t>(encoder.window);
  const std::uint64_t working = 72 * window * window * window * static_cast<std::uint64_t>(encoder.width) * sizeof(float);
  return {.neededBytes = m_model.bytes + working,
          .availableBytes = availableMemory(compute.device),
          .precision = m_network->products() == torch::kBFloat16 ? Precision::BFloat16 : Precision::Float32};
}

MemoryPlan Sam3dGeneralist::memoryPlan() const {
  const auto here = m_network->here();
  return planOn(here.network(), here.place->compute);
}

void Sam3dGeneralist::requireRoom(Job& job) const {
  ModelFolder(m_model.weights.parent_path().parent_path()).showLicence(m_model, job);
  m_network->requireRoom(job, [&](const Here& here) { return planOn(here.network(), here.place->compute); });
}

std::shared_ptr<const Embedding> Sam3dGeneralist::embed(const Image& image, Job& job) const {
  job.throwIfStopped();
  const Size size = image.geometry.size;
  if (size.z < 2 || size.x < 1 || size.y < 1)
    throw Error(ErrorKind::BadInput, "not-3d", "The generalist " + m_model.name + " looks at volumes only.",
                {.remedy = "Bring the slices as one volume: NIfTI, NRRD, MetaImage or the folder of a DICOM series."});
  requireRoom(job);
  auto made = std::make_shared<Sam3dEmbedding>();
  made->imageSize = size;
  made->frame = volumeFrame(image.geometry, m_params.at("spacing_mm").get<double>());
  made->volume = resampled(image.values, size, made->frame.resampledSize, Interpolation::Linear);
  made->hash = contentHash();
  return made;
}

std::vector<GeneralistMask> Sam3dGeneralist::segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft,
                                                     Job& job) const {
  const auto& mine = own<Sam3dEmbedding>(embedding, contentHash());
  const std::int64_t side = m_network->here().network().volumeSize();
  std::vector<Sam3dPrompt> asked;
  for (const auto& prompt : prompts) {
    requireUsable(prompt, 3);
    asked.push_back(cropPrompt(prompt, mine.frame, side, m_model.name));
  }
  std::vector<GeneralistMask> answers(prompts.size());
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    job.throwIfStopped();
    m_network->on("segmenting", job, [&](const Here& here) {
      const CubeCrop& crop = asked[i].crop;
      const Tensor features =
          mine.crops
              .of(crop, [&](const CubeCrop& wanted) { return encoded(here, m_network->products(), mine, wanted, normalisation(), job); })
              .to(here.device());
      job.throwIfStopped();
      nn::PromptPoints points = nn::promptPoints(asked[i].places, asked[i].labels, {});
      points = {points.places.to(here.device()), points.labels.to(here.device()), points.hasFillers};
      const std::int64_t lowRes = lowResSideOf(here.network());
      const nn::DecodedMasks decoded =
          here.network().decoder().segment(features, points, maskPromptOf(prompts[i], lowRes).to(here.device()), nn::MaskChoice::Single);
      GeneralistMask& answer = answers[i];
      const int cells = static_cast<int>(lowRes);
      answer.lowRes = {.width = cells, .height = cells, .depth = cells, .origin = crop.first, .values = floats(decoded.logits)};
      answer.score = std::clamp(decoded.iou.item<double>(), 0.0, 1.0);
      const auto wanted = soft == SoftMasks::Yes ? VolumeProbability::Yes : VolumeProbability::No;
      VolumeMask full = onImage(floats(sam3dMaskLogits(decoded.logits, crop.side)), mine.frame, crop, wanted);
      answer.mask = std::move(full.mask);
      answer.probability = std::move(full.probability);
    });
  }
  return answers;
}

FeatureMap Sam3dGeneralist::features(const Embedding& embedding) const {
  const auto& mine = own<Sam3dEmbedding>(embedding, contentHash());
  Job job;
  FeatureMap map;
  m_network->on("looking at a volume", job, [&](const Here& here) {
    const std::int64_t side = here.network().volumeSize(), grid = gridOf(here.network());
    map = tiledFeatures(mine.frame, side, grid,
                        [&](const CubeCrop& crop) { return encoded(here, m_network->products(), mine, crop, normalisation(), job)[0]; });
  });
  return map;
}

LowResLogits Sam3dGeneralist::maskPrompt(const Embedding& embedding, std::span<const float> probability) const {
  const auto& mine = own<Sam3dEmbedding>(embedding, contentHash());
  const auto here = m_network->here();
  const VolumeFrame& frame = mine.frame;
  // The middle of its bounds, around which the published code cuts out.
  std::vector<Mask::Run> runs;
  for (std::size_t i = 0; i < probability.size(); ++i)
    if (probability[i] > 0.5F) runs.push_back({static_cast<std::int64_t>(i), 1});
  const PixelBox box = Mask(mine.imageSize, std::move(runs)).bounds();
  if (box.empty()) return {};
  const auto middle = [](std::int64_t from, std::int64_t to) { return static_cast<double>(from + to - 1) / 2; };
  const CubeCrop crop =
      cropAround(frame.toFrame({middle(box.x0, box.x1), middle(box.y0, box.y1), middle(box.z0, box.z1)}), here.network().volumeSize());
  const torch::InferenceMode frozen;
  const std::vector<float> cube = cropped(resampled(probability, mine.imageSize, frame.resampledSize, Interpolation::Linear), frame, crop);
  // Logits of certain places are infinite; the network's own rarely pass 10. Beyond the volume there is nothing.
  const Tensor logits = torch::logit(torch::tensor(cube).nan_to_num(0), 1e-6).clamp(-10, 10);
  const int lowRes = static_cast<int>(lowResSideOf(here.network()));
  const Tensor shrunk = torch::adaptive_avg_pool3d(logits.view({1, 1, crop.side, crop.side, crop.side}), {lowRes, lowRes, lowRes});
  return {.width = lowRes, .height = lowRes, .depth = lowRes, .origin = crop.first, .values = floats(shrunk)};
}

}  // namespace roundel
