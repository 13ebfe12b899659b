#include "models/generalists/sam_3d_network.h"

#include <algorithm>

#include "models/generalists/state_dict_source.h"

namespace roundel {
namespace {

/// Larger than any length of a tensor of this family.
constexpr std::int64_t kMostLength = 1 << 16;

/// Lengths of a file's tensors; 0 where there is no such one.
class Lengths {
 public:
  explicit Lengths(const StateDict& weights) : m_weights(weights) {}

  std::int64_t operator()(const std::string& key, std::size_t axis) const {
    const auto found = m_weights.tensors.find(key);
    if (found == m_weights.tensors.end() || found->second.shape.size() <= axis) return 0;
    return std::clamp<std::int64_t>(found->second.shape[axis], 0, kMostLength);
  }

 private:
  const StateDict& m_weights;
};

}  // namespace

std::optional<std::vector<ExpectedTensor>> neededTensors3d(const std::string& architecture) {
  const auto options = nn::sam3dOptions(architecture);
  return options ? std::optional(tensorsOf<nn::Sam3d>(*options)) : std::nullopt;
}

std::optional<nn::Sam3dOptions> sam3dOptionsOf(const StateDict& weights) {
  const Lengths length(weights);
  nn::Sam3dOptions options;
  auto& encoder = options.encoder;
  encoder.tokens = length("image_encoder.pos_embed", 1);
  encoder.width = length("image_encoder.pos_embed", 4);
  encoder.patch = length("image_encoder.patch_embed.proj.weight", 2);
  encoder.output = length("image_encoder.neck.0.weight", 0);
  encoder.window = encoder.tokens;
  encoder.globalBlocks.clear();
  encoder.blocks = 0;
  for (;; ++encoder.blocks) {
    const std::string table = "image_encoder.blocks." + std::to_string(encoder.blocks) + ".attn.rel_pos_d";
    const std::int64_t side = (length(table, 0) + 1) / 2, headWidth = length(table, 1);
    if (side < 1 || headWidth < 1) break;
    encoder.heads = encoder.width / headWidth;
    // A table as long as the tokens' grid is a global block's; the others fill a window with zeros.
    if (side == encoder.tokens) encoder.globalBlocks.insert(encoder.blocks);
    else encoder.window = side;
  }
  options.prompts.dim = static_cast<int>(encoder.output);
  options.prompts.imageSize = static_cast<int>(encoder.patch * encoder.tokens);
  options.prompts.grid = static_cast<int>(encoder.tokens);
  options.prompts.maskChannels = static_cast<int>(length("prompt_encoder.mask_downscaling.3.weight", 0));
  options.decoder.transformer.dim = options.prompts.dim;
  options.decoder.transformer.mlpDim = static_cast<int>(length("mask_decoder.transformer.layers.0.mlp.lin1.weight", 0));
  options.decoder.multiMasks = static_cast<int>(length("mask_decoder.mask_tokens.weight", 0)) - 1;
  options.decoder.iouHidden = static_cast<int>(length("mask_decoder.iou_prediction_head.layers.0.weight", 0));
  const bool sound = encoder.tokens > 0 && encoder.patch > 0 && encoder.blocks > 0 && encoder.heads > 0 &&
                     encoder.width % encoder.heads == 0 && encoder.window >= encoder.tokens && encoder.output % 48 == 0 &&
                     encoder.output > 0 && options.prompts.imageSize <= 1024 && options.prompts.maskChannels >= 4 &&
                     options.decoder.transformer.mlpDim > 0 && options.decoder.multiMasks > 0 && options.decoder.iouHidden > 0;
  return sound ? std::optional(options) : std::nullopt;
}

std::shared_ptr<const nn::Sam3d> loadSam3d(const nn::Sam3dOptions& options, const StateDict& weights, torch::Device device) {
  StateDictSource source(weights, device);
  return std::make_shared<const nn::Sam3d>(source, options);
}

}  // namespace roundel
