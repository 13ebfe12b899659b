#include "models/generalists/feature_parts.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace roundel {
namespace {

constexpr const char* kImageSize = "image_size";
using Sides = std::array<std::int64_t, 2>;

/// The part of that name and type that holds `bytes` bytes; none: nullptr.
const EmbeddingPart* partOf(const std::vector<EmbeddingPart>& parts, const std::string& name, const std::string& dtype, std::size_t bytes) {
  const auto found = std::ranges::find_if(
      parts, [&](const EmbeddingPart& part) { return part.name == name && part.dtype == dtype && part.bytes.size() == bytes; });
  return found == parts.end() ? nullptr : &*found;
}

}  // namespace

EmbeddingPart packedFeature(const std::string& name, const torch::Tensor& tensor) {
  const torch::Tensor half = tensor.to(torch::kCPU, torch::kHalf).contiguous();
  EmbeddingPart part{.name = name, .dtype = "F16", .shape = half.sizes().vec(), .bytes = std::vector<std::byte>(half.nbytes())};
  std::memcpy(part.bytes.data(), half.const_data_ptr(), half.nbytes());
  return part;
}

std::optional<torch::Tensor> unpackedFeature(const std::vector<EmbeddingPart>& parts, const FeatureShape& wanted) {
  torch::Tensor half = torch::empty(wanted.shape, torch::kHalf);
  const EmbeddingPart* stored = partOf(parts, wanted.name, "F16", half.nbytes());
  if (stored == nullptr || stored->shape != wanted.shape) return {};
  std::memcpy(half.mutable_data_ptr(), stored->bytes.data(), half.nbytes());
  return half;
}

EmbeddingPart packedImageSize(Size size) {
  const Sides sides{size.x, size.y};
  EmbeddingPart part{.name = kImageSize, .dtype = "I64", .shape = {2}, .bytes = std::vector<std::byte>(sizeof(sides))};
  std::memcpy(part.bytes.data(), sides.data(), sizeof(sides));
  return part;
}

std::optional<Size> unpackedImageSize(const std::vector<EmbeddingPart>& parts) {
  Sides sides{};
  const EmbeddingPart* stored = partOf(parts, kImageSize, "I64", sizeof(sides));
  if (stored == nullptr) return {};
  std::memcpy(sides.data(), stored->bytes.data(), sizeof(sides));
  return Size{sides[0], sides[1], 1};
}

}  // namespace roundel
