#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/param_spec.h"
#include "models/generalist.h"
#include "models/generalists/shipped_models.h"

namespace roundel {

/// CropGeneralist for volumes: looks at a cube around its prompt (nn/cube_network.h), at the object's own scale.
///
/// A box (with its z) says where the cube lies, a mask prompt too; thick slices are taken as thick as the image says. Clicks alone do not:
/// then cubes of several sizes around them are tried at once, the one whose answer is found again one size further counts, and a second
/// look goes at what was found. Low-resolution logits cover the whole volume, 64 voxels the longest side at most.
class CubeGeneralist : public Generalist {
 public:
  static std::vector<ParamSpec> params();
  /// Weights are read when they are first used.
  CubeGeneralist(ShippedModel model, const Params& params, std::string device, int threads);
  ~CubeGeneralist() override;

  std::string name() const override { return m_model.name; }
  GeneralistTraits traits() const override { return {.takesMask = true, .learnt = true, .dimensions = 3}; }
  std::string contentHash() const override;
  MemoryPlan memoryPlan() const override;
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  FeatureMap features(const Embedding& embedding) const override;
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;

 private:
  struct Seen;

  int views() const;

  ShippedModel m_model;
  Params m_params;
  std::unique_ptr<Seen> m_seen;
};

}  // namespace roundel
