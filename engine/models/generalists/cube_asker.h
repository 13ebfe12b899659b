#pragma once
#include <torch/torch.h>

#include <array>
#include <optional>
#include <vector>

#include "models/generalists/crop_model.h"
#include "models/generalists/network_embedding.h"
#include "models/generalists/prompt_cube.h"
#include "models/generalists/prompt_views.h"

namespace roundel {

/// What a generalist of cubes remembers of a volume: the volume, and how thick its slices are.
struct CubeEmbedding : NetworkEmbedding {
  std::vector<float> grey;                   ///< within [0, 1], as greyOf() makes it
  std::array<double, 3> thickness{1, 1, 1};  ///< of a voxel along x, y and z, over its shortest side
};

/// Low-resolution logits cover the whole volume, so many voxels its longest side at most.
inline constexpr std::int64_t kCubeLowResSide = 64;
inline constexpr float kCubeNowhere = -10;  ///< logit of what no cube covers

/// The volume's size, reduced so that the longest side is `longest` at most.
Size reducedVolume(Size size, std::int64_t longest);

/// Answers prompts about one volume, one after the other.
class CubeAsker {
 public:
  CubeAsker(const CubeEmbedding& embedding, const CubeModel& model, const PieceAsking& asking)
      : m_embedding(embedding), m_size(embedding.imageSize), m_model(model), m_asking(asking), m_side(model.network->options().side) {}

  GeneralistMask answer(const Prompt& asked, SoftMasks soft) const;

 private:
  struct Found {
    CubeWindow window;
    std::vector<float> logits;  ///< [side]^3
    double score = 0;
  };
  /// Logits on a grid over a window of the volume.
  struct MaskSource {
    std::span<const float> values;
    Size grid;
    CubeWindow window;
  };

  CubeWindow whole() const;
  /// cubeAround() as if voxels were as thick as wide.
  CubeWindow around(const PromptBox& box) const;
  std::vector<float> maskIn(const MaskSource& mask, const CubeWindow& window) const;
  std::vector<Found> ask(const Prompt& prompt, const std::vector<CubeWindow>& windows, const std::optional<MaskSource>& mask) const;
  std::optional<Found> lookAgain(const Prompt& prompt, const Found& before) const;
  std::optional<Found> search(const Prompt& prompt) const;
  GeneralistMask finished(const Prompt& prompt, const Found& found, SoftMasks soft) const;

  const CubeEmbedding& m_embedding;
  Size m_size;
  const CubeModel& m_model;
  PieceAsking m_asking;
  int m_side;
};

}  // namespace roundel
