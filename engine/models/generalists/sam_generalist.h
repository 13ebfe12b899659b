#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/param_spec.h"
#include "models/generalist.h"
#include "models/generalists/model_folder.h"

namespace c10 {
struct Device;
}

namespace roundel {

class ImagePredictor;
template <class Network>
class FrozenNetwork;
struct NetworkWish;
struct PromptPass;

/// A 2-D network of the SAM family with weights that a person brought: SAM, MobileSAM, SAM-Med2D, MedSAM, SAM 2.
///
/// What differs among them, how pictures go in and masks come out, is the ImagePredictor's matter. Boxes are half-open here and
/// inclusive pixel indices there: x1 - 1 and y1 - 1 are handed on (ALGORITHMS.md 6.4). Prompts of a kind go through the decoder together:
/// with or without a mask prompt, of one reading or three. The weights are read at the first use.
class SamGeneralist : public Generalist {
 public:
  static std::vector<ParamSpec> params();
  /// `device`: auto | cpu | cuda:N. `threads` 0: as many as the program has chosen before. Throws nothing before the first use.
  SamGeneralist(InstalledModel model, const Params& params, std::string device, int threads = 0);
  /// With another way to come to the predictor. For tests.
  SamGeneralist(InstalledModel model, const Params& params, NetworkWish wish,
                std::function<std::shared_ptr<const ImagePredictor>(c10::Device)> load);
  ~SamGeneralist() override;

  std::string name() const override { return m_model.name; }
  GeneralistTraits traits() const override;
  /// Of weights, architecture, parameters and precision.
  std::string contentHash() const override;
  MemoryPlan memoryPlan() const override;
  void requireRoom(Job& job) const override;
  std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const override;
  std::vector<EmbeddingPart> pack(const Embedding& embedding) const override;
  std::shared_ptr<const Embedding> unpack(const std::vector<EmbeddingPart>& parts) const override;
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft, Job& job) const override;
  /// The embedding's own channels where the picture is, each place of length 1.
  FeatureMap features(const Embedding& embedding) const override;
  LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const override;
  Image view(const Embedding& embedding, const Image& image) const override;

 private:
  struct Question;
  MemoryPlan planFor(const ImagePredictor& predictor, const ComputeChoice& compute) const;
  void requireAnswerable(std::span<const Prompt> prompts) const;
  /// To the prompts of one pass, in its order; in smaller passes, then on another device, where memory runs out.
  std::vector<GeneralistMask> answers(const Question& question, const PromptPass& pass, Job& job) const;

  InstalledModel m_model;
  Params m_params;
  std::unique_ptr<const FrozenNetwork<ImagePredictor>> m_predictor;
  mutable std::atomic<bool> m_saidSmaller{false};
};

}  // namespace roundel
