#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/param_spec.h"
#include "models/generalist.h"
#include "models/generalists/shipped_models.h"

namespace roundel {

/// A generalist that looks at a crop around its prompt (nn/crop_network.h), at the object's own scale; those that ship with Roundel are of
/// this kind.
///
/// A box says where the crop lies, a mask prompt too. Clicks alone do not: then squares of several sizes around them are tried at once, the
/// network's own prediction of the IoU chooses, and a second look goes at what was found. Low-resolution logits cover the whole picture,
/// 256 pixels the longest side at most.
class CropGeneralist : public Generalist {
 public:
  static std::vector<ParamSpec> params();
  /// Weights are read when they are first used.
  CropGeneralist(ShippedModel model, const Params& params, std::string device, int threads);
  ~CropGeneralist() override;

  std::string name() const override { return m_model.name; }
  GeneralistTraits traits() const override { return {.takesMask = true, .learnt = true}; }
  std::string contentHash() const override;
  MemoryPlan memoryPlan() const override;
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  FeatureMap features(const Embedding& embedding) const override;
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;

 private:
  struct Seen;

  ShippedModel m_model;
  Params m_params;
  std::unique_ptr<Seen> m_seen;
};

}  // namespace roundel
