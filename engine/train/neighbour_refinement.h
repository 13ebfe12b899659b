#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/annotation.h"
#include "core/prediction.h"
#include "models/generalist.h"

namespace roundel {

struct NeighbourOptions {
  double quantile = 0.9;  ///< of the entropy near the foreground: above it a pixel is uncertain
  double reach = 8;       ///< pixels around the foreground that count as near
  int neighbours = 16;
  int confident = 4096;  ///< vectors a class, drawn over all cases
  double blend = 0.7;    ///< share of the neighbours' vote in the new probability
};

/// A case that refinement looks at: what is believed of it, and its labels where it has some (then it is not changed).
struct RefinementCase {
  const FeatureMap* features = nullptr;
  Prediction belief;                         ///< on the specialist's grid of the case
  std::vector<ClassAnnotation> labels = {};  ///< of a labelled case, on the same size; empty: unlabelled
};

/// What became of one class of one case; pixels.
struct RefinementCount {
  std::int64_t uncertain = 0, changed = 0;  ///< looked at; on the other side of one half afterwards
};

/// Corrects what is uncertain by the most similar confident pixels of all cases (SemiSAM-O1; ALGORITHMS.md 5.4b, point 5): for every class
/// on its own, new probability = (1 - blend) p + blend * vote, a neighbour's vote weighing max(cosine, 0)^4 times its confidence. Confident
/// are pixels near the foreground whose entropy is below its median; those of labelled cases always, with weight 1. A class of which too
/// few confident pixels are known, inside or outside, is left as it is. Deterministic.
class NeighbourRefinement {
 public:
  /// Of so many cases, which are added one by one: their confident pixels are remembered, the cases are not.
  NeighbourRefinement(std::size_t caseCount, const NeighbourOptions& options, std::uint64_t seed);
  NeighbourRefinement(std::span<const RefinementCase> cases, const NeighbourOptions& options, std::uint64_t seed);
  void add(const RefinementCase& one);
  /// The corrected belief of an unlabelled case, and a count a class.
  Prediction refined(const RefinementCase& one, std::vector<RefinementCount>& counts) const;

 private:
  /// Confident vectors of one class: unit length, one after another.
  struct Pool {
    std::vector<float> vectors, labels, confidence;
    std::int64_t inside = 0, outside = 0;
  };
  NeighbourOptions m_options;
  std::uint64_t m_seed;
  std::size_t m_each;       ///< confident pixels of a case and side at most
  std::size_t m_added = 0;  ///< cases
  int m_channels = 0;
  std::vector<Pool> m_pools;
};

}  // namespace roundel
