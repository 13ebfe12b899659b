#include "models/generalists/sam2_network.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <string_view>

#include "models/generalists/state_dict_source.h"

namespace roundel {

std::vector<ExpectedTensor> neededTensors(const nn::HieraOptions& trunk) { return tensorsOf<nn::Sam2>(trunk); }

bool isSam2VideoMemory(const std::string& key) {
  constexpr std::array<std::string_view, 9> kPrefixes = {
      "memory_attention.", "memory_encoder.", "mask_downsample.",   "maskmem_tpos_enc",     "no_mem_pos_enc",
      "no_obj_ptr",        "obj_ptr_proj.",   "obj_ptr_tpos_proj.", "no_obj_embed_spatial",
  };
  return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return key.starts_with(prefix); });
}

std::string sam2FileName(const std::string& architecture, const StateDict& weights) {
  const std::string newer = "sam2.1";
  return weights.tensors.contains("no_obj_embed_spatial") ? architecture : "sam2" + architecture.substr(newer.size());
}

std::string unpublishedHiera(const StateDict& weights) {
  const auto patches = weights.tensors.find("image_encoder.trunk.patch_embed.proj.weight");
  if (patches == weights.tensors.end() || patches->second.shape.empty()) return {};
  const std::int64_t width = patches->second.shape[0];
  const std::string blocksBelow = "image_encoder.trunk.blocks.";
  std::int64_t count = 0;
  for (auto at = weights.tensors.lower_bound(blocksBelow); at != weights.tensors.end() && at->first.starts_with(blocksBelow); ++at)
    count = std::max<std::int64_t>(count, std::strtol(at->first.c_str() + blocksBelow.size(), nullptr, 10) + 1);
  for (const std::string& name : nn::sam2Names()) {
    const nn::HieraOptions known = *nn::sam2Options(name);
    if (known.width == width && std::accumulate(known.blocks.begin(), known.blocks.end(), std::int64_t{0}) == count) return {};
  }
  return std::to_string(count) + " blocks, the first " + std::to_string(width) + " wide";
}

std::shared_ptr<const nn::Sam2> loadSam2(const nn::HieraOptions& trunk, const StateDict& weights, torch::Device device) {
  StateDictSource source(weights, device);
  return std::make_shared<const nn::Sam2>(source, trunk);
}

}  // namespace roundel
