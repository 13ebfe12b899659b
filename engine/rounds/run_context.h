#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fabric/fabric.h"
#include "models/specialist.h"
#include "rounds/run_plan.h"
#include "rounds/run_strategy.h"
#include "rounds/study_data.h"

namespace roundel {

enum class Arm { Strategy, Control };
std::string toString(Arm arm);

/// Whether a training that another run of the study has done already is taken from there. The numbers are the same either way.
enum class Reuse { Trainings, Nothing };

class Crew;

/// What every stage of a run needs: the frozen plan, its strategy, the images and labels, and where it computes.
struct RunContext {
  const RunPlan& plan;
  const RunStrategy& strategy;
  const StudyData& data;
  std::filesystem::path folder;  ///< of the run
  std::string device = "auto";
  int threads = 0;  ///< 0: all cores
  Reuse reuse = Reuse::Trainings;
  std::shared_ptr<Fabric> fabric = {};  ///< the ranks that share the batches of every training; null: this process is alone
  Crew* crew = nullptr;                 ///< processes on further devices, for what does not depend on one another; null: there are none

  int workers() const;  ///< threads for work on one case each
  /// How the run's specialists predict.
  PredictOptions predicting() const;
  bool usesGeneralist() const { return strategy.refinement != Refinement::None; }
  const std::string& className(int index) const { return plan.classes[index].name; }
};

/// A seed for one purpose of a run; the arms share it, so that they differ in nothing but what they learn from.
std::uint64_t seedFor(const RunPlan& plan, const std::string& purpose, int round);

}  // namespace roundel
