#include "models/generalists/sam_generalist.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "core/error.h"
#include "core/hash.h"
#include "device/device.h"
#include "device/torch_device.h"
#include "device/torch_errors.h"
#include "models/generalists/architectures.h"
#include "models/generalists/sam_network.h"
#include "models/generalists/sam_preprocessing.h"

namespace roundel {
namespace {

using torch::Tensor;

/// Raised whenever the same weights and parameters would give other answers than before.
constexpr const char* kVersion = "sam 1";
/// Prompts in one pass of the decoder: more of them win nothing and take 130 MB each four.
constexpr std::size_t kPromptsAtOnce = 32;

struct SamEmbedding : Embedding {
  Tensor features;   ///< [1, C, g, g] on the device, in the type of the products
  std::string hash;  ///< contentHash() of the generalist it belongs to
  mutable std::once_flag once;
  mutable nn::TwoWayImage prepared;  ///< what prompts without a mask share, made at the first of them
};

const SamEmbedding& own(const Embedding& embedding, std::string_view hash) {
  const auto* mine = dynamic_cast<const SamEmbedding*>(&embedding);
  if (mine == nullptr || mine->hash != hash)
    throw Error(ErrorKind::Defect, "wrong-embedding", "An embedding of another generalist was handed over.");
  return *mine;
}

/// A prompt in the frame. Boxes are half-open here, inclusive there.
nn::FramePrompt inFrame(const Prompt& prompt, const SamPlacement& frame, bool withPoints) {
  nn::FramePrompt result;
  if (withPoints)
    for (const auto& point : prompt.points)
      result.points.push_back(
          {frame.frameX(point.x), frame.frameY(point.y), point.positive ? nn::PointLabel::Positive : nn::PointLabel::Negative});
  if (prompt.box) {
    const PromptBox& box = *prompt.box;
    result.box = nn::FrameBox{frame.frameX(box.x0), frame.frameY(box.y0), frame.frameX(std::max(box.x0, box.x1 - 1)),
                              frame.frameY(std::max(box.y0, box.y1 - 1))};
  }
  return result;
}

/// Which mask answers a prompt: one that leaves nothing open has the first; a lone click or two have the best of the three readings
/// (the published rule for one answer, ALGORITHMS.md 8.4).
bool isAmbiguous(const Prompt& prompt) { return !prompt.box && !prompt.mask && prompt.points.size() < 3; }

std::vector<float> floats(const Tensor& tensor) {
  const Tensor plain = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  return {plain.const_data_ptr<float>(), plain.const_data_ptr<float>() + plain.numel()};
}

/// A mask at the picture's own size, [1, 1, height, width].
struct FullMask {
  Tensor inside, probability;
};

}  // namespace

struct SamGeneralist::Loaded {
  std::shared_ptr<const nn::Sam> network;
  SamPreprocessing preprocessing;
  ComputeChoice compute;
  torch::Device device = torch::kCPU;
  std::uint64_t weightBytes = 0;
  int width = 0;  ///< channels of a token in the encoder's widest place
  torch::ScalarType products = torch::kFloat;

  bool sigmoidFirst = false;  ///< MedSAM resizes probabilities, the others logits (ALGORITHMS.md 8.4, 9.3)

