#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "core/job.h"
#include "rounds/runner.h"
#include "rounds/training_stage.h"

namespace roundel {

// Work of a run that another process does: on another device, or as a rank that shares the batches of a training. All that it needs lies
// in the run's folder, so an order is a few words; all that it makes lies there, too, where the run finds it finished.

/// One training of a run.
Json trainingOrder(const std::filesystem::path& runFolder, const RoundTraining& training, std::int64_t steps,
                   const std::filesystem::path& folder);
/// The embeddings of some cases by the run's generalists. `adapted`: the folder of the stage that adapted them; empty: as shipped.
Json embeddingOrder(const std::filesystem::path& runFolder, const std::vector<int>& cases, const std::filesystem::path& adapted);
/// The same for what SemiSAM-O1 looks at.
Json featureOrder(const std::filesystem::path& runFolder, const std::vector<int>& cases);
/// Cases dealt out in turn; nobody gets nothing.
std::vector<std::vector<int>> dealtOut(const std::vector<int>& cases, std::size_t hands);
/// A whole run (`sweep`).
Json runOrder(const std::filesystem::path& runFolder);
/// There is nothing more to do.
Json lastOrder();
bool isLastOrder(const Json& order);

/// A training that is finished already.
bool isDone(const Json& order);

/// Carries orders out in this process; remembers a study's images from one to the next.
class OrderTaker {
 public:
  /// `execution`: device and threads, and the fabric where this is a rank.
  OrderTaker(RunExecution execution, ImageLoader loader);
  ~OrderTaker();
  void carryOut(const Json& order, Job& job);

 private:
  struct Study;
  Study& studyOf(const std::filesystem::path& runFolder);

  RunExecution m_execution;
  ImageLoader m_loader;
  std::map<std::filesystem::path, std::unique_ptr<Study>> m_studies;
};

/// A rank other than 0 of a run: takes part in each of its trainings, until rank 0 says that there are no more.
void followRun(const RunExecution& execution, ImageLoader loader, Job& job);

}  // namespace roundel
