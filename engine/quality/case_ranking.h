#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/registry.h"
#include "quality/quality_features.h"

namespace roundel {

/// What is known of the pseudo-labels of one case: one entry a class that was found in it.
struct CaseQuality {
  struct ClassQuality {
    int classIndex = 0;
    std::optional<double> estimatedDice = {};
    QualityFeatures features = {};
  };
  std::string name;
  std::vector<ClassQuality> classes;
};

struct RankedCase {
  std::string name;
  double value = 0;    ///< the more, the more a look is worth
  std::string reason;  ///< a sentence for a person
};

/// Which cases deserve a look first.
class CaseRanking {
 public:
  virtual ~CaseRanking() = default;
  virtual std::string name() const = 0;
  /// All cases, the most worthwhile first; equal ones by name. Deterministic.
  virtual std::vector<RankedCase> rank(std::span<const CaseQuality> cases) const = 0;
};

/// lowest-estimate, disagreement, entropy, rarity, expected-value.
const Registry<CaseRanking>& caseRankings();

}  // namespace roundel