  FullMask atFullSize(const Tensor& lowRes, const SamPlacement& placement) const {
    if (sigmoidFirst) {
      const Tensor probability = medSamProbabilities(lowRes, placement);
      return {probability > 0.5, probability};
    }
    const Tensor logits = samMaskLogits(lowRes, placement);
    return {logits > 0, torch::sigmoid(logits)};
  }
  std::int64_t grid() const { return network->promptEncoder().options().grid; }
  std::int64_t lowResSide() const { return 4 * grid(); }
  SamPlacement placementOf(Size size) const { return samPlacement(static_cast<int>(size.x), static_cast<int>(size.y), preprocessing); }
};

std::vector<ParamSpec> SamGeneralist::params() {
  return {
      {.name = "precision",
       .type = ParamType::Choice,
       .defaultValue = "automatic",
       .choices = {"automatic", "float32", "bfloat16"},
       .sentence = "Arithmetic of matrix products; automatic takes bfloat16 where the device is faster with it."},
      {.name = "mask",
       .type = ParamType::Choice,
       .defaultValue = "automatic",
       .choices = {"automatic", "single", "best"},
       .sentence =
           "Which of the decoder's masks answers: the single one, the best of three readings, or that for one or two points alone."},
  };
}

SamGeneralist::SamGeneralist(InstalledModel model, const Params& params, std::string device, int threads)
    : m_model(std::move(model)), m_params(params), m_device(std::move(device)), m_threads(threads) {}

SamGeneralist::~SamGeneralist() = default;

GeneralistTraits SamGeneralist::traits() const { return findArchitecture(m_model.architecture).traits; }

const SamGeneralist::Loaded& SamGeneralist::loaded() const {
  std::call_once(m_once, [&] {
    translatingTorchErrors("loading the weights of " + m_model.name, [&] {
      const torch::InferenceMode frozen;
      const ComputeChoice compute = chooseDevice(m_device, m_threads > 0 ? m_threads : torch::get_num_threads());
      const StateDict weights = readStateDict(m_model.weights, Checksums::Trust);
      auto made = std::make_unique<Loaded>();
      made->compute = compute;
      made->device = torchDevice(compute);
      made->weightBytes = m_model.bytes;
      const std::string wish = m_params.at("precision");
      const bool half = wish == "bfloat16" || (wish == "automatic" && compute.fastPrecision == Precision::BFloat16);
      made->products = half ? torch::kBFloat16 : torch::kFloat;
      const auto options = samOptionsOf(m_model.architecture, weights);
      if (!options)
        throw Error(ErrorKind::BadInput, "bad-weights", "The weights of " + m_model.name + " are not the file that was taken in.",
                    {.remedy = "Look at them with: roundel models verify " + m_model.name});
      made->network = loadSam(*options, weights, made->device);
      const auto* vit = std::get_if<nn::VitOptions>(&options->encoder);
      // TinyViT begins with four times as many places a side and a fifth of the width.
      made->width = vit != nullptr ? vit->dim : 16 * std::get<nn::TinyVitOptions>(options->encoder).dims[0];
      made->preprocessing = samPreprocessing(m_model.architecture);
      made->sigmoidFirst = m_model.architecture == "medsam";
      made->preprocessing.side = made->network->imageSize();
      m_loaded = std::move(made);
    });
  });
  return *m_loaded;
}

std::string SamGeneralist::contentHash() const {
  const bool half = loaded().products == torch::kBFloat16;
  return sha256Hex(std::string(kVersion) + " " + m_model.sha256 + " " + m_model.architecture + " " + (half ? "bfloat16" : "float32") + " " +
                   m_params.at("mask").get<std::string>());
}

MemoryPlan SamGeneralist::memoryPlan() const {
  const Loaded& parts = loaded();
  // The weights, which the first use reads in, and what is held at the widest place between two layers: some forty values of the
  // encoder's width for every token (docs/PERFORMANCE.md has the measured peaks).
  const auto tokens = static_cast<std::uint64_t>(parts.grid() * parts.grid());
  const auto width = static_cast<std::uint64_t>(parts.width);
  return {.neededBytes = parts.weightBytes + 40 * tokens * width * sizeof(float), .availableBytes = availableMemory(parts.compute.device)};
}

std::shared_ptr<const Embedding> SamGeneralist::embed(const Image& image, Job& job) const {
  job.throwIfStopped();
  if (image.geometry.size.z != 1 || image.width() < 1 || image.height() < 1)
    throw Error(ErrorKind::BadInput, "not-2d", "The generalist " + m_model.name + " looks at single pictures only.");
  auto made = std::make_shared<SamEmbedding>();
  translatingTorchErrors("embedding an image with " + m_model.name, [&] {
    const torch::InferenceMode frozen;
    const Loaded& parts = loaded();
    const Tensor input =
        samInput(greyBytes(image), parts.placementOf(image.geometry.size), parts.preprocessing).to(parts.device, parts.products);
    made->features = parts.network->embed(input).to(parts.products);
  });
  made->imageSize = image.geometry.size;
  made->hash = contentHash();
  return made;
}

std::vector<EmbeddingPart> SamGeneralist::pack(const Embedding& embedding) const {
  const auto& mine = own(embedding, contentHash());
  const torch::InferenceMode frozen;
  const Tensor half = mine.features.to(torch::kCPU, torch::kHalf).contiguous();
  EmbeddingPart features{.name = "features", .dtype = "F16", .shape = half.sizes().vec(), .bytes = std::vector<std::byte>(half.nbytes())};
  std::memcpy(features.bytes.data(), half.const_data_ptr(), half.nbytes());
  EmbeddingPart size{.name = "image_size", .dtype = "I64", .shape = {2}, .bytes = std::vector<std::byte>(2 * sizeof(std::int64_t))};
  const std::int64_t sides[2] = {mine.imageSize.x, mine.imageSize.y};
  std::memcpy(size.bytes.data(), sides, sizeof(sides));
  return {std::move(features), std::move(size)};
}

std::shared_ptr<const Embedding> SamGeneralist::unpack(const std::vector<EmbeddingPart>& parts) const {
  const auto part = [&](const char* name, const char* dtype) -> const EmbeddingPart& {
    for (const auto& one : parts)
      if (one.name == name && one.dtype == dtype) return one;
    throw Error(ErrorKind::BadInput, "bad-embedding", "The stored embedding is not one of " + m_model.name + ".");
  };
  const torch::InferenceMode frozen;
  const Loaded& mine = loaded();
  const EmbeddingPart &features = part("features", "F16"), &size = part("image_size", "I64");
  const auto& prompts = mine.network->promptEncoder().options();
  const std::vector<std::int64_t> expected{1, prompts.dim, prompts.grid, prompts.grid};
  std::int64_t sides[2];
  if (features.shape != expected || size.bytes.size() != sizeof(sides))
    throw Error(ErrorKind::BadInput, "bad-embedding", "The stored embedding is not one of " + m_model.name + ".");
  std::memcpy(sides, size.bytes.data(), sizeof(sides));
  auto read = std::make_shared<SamEmbedding>();
  Tensor half = torch::empty(expected, torch::kHalf);
  std::memcpy(half.mutable_data_ptr(), features.bytes.data(), half.nbytes());
  read->features = half.to(mine.device, mine.products);
  read->imageSize = {sides[0], sides[1], 1};
  read->hash = contentHash();
  return read;
}

std::vector<GeneralistMask> SamGeneralist::segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft,
                                                   Job& job) const {
  const auto& mine = own(embedding, contentHash());
  const GeneralistTraits can = traits();
  for (const auto& prompt : prompts) {
    requireUsable(prompt);
    if (!can.takesPoints && !prompt.box)
      throw Error(ErrorKind::BadInput, "bad-prompt", "The generalist " + m_model.name + " answers to boxes only.",
                  {.remedy = "Give a box."});
  }
  std::vector<GeneralistMask> answers(prompts.size());
  translatingTorchErrors("segmenting with " + m_model.name, [&] {
    const torch::InferenceMode frozen;
    const Loaded& parts = loaded();
    const Size size = mine.imageSize;
    const SamPlacement frame = parts.placementOf(size);
    const std::int64_t side = parts.lowResSide();
    const std::string rule = m_params.at("mask");
    // Prompts of a kind go through the decoder together: with or without a mask prompt, of one reading or three.
    std::vector<std::size_t> groups[2][2];
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      const bool three = rule == "best" || (rule == "automatic" && isAmbiguous(prompts[i]));
      groups[prompts[i].mask && can.takesMask ? 1 : 0][three ? 1 : 0].push_back(i);
    }
    for (int masked = 0; masked < 2; ++masked)
      for (int three = 0; three < 2; ++three)
        for (std::size_t start = 0; start < groups[masked][three].size(); start += kPromptsAtOnce) {
          job.throwIfStopped();
          const std::span<const std::size_t> group =
              std::span(groups[masked][three]).subspan(start, std::min(kPromptsAtOnce, groups[masked][three].size() - start));
          std::vector<nn::FramePrompt> asked;
          std::vector<Tensor> masks;
          for (const std::size_t i : group) {
            asked.push_back(inFrame(prompts[i], frame, can.takesPoints));
            if (masked == 0) continue;
            const LowResLogits& given = *prompts[i].mask;
            const Tensor logits =
                torch::from_blob(const_cast<float*>(given.values.data()), {1, 1, given.height, given.width}, torch::kFloat);
            masks.push_back(given.height == side && given.width == side ? logits.clone()
                                                                        : at::upsample_bilinear2d(logits, {side, side}, false));
          }
          const nn::PromptPoints points = nn::promptPoints(asked);
          const auto choice = three == 1 ? nn::MaskChoice::Multi : nn::MaskChoice::Single;
          const nn::PromptPoints placed{points.places.to(parts.device), points.labels.to(parts.device), points.hasFillers};
          nn::DecodedMasks decoded;
          if (masked == 1) {
            decoded = parts.network->segment(mine.features, placed, torch::cat(masks).to(parts.device), choice);
          } else {
            std::call_once(mine.once, [&] { mine.prepared = parts.network->prepare(mine.features); });
            decoded = parts.network->segment(mine.prepared, placed, choice);
          }
          const Tensor iou = decoded.iou.to(torch::kCPU, torch::kFloat);
          for (std::size_t k = 0; k < group.size(); ++k) {
            const auto row = static_cast<std::int64_t>(k);
            const std::int64_t best = three == 1 ? iou[row].argmax().item<std::int64_t>() : 0;
            const Tensor logits = decoded.logits[row][best];
            GeneralistMask& answer = answers[group[k]];
            answer.lowRes = {.width = static_cast<int>(side), .height = static_cast<int>(side), .values = floats(logits)};
            answer.score = std::clamp(iou[row][best].item<double>(), 0.0, 1.0);
            const FullMask full = parts.atFullSize(logits.view({1, 1, side, side}), frame);
            const Tensor inside = full.inside.to(torch::kCPU, torch::kByte).contiguous();
            answer.mask = Mask::fromBytes(size, {inside.const_data_ptr<std::uint8_t>(), static_cast<std::size_t>(inside.numel())});
            if (soft == SoftMasks::Yes) answer.probability = floats(full.probability);
          }
        }
  });
  return answers;
}

