#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/embedding_batch.h"
#include "models/embedding_store.h"
#include "models/generalist.h"
#include "rounds/run_context.h"
#include "rounds/score.h"

namespace roundel {

// The stages of SemiSAM-O1 between two trainings (ALGORITHMS.md 5.4b): embed -> propose -> refine. What they hand on are not masks but
// beliefs: probabilities of every class at every pixel of the unlabelled cases, on the specialist's grid.

/// Dense features of a run's images by its first generalist; embeddings of learnt ones are kept on disk. Of volumes: slice by slice, whole
/// where the generalist looks at volumes, or classical ones in space where it has learnt nothing.
class FeatureSource {
 public:
  explicit FeatureSource(const RunContext& context);
  /// Whether there is anything to embed ahead.
  bool keepsEmbeddings() const { return m_store != nullptr && !m_context.plan.volumes; }
  /// Embeds all of these cases that are not known yet.
  void embedAhead(const std::vector<int>& cases, Job& job) const;
  FeatureMap of(int caseIndex, Job& job) const;
  /// Of a part of the specialist's grid alone.
  FeatureMap ofPart(int caseIndex, const PixelBox& part, Job& job) const;
  std::string contentHash() const { return m_generalist->contentHash(); }

 private:
  FeatureMap ofPicture(const Image& image, Job& job) const;
  FeatureMap ofVolume(const Image& volume, Job& job) const;
  FeatureMap ofWholeVolume(const Image& volume, Job& job) const;
  const RunContext& m_context;
  std::shared_ptr<const Generalist> m_generalist;
  std::shared_ptr<EmbeddingStore> m_store;
  std::filesystem::path m_kept;  ///< folder of embeddings and features
  std::int64_t m_factor = 1;     ///< voxels a cell, the same for all volumes: features of different sizes cannot be compared
};

/// Beliefs before the first round: prototypes of the labelled cases, propagated. Writes one file a case; returns the SHA-256 of all.
std::string proposeByPrototypes(const RunContext& context, const FeatureSource& features, const std::filesystem::path& folder, Job& job);

/// Beliefs of later rounds: the mean of several views of the last round's specialist.
std::string proposeBySpecialist(const RunContext& context, const std::filesystem::path& checkpoint, const std::filesystem::path& folder,
                                Job& job);

/// Corrects what is uncertain by neighbours in feature space; in the first round hands the beliefs on as they are. Writes the beliefs, and
/// scores.json: per class how many pixels changed and, of those whose truth is known, how many for the better; the Dice before and after.
std::string refineBeliefs(const RunContext& context, const FeatureSource& features, int round, const std::filesystem::path& proposed,
                          const std::filesystem::path& folder, Job& job);

}  // namespace roundel
