#pragma once
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "core/annotation.h"
#include "core/image.h"
#include "core/prediction.h"
#include "models/generalist.h"
#include "prompts/cleaning.h"
#include "prompts/prompt_extractor.h"
#include "prompts/prompt_samples.h"

namespace roundel {

/// What generalists say of one picture, class by class.
struct Advice {
  std::vector<std::uint8_t> asked;  ///< [class] 1 where there was something to ask about
  std::vector<float> count;         ///< [class] answers
  std::vector<float> weight;        ///< [class] their generalists' weights, added up
  std::vector<float> mean;          ///< [class][y][x] mean of all answers, each weighed by its generalist
  std::vector<float> plainMean;     ///< [class][y][x] the same without weights
  std::vector<float> variance;      ///< [class][y][x] over all answers
  int prompts = 0;                  ///< that were answered
};

struct PanelOptions {
  PromptForm form = PromptForm::Mixed;
  int samples = 4;                                  ///< prompts a class
  std::size_t remembered = 128;                     ///< pictures whose embeddings are kept
  KeptComponent keep = KeptComponent::HighestMean;  ///< of a class's mask, what is asked about
};

/// A class's probabilities with other components than the kept one below one half.
std::vector<float> softMask(std::span<const float> probabilities, const Mask& kept);
/// Dice of what is above one half with a truth of zeros and ones; 0 where both are empty.
double softDice(std::span<const float> soft, std::span<const std::uint8_t> truth);

/// One or several frozen generalists that are asked about a specialist's masks (SemiSAM+; ALGORITHMS.md 4.5). Prompts come from those masks
/// alone; a class of which the specialist found nothing costs nothing. Embeddings are kept in memory.
class GeneralistPanel {
 public:
  GeneralistPanel(std::vector<std::shared_ptr<const Generalist>> generalists, const PanelOptions& options);

  /// How well each agrees with true masks when prompted with them: its weight in the mean. `key` as below.
  void weigh(std::int64_t key, const Image& image, const std::vector<ClassAnnotation>& classes, std::uint64_t seed);
  const std::vector<double>& weights() const { return m_weights; }

  /// `key`: a number that stands for this picture. `prediction` on its grid.
  Advice ask(std::int64_t key, const Image& image, const Prediction& prediction, std::uint64_t seed, std::int64_t step);
  /// The same about a picture that will not come again: nothing of it is kept.
  Advice askOnce(const Image& image, const Prediction& prediction, std::uint64_t seed, std::int64_t step);

 private:
  using Embeddings = std::vector<std::shared_ptr<const Embedding>>;
  Embeddings embedded(const Image& image) const;
  /// `asked` is called where there is something to ask about.
  Advice advised(const std::function<const Embeddings&()>& asked, const Prediction& prediction, std::uint64_t seed,
                 std::int64_t step) const;
  const Embeddings& embeddings(std::int64_t key, const Image& image);
  /// Soft answers of one generalist to all prompts.
  std::vector<std::vector<float>> answers(std::size_t generalist, const Embedding& embedding, const std::vector<Prompt>& prompts) const;
  /// The soft mask as a prompt, where this generalist takes one and the form, or its lack of weights, asks for it.
  void addMaskPrompts(std::size_t generalist, const Embedding& embedding, std::span<const float> soft, std::int64_t area,
                      std::uint64_t seed, std::int64_t step, std::vector<Prompt>& prompts) const;

  std::vector<std::shared_ptr<const Generalist>> m_generalists;
  PanelOptions m_options;
  std::unique_ptr<PromptExtractor> m_extractor;
  std::vector<double> m_weights;
  std::vector<double> m_agreement;
  int m_weighed = 0;
  std::map<std::int64_t, Embeddings> m_embeddings;
  std::list<std::int64_t> m_order;  ///< oldest first
};

}  // namespace roundel
