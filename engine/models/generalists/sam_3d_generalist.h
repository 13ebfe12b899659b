#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/param_spec.h"
#include "models/generalist.h"
#include "models/generalists/model_folder.h"

namespace roundel {

namespace nn {
class Sam3d;
}
template <class Network>
class FrozenNetwork;
enum class VolumeNormalisation;

/// A network for volumes with weights that a person brought: SAM-Med3D, SAM-Med3D-turbo, SegAnyPET, which share one architecture.
///
/// The volume is resampled once (1.5 mm as published) and looked at in canonical order of axes, in a cube of 128 voxels around the target
/// (ALGORITHMS.md 9.1): where the positive points' mean is, or where the cube of the mask prompt was, so that click after click on an
/// answer sees the same cube. Each new cube costs one pass of the encoder, in segment(); the last few are kept with the embedding.
/// A prompt without a mask prompt goes in with one of zeros, as the network was trained. The weights are read at the first use.
class Sam3dGeneralist : public Generalist {
 public:
  static std::vector<ParamSpec> params();
  /// `device`: auto | cpu | cuda:N. `threads` 0: as many as the program has chosen before. Throws nothing before the first use.
  Sam3dGeneralist(InstalledModel model, const Params& params, std::string device, int threads = 0);
  ~Sam3dGeneralist() override;

  std::string name() const override { return m_model.name; }
  GeneralistTraits traits() const override;
  /// Of weights, architecture, parameters and precision.
  std::string contentHash() const override;
  /// Of a cube; the volume itself comes on top, twice while it is resampled.
  MemoryPlan memoryPlan() const override;
  void requireRoom(Job& job) const override;
  /// `image`: a volume, its values as its modality has them; Geometry says where its axes run.
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  // pack() gives nothing: an embedding is the resampled volume, which the image gives again sooner than a disk does, and what the encoder
  // made of some cubes of it, which the next prompts may lie outside of.

  /// Points lie in the image's voxels x, y, z. A mask prompt is an earlier answer's `lowRes` or maskPrompt(). Throws as requireUsable(),
  /// and Error(BadInput, "bad-prompt") for a box, a point outside of the volume and positive points that no cube holds together;
  /// negative ones outside of the cube say nothing.
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  /// The encoder's channels, 16 voxels a place, in the image's order of axes; each place of length 1. Cubes with half overlap cover the
  /// volume, places that lie in several are averaged (ALGORITHMS.md 5.4b); one pass of the encoder each.
  FeatureMap features(const Embedding& embedding) const override;
  /// In the cube around what is above one half; empty where nothing is.
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;

 private:
  MemoryPlan planOn(const nn::Sam3d& network, const ComputeChoice& compute) const;
  VolumeNormalisation normalisation() const;

  InstalledModel m_model;
  Params m_params;
  std::unique_ptr<const FrozenNetwork<nn::Sam3d>> m_network;
};

}  // namespace roundel
