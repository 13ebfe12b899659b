#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/param_spec.h"
#include "models/generalist.h"
#include "models/generalists/model_folder.h"

namespace roundel {

/// A 2-D network of the SAM family with weights that a person brought: SAM, MobileSAM, SAM-Med2D, MedSAM.
///
/// The picture goes in as the published code prepares it (ALGORITHMS.md 8.4, 9.2, 9.3). Boxes are half-open here and inclusive pixel
/// indices there: x1 - 1 and y1 - 1 are handed on (6.4). All prompts of a call are decoded in one pass, those with a mask prompt
/// in another. The weights are read at the first use.
class SamGeneralist : public Generalist {
 public:
  static std::vector<ParamSpec> params();
  /// `device`: auto | cpu | cuda:N. `threads` 0: as many as the program has chosen before. Throws nothing before the first use.
  SamGeneralist(InstalledModel model, const Params& params, std::string device, int threads = 0);
  ~SamGeneralist() override;

  std::string name() const override { return m_model.name; }
  GeneralistTraits traits() const override;
  /// Of weights, architecture, parameters and precision.
  std::string contentHash() const override;
  MemoryPlan memoryPlan() const override;
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  std::vector<EmbeddingPart> pack(const Embedding& embedding) const override;
  std::shared_ptr<const Embedding> unpack(const std::vector<EmbeddingPart>& parts) const override;
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  /// The embedding's own channels where the picture is, each place of length 1.
  FeatureMap features(const Embedding& embedding) const override;
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;
  Image view(const Embedding& embedding, const Image& image) const override;

 private:
  struct Loaded;
  const Loaded& loaded() const;

  InstalledModel m_model;
  Params m_params;
  std::string m_device;
  int m_threads;
  mutable std::once_flag m_once;
  mutable std::unique_ptr<const Loaded> m_loaded;
};

}  // namespace roundel
