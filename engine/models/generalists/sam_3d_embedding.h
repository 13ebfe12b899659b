#pragma once
#include <torch/torch.h>

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "models/generalists/network_embedding.h"
#include "models/generalists/volume_frame.h"

namespace roundel {

/// What a network's encoder made of the last few cubes of one volume. May be asked from several threads; who asks for a cube while
/// another is encoded waits, since the encoder uses all cores.
class CropFeatures {
 public:
  torch::Tensor of(const CubeCrop& crop, const std::function<torch::Tensor(const CubeCrop&)>& encode);
  /// Now.
  std::uint64_t bytes() const;

 private:
  mutable std::mutex m_mutex;
  std::list<std::pair<CubeCrop, torch::Tensor>> m_known;  ///< the last used first
};

/// A volume as Sam3dGeneralist remembers it.
struct Sam3dEmbedding : NetworkEmbedding {
  VolumeFrame frame;
  std::vector<float> volume;  ///< resampled, in the image's order of axes
  mutable CropFeatures crops;

  std::uint64_t bytes() const override { return volume.size() * sizeof(float) + crops.bytes(); }
};

/// A prompt in its cube.
struct Sam3dPrompt {
  CubeCrop crop;
  torch::Tensor places;  ///< [1, P, 3] in the cube's voxels, in the order of the tensor's axes
  torch::Tensor labels;  ///< [1, P]
};

/// Which cube of `side` voxels answers a prompt, and where in it the points lie. `name` is the generalist's, for sentences.
/// Throws Error(BadInput, "bad-prompt").
Sam3dPrompt cropPrompt(const Prompt& prompt, const VolumeFrame& frame, std::int64_t side, const std::string& name);

}  // namespace roundel
