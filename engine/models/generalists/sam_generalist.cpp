#include "models/generalists/sam_generalist.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/hash.h"
#include "device/device.h"
#include "device/torch_errors.h"
#include "models/generalists/architectures.h"
#include "models/generalists/feature_parts.h"
#include "models/generalists/frozen_network.h"
#include "models/generalists/image_predictor.h"
#include "models/generalists/network_embedding.h"
#include "models/generalists/prompt_passes.h"

namespace roundel {
namespace {

using torch::Tensor;

using Predictor = FrozenNetwork<ImagePredictor>;

struct SamEmbedding : NetworkEmbedding {
  std::vector<Tensor> features;  ///< on the device that made them, in the type of the products
  mutable std::mutex mutex;
  mutable std::shared_ptr<const PreparedPicture> prepared;       ///< made at the first prompt
  mutable std::shared_ptr<const NetworkPlace> preparedFor = {};  ///< the place in whose memory it lies

  /// The same for every picture, however small. `prepared` adds three and a half times the first feature (nn::TwoWayImage).
  std::uint64_t bytes() const override {
    std::uint64_t sum = features.empty() ? 0 : 7 * features.front().nbytes() / 2;
    for (const Tensor& feature : features) sum += feature.nbytes();
    return sum;
  }
};

std::shared_ptr<const PreparedPicture> preparedOf(const SamEmbedding& embedding, const Predictor::Here& here) {
  const std::lock_guard lock(embedding.mutex);
  if (embedding.preparedFor != here.place) {
    std::vector<Tensor> features;
    for (const Tensor& feature : embedding.features) features.push_back(feature.to(here.device()));
    embedding.prepared = std::make_shared<const PreparedPicture>(here.network().prepare(features));
    embedding.preparedFor = here.place;
  }
  return embedding.prepared;
}

LowResLogits lowResOf(const Tensor& logits) {
  return {.width = static_cast<int>(logits.size(-1)), .height = static_cast<int>(logits.size(-2)), .values = floats(logits)};
}

Mask maskOf(const Tensor& inside, Size size) {
  const Tensor bytes = inside.to(torch::kCPU, torch::kByte).contiguous();
  return Mask::fromBytes(size, {bytes.const_data_ptr<std::uint8_t>(), static_cast<std::size_t>(bytes.numel())});
}

std::int64_t gridOf(const ImagePredictor& predictor) { return predictor.featureShapes().front().shape.back(); }
std::int64_t lowResSideOf(const ImagePredictor& predictor) { return 4 * gridOf(predictor); }

/// SAM's stability score: how little of the mask goes when the threshold of its logits is moved from -1 to +1. NaN where nothing is left.
double stabilityOf(const Tensor& probability) {
  constexpr double kBelow = 0.2689414213699951, kAbove = 0.7310585786300049;  // sigmoid of -1 and +1
  const auto area = [&](double least) { return (probability > least).sum().item<double>(); };
  const double wide = area(kBelow);
  return wide > 0 ? area(kAbove) / wide : std::nan("");
}

GeneralistMask answerFrom(const ImagePredictor& predictor, const Tensor& logits, double iou, Size size, SoftMasks soft) {
  const FullMask full = predictor.atFullSize(logits, predictor.placement(size));
  return {.mask = maskOf(full.inside, size),
          .score = std::clamp(iou, 0.0, 1.0),
          .stability = stabilityOf(full.probability),
          .lowRes = lowResOf(predictor.asMaskPrompt(logits)),
          .probability = soft == SoftMasks::Yes ? floats(full.probability) : std::vector<float>()};
}

}  // namespace

/// What segment() was asked.
struct SamGeneralist::Question {
  const SamEmbedding& embedding;
  std::span<const Prompt> prompts;
  GeneralistTraits can;
  SoftMasks soft;
};

std::vector<ParamSpec> SamGeneralist::params() {
  return {
      precisionParam(),
      {.name = "mask",
       .type = ParamType::Choice,
       .defaultValue = "automatic",
       .choices = {"automatic", "single", "best"},
       .sentence =
           "Which of the decoder's masks answers: the single one, the best of three readings, or that for one or two points alone."},
  };
}

SamGeneralist::SamGeneralist(InstalledModel model, const Params& params, std::string device, int threads)
    : SamGeneralist(model, params,
                    {.model = model.name, .device = std::move(device), .threads = threads, .precision = params.at("precision")},
                    [model](torch::Device wanted) { return loadPredictor(model, ModelFolder::open(model), wanted); }) {}

SamGeneralist::SamGeneralist(InstalledModel model, const Params& params, NetworkWish wish,
                             std::function<std::shared_ptr<const ImagePredictor>(torch::Device)> load)
    : m_model(std::move(model)), m_params(params), m_predictor(std::make_unique<Predictor>(std::move(wish), std::move(load))) {}

SamGeneralist::~SamGeneralist() = default;

GeneralistTraits SamGeneralist::traits() const { return findArchitecture(m_model.architecture).traits; }

std::string SamGeneralist::contentHash() const {
  const auto here = m_predictor->here();
  return sha256Hex(here.network().version() + " " + m_model.sha256 + " " + m_model.architecture + " " +
                   (m_predictor->products() == torch::kBFloat16 ? "bfloat16" : "float32") + " " + m_params.at("mask").get<std::string>());
}

MemoryPlan SamGeneralist::planFor(const ImagePredictor& predictor, const ComputeChoice& compute) const {
  // The weights count as well: the first use reads them in, and products in bfloat16 keep a copy of half the size.
  const bool half = m_predictor->products() == torch::kBFloat16;
  const std::uint64_t needed = m_model.bytes + (half ? m_model.bytes / 2 : 0) + predictor.workingBytes();
  const std::uint64_t available = availableMemory(compute.device);
  return {.neededBytes = needed,
          .availableBytes = available,
          .promptsAtOnce = promptsAtOnce(available > needed ? available - needed : 0),
          .precision = half ? Precision::BFloat16 : Precision::Float32};
}

MemoryPlan SamGeneralist::memoryPlan() const {
  const auto here = m_predictor->here();
  return planFor(here.network(), here.place->compute);
}

void SamGeneralist::requireRoom(Job& job) const {
  ModelFolder(m_model.weights.parent_path().parent_path()).showLicence(m_model, job);
  m_predictor->requireRoom(job, [&](const Predictor::Here& here) { return planFor(here.network(), here.place->compute); });
}

std::shared_ptr<const Embedding> SamGeneralist::embed(const Image& image, Job& job) const {
  job.throwIfStopped();
  if (image.geometry.size.z != 1 || image.width() < 1 || image.height() < 1)
    throw Error(ErrorKind::BadInput, "not-2d", "The generalist " + m_model.name + " looks at single pictures only.",
                {.remedy = "Give a picture, or a generalist that looks at volumes (roundel --json models list says its dimensions)."});
  requireRoom(job);
  auto made = std::make_shared<SamEmbedding>();
  m_predictor->on("embedding an image", job, [&](const Predictor::Here& here) {
    const Tensor input = here.network().input(image).to(here.device(), m_predictor->products());
    made->features.clear();
    nn::Trace steps = stoppingWith(job);
    for (const Tensor& feature : here.network().encode(input, &steps)) made->features.push_back(feature.to(m_predictor->products()));
  });
  made->imageSize = image.geometry.size;
  made->hash = contentHash();
  return made;
}

std::vector<EmbeddingPart> SamGeneralist::pack(const Embedding& embedding) const {
  const auto& mine = own<SamEmbedding>(embedding, contentHash());
  const torch::InferenceMode frozen;
  std::vector<EmbeddingPart> parts;
  for (const auto here = m_predictor->here(); const FeatureShape& feature : here.network().featureShapes())
    parts.push_back(packedFeature(feature.name, mine.features.at(parts.size())));
  parts.push_back(packedImageSize(mine.imageSize));
  return parts;
}

std::shared_ptr<const Embedding> SamGeneralist::unpack(const std::vector<EmbeddingPart>& parts) const {
  const auto found = [&](const auto& part) {
    if (!part) throw Error(ErrorKind::BadInput, "bad-embedding", "The stored embedding is not one of " + m_model.name + ".");
    return *part;
  };
  const torch::InferenceMode frozen;
  const auto here = m_predictor->here();
  auto read = std::make_shared<SamEmbedding>();
  for (const FeatureShape& feature : here.network().featureShapes())
    read->features.push_back(found(unpackedFeature(parts, feature)).to(m_predictor->products()));
  read->imageSize = found(unpackedImageSize(parts));
  read->hash = contentHash();
  return read;
}

void SamGeneralist::requireAnswerable(std::span<const Prompt> prompts) const {
  for (const auto& prompt : prompts) {
    requireUsable(prompt);
    if (!traits().takesPoints && !prompt.box)
      throw Error(ErrorKind::BadInput, "bad-prompt", "The generalist " + m_model.name + " answers to boxes only.",
                  {.remedy = "Give a box."});
  }
}

std::vector<GeneralistMask> SamGeneralist::answers(const Question& question, const PromptPass& pass, Job& job) const {
  const auto here = m_predictor->here();
  std::vector<GeneralistMask> result;
  try {
    translatingTorchErrors("segmenting with " + m_model.name, [&] {
      const torch::InferenceMode frozen;
      const ImagePredictor& predictor = here.network();
      const Size size = question.embedding.imageSize;
      const SamPlacement frame = predictor.placement(size);
      std::vector<nn::FramePrompt> asked;
      std::vector<Tensor> masks;
      for (const std::size_t i : pass.prompts) {
        asked.push_back(inFrame(question.prompts[i], frame, question.can));
        if (pass.masked) masks.push_back(atSide(*question.prompts[i].mask, lowResSideOf(predictor)));
      }
      const auto picture = preparedOf(question.embedding, here);
      const nn::DecodedMasks found = predictor.predict(*picture, asked, pass.masked ? torch::cat(masks) : Tensor(), pass.rule);
      const Tensor iou = found.iou.to(torch::kCPU, torch::kFloat);
      for (std::int64_t row = 0; row < iou.size(0); ++row)
        result.push_back(answerFrom(predictor, found.logits.narrow(0, row, 1), iou[row][0].item<double>(), size, question.soft));
    });
    return result;
  } catch (const Error& error) {
    if (!isOutOfMemory(error)) throw;
  }
  // Fewer prompts at once, and one prompt alone on another device.
  if (pass.prompts.size() == 1) {
    m_predictor->leave(here, job);
    return answers(question, pass, job);
  }
  if (!m_saidSmaller.exchange(true))
    job.warning({"memory-short", "",
                 "The memory did not suffice for " + std::to_string(pass.prompts.size()) + " prompts at once of " + m_model.name +
                     "; they are answered in smaller groups."});
  result.clear();
  for (const PromptPass& half : halves(pass))
    for (auto& one : answers(question, half, job)) result.push_back(std::move(one));
  return result;
}

std::vector<GeneralistMask> SamGeneralist::segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft,
                                                   Job& job) const {
  const Question question{own<SamEmbedding>(embedding, contentHash()), prompts, traits(), soft};
  requireAnswerable(prompts);
  std::vector<GeneralistMask> all(prompts.size());
  // The weights are in memory by now.
  const int atOnce = promptsAtOnce(memoryPlan().availableBytes);
  for (const PromptPass& pass : passesOf(prompts, question.can, m_params.at("mask"), atOnce)) {
    job.throwIfStopped();
    std::vector<GeneralistMask> found = answers(question, pass, job);
    for (std::size_t k = 0; k < found.size(); ++k) all[pass.prompts[k]] = std::move(found[k]);
  }
  return all;
}

