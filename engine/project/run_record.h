#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

/// One measured or estimated number of a round (reference: the command line's "A run's result").
struct Score {
  std::string caseName;              ///< empty: over all cases
  std::string className;             ///< empty: over all classes
  std::string split;                 ///< labelled | unlabelled | validation | test
  std::string arm;                   ///< strategy | control
  std::string metric;                ///< dice, iou, hd95, assd, estimated_dice, agreement, entropy, stability
  std::optional<double> value = {};  ///< none: could not be measured (an absent class, say)
  std::string unit = {};             ///< "mm", "px"; empty: none
  bool estimated = false;
};

struct StageRecord {
  std::string name;
  std::string state;
  std::string sha256;  ///< empty: none
};

struct RoundRecord {
  int number = 0;
  std::vector<StageRecord> stages;
  std::vector<Score> scores;
};

/// A run as its folder tells it (`runs/<id>/run.json`).
struct RunRecord {
  std::string id;
  std::string state;
  std::string strategy;
  std::uint64_t seed = 0;
  std::string planSha256;
  std::string weightsSha256;
  Json environment = Json::object();
  std::string documentSha256 = {};  ///< of run.json as taken in
  std::string takenInAt = {};       ///< UTC; empty: not taken in
  std::vector<RoundRecord> rounds;
};

Json toJson(const RunRecord& run);
/// Unknown fields are ignored, absent ones are empty. Throws Error(BadInput, "bad-document").
RunRecord runRecordFromJson(const Json& json);

/// The round of a run that was made *the* model of the study.
struct PromotedModel {
  std::string run;
  int round = 0;
  std::string arm = "strategy";  ///< strategy | control
  std::string path;              ///< of the checkpoint, relative to the project's folder
  std::string sha256;            ///< of the checkpoint
  std::string who = {};
  std::string when = {};
};

}  // namespace roundel
