#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/embedding_batch.h"
#include "prompts/cleaning.h"
#include "prompts/prompt_extractor.h"
#include "refine/label_refiner.h"
#include "rounds/pseudo_label.h"
#include "rounds/run_context.h"
#include "train/volume_panel.h"

namespace roundel {

/// What is left of a prediction after cleaning, on the specialist's grid.
struct CleanedCase {
  std::vector<CleanedClass> classes;
  std::vector<std::optional<double>> entropy;          ///< at the mask, bits (quality/quality_features.h)
  std::vector<std::optional<double>> meanProbability;  ///< inside it
};

/// Turns predictions into pseudo-labels: clean -> prompt -> refine, one case at a time. The same code serves the unlabelled
/// cases of a round, the cross-fit of the estimates, the test cases and `predict --refine`. Safe for several threads.
class Labeller {
 public:
  struct Options {
    CleaningOptions cleaning = {};
    Json extractor = Json::object();            ///< parameters of the extractor `sctb`
    std::vector<std::string> generalists = {};  ///< empty: no refinement
    Json generalistParams = Json::object();     ///< by name of the generalist, those that differ from the default
    Json refiner = Json::object();              ///< refinerParams()
    int stabilityPrompts = 2;
    std::uint64_t seed = 1;
    std::string device = "auto";                                ///< of learnt generalists
    StudyKind kind = StudyKind::Pictures;                       ///< of volumes, generalists that look at volumes are taken, too
    std::map<std::string, std::filesystem::path> adapted = {};  ///< weights that replace a generalist's own, by its name
    std::filesystem::path embeddings = {};                      ///< folder where their embeddings are kept; empty: nowhere
  };

  /// `adapted`: see Options.
  explicit Labeller(const RunContext& context, const std::map<std::string, std::filesystem::path>& adapted = {});
  explicit Labeller(const Options& options);
  ~Labeller();

  /// Identity of the generalists; part of what the stages depend on.
  std::string contentHash() const;
  /// [{"name", "sha256", "adapted"}] of the generalists, for results; "adapted": the SHA-256 of the weights, null for the shipped ones.
  const Json& generalists() const { return m_generalistFacts; }
  bool refines() const { return m_refiner != nullptr || m_volumes != nullptr; }
  /// Only where it refines, and not volumes as a whole.
  const LabelRefiner& refiner() const { return *m_refiner; }
  /// Whether the generalists look at volumes as a whole: volume_labeller.h asks them. Else it is slices that are refined.
  const VolumePanel* ofVolumes() const { return m_volumes.get(); }
  /// How many cases may be in hand at the same time: learnt generalists use all threads for one.
  int casesAtOnce(int workers) const { return m_learnt.empty() ? workers : 1; }
  /// Whether some of them have embeddings that are worth keeping, and a place to keep them.
  bool keepsEmbeddings() const { return m_store != nullptr && !m_learnt.empty(); }
  /// Makes the embeddings that learnt generalists will need, where they are kept; else does nothing.
  EmbeddingBatchReport embedAhead(std::span<const EmbeddingWish> wishes, Job& job) const;

  CleanedCase clean(const Prediction& prediction) const;
  /// Prompts in pixels of the image, from masks on the specialist's grid.
  std::vector<ClassPrompts> prompts(const CleanedCase& cleaned, Size imageSize) const;
  /// `prediction` is on the specialist's grid.
  CasePseudoLabels refine(const std::string& caseName, const Image& image, const Prediction& prediction, const CleanedCase& cleaned,
                          const std::vector<ClassPrompts>& prompts, Job& job) const;
  /// All three in a row.
  CasePseudoLabels label(const std::string& caseName, const Image& image, const Prediction& prediction, Job& job) const;

 private:
  Options m_options;
  std::unique_ptr<PromptExtractor> m_extractor;
  std::string m_generalistsHash;
  Json m_generalistFacts = Json::array();
  std::vector<std::shared_ptr<const Generalist>> m_learnt;
  std::shared_ptr<EmbeddingStore> m_store;
  std::unique_ptr<LabelRefiner> m_refiner;
  std::unique_ptr<const VolumePanel> m_volumes;
};

/// Prompts from one grid on another of the same field of view.
std::vector<ClassPrompts> scaledPrompts(const std::vector<ClassPrompts>& prompts, Size from, Size to);

}  // namespace roundel