FeatureMap SamGeneralist::features(const Embedding& embedding) const {
  const auto& mine = own<SamEmbedding>(embedding, contentHash());
  const torch::InferenceMode frozen;
  const auto here = m_predictor->here();
  const SamPlacement frame = here.network().placement(mine.imageSize);
  const std::int64_t grid = gridOf(here.network());
  const GridCells columns = frame.columns(grid), rows = frame.rows(grid);
  Tensor map = mine.features.front()[0].to(torch::kFloat).narrow(1, rows.first, rows.count).narrow(2, columns.first, columns.count);
  map = map / map.norm(2, 0, true).clamp_min(1e-12);
  return {.channels = static_cast<int>(map.size(0)), .size = {columns.count, rows.count, 1}, .values = floats(map)};
}

LowResLogits SamGeneralist::maskPrompt(const Embedding& embedding, std::span<const float> probability) const {
  const Size size = own<SamEmbedding>(embedding, contentHash()).imageSize;
  if (!traits().takesMask) return {};
  const torch::InferenceMode frozen;
  const auto here = m_predictor->here();
  const SamPlacement frame = here.network().placement(size);
  const std::int64_t side = lowResSideOf(here.network());
  const GridCells columns = frame.columns(side), rows = frame.rows(side);
  const Tensor soft = torch::from_blob(const_cast<float*>(probability.data()), {1, 1, size.y, size.x}, torch::kFloat);
  // Logits of certain places are infinite; the network's own rarely pass 10.
  const Tensor logits = torch::logit(soft, 1e-6).clamp(-10, 10);
  Tensor whole = torch::full({1, 1, side, side}, -10.0F);
  whole.narrow(2, rows.first, rows.count)
      .narrow(3, columns.first, columns.count)
      .copy_(at::_upsample_bilinear2d_aa(logits, {rows.count, columns.count}, false));
  return lowResOf(whole);
}

Image SamGeneralist::view(const Embedding& embedding, const Image& image) const {
  own<SamEmbedding>(embedding, contentHash());
  return m_predictor->here().network().view(image);
}

}  // namespace roundel
