#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/prediction.h"
#include "models/generalist.h"
#include "train/generalist_panel.h"
#include "train/strategies/patch_advice.h"
#include "train/training_set.h"

namespace roundel {

/// Frozen generalists that look at volumes, asked about a patch as a whole (SemiSAM+; ALGORITHMS.md 4.5). Prompts come from the
/// specialist's map alone: clicks deep inside, the soft mask, or both in turn. All prompts of one class go to one cube, so that a patch
/// costs one pass of the encoder a class.
class VolumePanel {
 public:
  VolumePanel(std::vector<std::shared_ptr<const Generalist>> generalists, const PanelOptions& options);

  /// How well each agrees with true masks when prompted with them: its weight in the mean. Of the first `most` labelled volumes.
  void weigh(const std::vector<TrainingCase>& labelled, std::int64_t most, std::uint64_t seed);
  const std::vector<double>& weights() const { return m_weights; }

  /// `values` [z][y][x]: the patch as the specialist saw it; `found`: what it made of it. Of every class the largest component counts;
  /// where nothing was found nothing is asked. A function of (seed, step, sample).
  PatchAdvice ask(std::span<const float> values, const Prediction& found, std::uint64_t seed, std::int64_t step, std::int64_t sample) const;

 private:
  /// Different prompts for one class: of those that take boxes its box, moved, without clicks and with them in turn; of the others clicks
  /// without the soft mask and with it. `soft`: the class's soft mask.
  std::vector<Prompt> promptsFor(const Generalist& generalist, const Embedding& embedding, std::span<const Mask> masks, int classIndex,
                                 std::span<const float> soft, int samples, std::uint64_t seed, std::int64_t step) const;

  std::vector<std::shared_ptr<const Generalist>> m_generalists;
  PanelOptions m_options;
  std::vector<double> m_weights;
};

}  // namespace roundel