FeatureMap SamGeneralist::features(const Embedding& embedding) const {
  const auto& mine = own(embedding, contentHash());
  const torch::InferenceMode frozen;
  const Loaded& parts = loaded();
  const SamPlacement frame = parts.placementOf(mine.imageSize);
  // Tokens whose larger part lies on the picture.
  const auto used = [&](int pixels) { return std::max<std::int64_t>(1, (pixels * parts.grid() + frame.side / 2) / frame.side); };
  const Size size{used(frame.width), used(frame.height), 1};
  Tensor map = mine.features[0].to(torch::kFloat).slice(1, 0, size.y).slice(2, 0, size.x);
  map = map / map.norm(2, 0, true).clamp_min(1e-12);
  return {.channels = static_cast<int>(map.size(0)), .size = size, .values = floats(map)};
}

LowResLogits SamGeneralist::maskPrompt(const Embedding& embedding, std::span<const float> probability) const {
  const Size size = own(embedding, contentHash()).imageSize;
  if (!traits().takesMask) return {};
  const torch::InferenceMode frozen;
  const Loaded& parts = loaded();
  const Tensor soft = torch::from_blob(const_cast<float*>(probability.data()), {1, 1, size.y, size.x}, torch::kFloat);
  const SamPlacement frame = parts.placementOf(size);
  const std::int64_t side = parts.lowResSide();
  const auto scaled = [&](int pixels) { return std::max<std::int64_t>(1, (pixels * side + frame.side / 2) / frame.side); };
  // Logits of certain places are infinite; the network's own rarely pass 10.
  const Tensor logits = torch::logit(soft, 1e-6).clamp(-10, 10);
  const Tensor inside = at::_upsample_bilinear2d_aa(logits, {scaled(frame.height), scaled(frame.width)}, false);
  Tensor whole = torch::full({1, 1, side, side}, -10.0F);
  whole.slice(2, 0, inside.size(2)).slice(3, 0, inside.size(3)).copy_(inside);
  return {.width = static_cast<int>(side), .height = static_cast<int>(side), .values = floats(whole)};
}

Image SamGeneralist::view(const Embedding& embedding, const Image& image) const {
  own(embedding, contentHash());
  const ByteImage seen = samResized(greyBytes(image), loaded().placementOf(image.geometry.size), loaded().preprocessing);
  Image result{.geometry = {.size = {seen.width, seen.height, 1}}};
  for (const std::uint8_t value : seen.values) result.values.push_back(static_cast<float>(value) / 255.0F);
  return result;
}

}  // namespace roundel
