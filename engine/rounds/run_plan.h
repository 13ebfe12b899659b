#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/geometry.h"
#include "core/label_set.h"
#include "project/split.h"

namespace roundel {

enum class StudyKind { Pictures, Volumes };

/// A case as a run froze it: nothing of it is looked up in the project again.
struct PlannedCase {
  std::string name;
  SplitPart part = SplitPart::Unlabelled;
  std::string imagePath;                      ///< bytes of the path, absolute
  Json pixelPipeline;                         ///< settings of the case's pixel pipeline
  Size size;                                  ///< of the image
  std::optional<std::string> annotationHash;  ///< SHA-256 of the frozen label version; none: it has no labels
  std::string modality = {};                  ///< of a volume: DICOM's word; empty: not known
};

/// Everything that determines a run's numbers, frozen before it starts; stored as plan.json. Label versions are stored beside
/// it, by hash, so that a run never reads the project's database again.
struct RunPlan {
  std::string id;
  std::string strategy;
  std::string preset;
  int rounds = 1;
  std::uint64_t seed = 1;
  std::vector<std::string> generalists;
  Json generalistParams = Json::object();  ///< values set by hand, an object a generalist
  bool control = false;                    ///< the supervised control arm runs beside
  Json runParams;                          ///< values of runParams()
  Json trainParams;                        ///< values set by hand for training; the preset fills in the rest
  LabelSet classes;
  int width = 0, height = 0;       ///< of the specialist's pictures; 0 for volumes
  bool volumes = false;            ///< the cases are volumes (rounds/volume_work.h says what is done to them)
  std::vector<PlannedCase> cases;  ///< in the project's order
  std::set<int> leftOut = {};      ///< unlabelled cases whose images cannot be opened (rounds/left_out.h); no part of plan.json

  /// Without those that are left out.
  std::vector<int> casesOf(SplitPart part) const;
  StudyKind kind() const { return volumes ? StudyKind::Volumes : StudyKind::Pictures; }
};

Json toJson(const RunPlan& plan);
RunPlan runPlanFromJson(const Json& json);
/// SHA-256 of the plan without its id: two runs of the same plan have the same.
std::string planHash(const RunPlan& plan);

/// A size for the specialist's pictures: the median aspect of the images, its long side about `longSide`, both sides multiples
/// of 16 and at least 32 (ALGORITHMS.md 6.7b).
Size workingSize(const std::vector<Size>& imageSizes, std::int64_t longSide);

}  // namespace roundel
