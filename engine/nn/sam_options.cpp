#include "nn/sam_options.h"

#include <map>

namespace roundel::nn {
namespace {

using Shape = std::vector<std::int64_t>;

/// Keys and shapes to be asked for.
class ShapeList {
 public:
  explicit ShapeList(std::span<const ParameterShape> shapes) {
    for (const auto& each : shapes) m_shapes[each.key] = each.shape;
  }
  bool has(const std::string& key) const { return m_shapes.contains(key); }
  bool has(const std::string& key, std::size_t axes) const { return has(key) && m_shapes.at(key).size() == axes; }
  /// Size along an axis; 0 where there is none, or one that no network has.
  int size(const std::string& key, std::size_t axis) const {
    const auto found = m_shapes.find(key);
    if (found == m_shapes.end() || axis >= found->second.size()) return 0;
    constexpr std::int64_t kMost = 1 << 13;
    return found->second[axis] > kMost ? 0 : static_cast<int>(found->second[axis]);
  }
  /// How many of "<prefix>0<suffix>", "<prefix>1<suffix>" ... there are without a gap.
  int count(const std::string& prefix, const std::string& suffix) const {
    int n = 0;
    while (has(prefix + std::to_string(n) + suffix)) ++n;
    return n;
  }

 private:
  std::map<std::string, Shape> m_shapes;
};

const std::string kEncoder = "image_encoder.", kPrompts = "prompt_encoder.", kDecoder = "mask_decoder.";

SamOptions around(const VitOptions& encoder) {
  return {.encoder = encoder, .prompts = {.dim = encoder.outChannels, .imageSize = encoder.imageSize, .grid = encoder.grid()}};
}

std::optional<VitOptions> vitOptions(const ShapeList& shapes) {
  const std::string patch = kEncoder + "patch_embed.proj.weight", blocks = kEncoder + "blocks.";
  const int width = shapes.size(blocks + "0.attn.rel_pos_h", 1), grid = shapes.size(kEncoder + "pos_embed", 1);
  VitOptions vit{.patch = shapes.size(patch, 2),
                 .dim = shapes.size(patch, 0),
                 .depth = shapes.count(blocks, ".norm1.weight"),
                 .globalBlocks = {},
                 .outChannels = shapes.size(kEncoder + "neck.0.weight", 0),
                 .adapters = shapes.has(blocks + "0.Adapter.norm.weight") ? Adapters::Yes : Adapters::No};
  if (width == 0 || grid == 0 || vit.patch == 0 || vit.dim == 0 || vit.outChannels == 0) return {};
  vit.imageSize = grid * vit.patch;
  vit.heads = vit.dim / width;
  if (vit.heads == 0 || vit.depth == 0) return {};
  vit.mlpRatio = shapes.size(blocks + "0.mlp.lin1.weight", 0) / vit.dim;
  for (int i = 0; i < vit.depth; ++i) {
    const int side = (shapes.size(blocks + std::to_string(i) + ".attn.rel_pos_h", 0) + 1) / 2;
    if (side < 1) return {};
    if (side == grid) vit.globalBlocks.push_back(i);
    else vit.window = side;
  }
  return vit;
}

std::optional<TinyVitOptions> tinyVitOptions(const ShapeList& shapes) {
  if (!shapes.has(kEncoder + "patch_embed.seq.0.c.weight", 4)) return {};
  TinyVitOptions tiny;
  for (std::size_t stage = 0; stage < tiny.dims.size(); ++stage) {
    const std::string blocks = kEncoder + "layers." + std::to_string(stage) + ".blocks.";
    const std::string table = blocks + "0.attn.attention_biases";
    tiny.depths[stage] = shapes.count(blocks, stage == 0 ? ".conv1.c.weight" : ".mlp.fc1.weight");
    tiny.dims[stage] = stage == 0 ? shapes.size(blocks + "0.conv1.c.weight", 1) : shapes.size(blocks + "0.mlp.fc1.weight", 1);
    if (stage == 0) continue;
    tiny.heads[stage] = shapes.size(table, 0);
    int side = 1;
    while (side * side < shapes.size(table, 1)) ++side;
    tiny.windows[stage] = side;
    if (shapes.size(table, 1) == 0) return {};
    if (tiny.depths[stage] == 0 || tiny.heads[stage] == 0) return {};
  }
  tiny.outChannels = shapes.size(kEncoder + "neck.0.weight", 0);
  return tiny;
}

}  // namespace

const std::vector<std::string>& samNames() {
  static const std::vector<std::string> names = {"sam_vit_b", "sam_vit_l", "sam_vit_h", "mobile_sam", "sam_med2d_vit_b_256", "medsam"};
  return names;
}

std::optional<SamOptions> samOptions(const std::string& name) {
  if (name == "sam_vit_b" || name == "medsam") return around({});
  if (name == "sam_vit_l") return around({.dim = 1024, .depth = 24, .heads = 16, .globalBlocks = {5, 11, 17, 23}});
  if (name == "sam_vit_h") return around({.dim = 1280, .depth = 32, .heads = 16, .globalBlocks = {7, 15, 23, 31}});
  if (name == "sam_med2d_vit_b_256") return around({.imageSize = 256, .adapters = Adapters::Yes});
  if (name == "mobile_sam") return SamOptions{.encoder = TinyVitOptions{}};
  return {};
}

std::optional<SamOptions> samOptions(std::span<const ParameterShape> list) {
  const ShapeList shapes(list);
  SamOptions options;
  if (const auto vit = vitOptions(shapes)) options = around(*vit);
  else if (const auto tiny = tinyVitOptions(shapes))
    options = {.encoder = *tiny, .prompts = {.dim = tiny->outChannels, .grid = tiny->grid()}};
  else return {};
  const std::string layers = kDecoder + "transformer.layers.";
  auto& decoder = options.decoder;
  auto& transformer = decoder.transformer;
  options.prompts.maskChannels = shapes.size(kPrompts + "mask_downscaling.3.weight", 0);
  transformer.dim = options.prompts.dim;
  transformer.depth = shapes.count(layers, ".norm1.weight");
  transformer.mlpDim = shapes.size(layers + "0.mlp.lin1.weight", 0);
  const int inner = shapes.size(layers + "0.cross_attn_token_to_image.q_proj.weight", 0);
  decoder.multiMasks = shapes.size(kDecoder + "mask_tokens.weight", 0) - 1;
  decoder.iouDepth = shapes.count(kDecoder + "iou_prediction_head.layers.", ".weight");
  decoder.iouHidden = shapes.size(kDecoder + "iou_prediction_head.layers.0.weight", 0);
  const bool heads = transformer.dim > 0 && inner > 0 && transformer.dim % transformer.heads == 0 && inner % transformer.heads == 0;
  if (!heads || inner > transformer.dim || transformer.depth == 0 || transformer.mlpDim == 0 || decoder.multiMasks < 1 ||
      decoder.iouDepth == 0 || options.prompts.maskChannels == 0)
    return {};
  transformer.downsample = transformer.dim / inner;
  return options;
}

}  // namespace roundel::nn
