#include "rounds/run_orders.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "rounds/adaptation_stage.h"
#include "rounds/belief_stages.h"
#include "rounds/labelling_stages.h"
#include "rounds/left_out.h"
#include "train/generalist_adaptation.h"

namespace roundel {
namespace {

// Paths are bytes; JSON is UTF-8. Numbers stand for the bytes.
Json bytesOf(const std::filesystem::path& given) {
  Json bytes = Json::array();
  const std::filesystem::path path = given.empty() ? given : std::filesystem::absolute(given);
  for (const char one : path.native()) bytes.push_back(static_cast<unsigned char>(one));
  return bytes;
}
std::filesystem::path pathOf(const Json& bytes) {
  std::string text;
  for (const auto& one : bytes) text += static_cast<char>(one.get<int>());
  return text;
}

/// Who gave the order will say what there is to warn of, from what it finds.
class WarnedElsewhere : public Job {
 public:
  explicit WarnedElsewhere(Job& outer) : m_outer(outer) {}
  void progress(std::int64_t done, std::int64_t total, const std::string& phase) override { m_outer.progress(done, total, phase); }
  void metric(const Json& values) override { m_outer.metric(values); }
  void log(const std::string& line) override { m_outer.log(line); }
  bool stopRequested() const override { return m_outer.stopRequested(); }

 private:
  Job& m_outer;
};

RoundTraining trainingIn(const Json& order) {
  return {.round = order.at("round"),
          .arm = order.at("arm") == toString(Arm::Control) ? Arm::Control : Arm::Strategy,
          .previous = pathOf(order.at("previous")),
          .pseudoLabels = pathOf(order.at("pseudo_labels")),
          .beliefs = pathOf(order.at("beliefs")),
          .fold = order.at("fold"),
          .folds = order.at("folds")};
}

}  // namespace

Json trainingOrder(const std::filesystem::path& runFolder, const RoundTraining& training, std::int64_t steps,
                   const std::filesystem::path& folder) {
  return {{"order", "train"},
          {"run", bytesOf(runFolder)},
          {"round", training.round},
          {"arm", toString(training.arm)},
          {"previous", bytesOf(training.previous)},
          {"pseudo_labels", bytesOf(training.pseudoLabels)},
          {"beliefs", bytesOf(training.beliefs)},
          {"fold", training.fold},
          {"folds", training.folds},
          {"steps", steps},
          {"folder", bytesOf(folder)}};
}

Json embeddingOrder(const std::filesystem::path& runFolder, const std::vector<int>& cases, const std::filesystem::path& adapted) {
  return {{"order", "embed"}, {"run", bytesOf(runFolder)}, {"cases", cases}, {"adapted", bytesOf(adapted)}};
}

Json featureOrder(const std::filesystem::path& runFolder, const std::vector<int>& cases) {
  return {{"order", "features"}, {"run", bytesOf(runFolder)}, {"cases", cases}};
}

std::vector<std::vector<int>> dealtOut(const std::vector<int>& cases, std::size_t hands) {
  std::vector<std::vector<int>> dealt(std::min(hands, cases.size()));
  for (std::size_t i = 0; i < cases.size(); ++i) dealt[i % dealt.size()].push_back(cases[i]);
  return dealt;
}

Json runOrder(const std::filesystem::path& runFolder) { return {{"order", "run"}, {"run", bytesOf(runFolder)}}; }

Json lastOrder() { return {{"order", "none"}}; }
bool isLastOrder(const Json& order) { return order.at("order") == "none"; }

bool isDone(const Json& order) {
  return order.at("order") == "train" && std::filesystem::exists(pathOf(order.at("folder")) / "model.safetensors");
}

struct OrderTaker::Study {
  Study(const std::filesystem::path& folder, const RunExecution& execution, const ImageLoader& loader)
      : plan(readRunPlan(folder)),
        data(plan, folder, loader),
        context{.plan = plan,
                .strategy = findRunStrategy(plan.strategy),
                .data = data,
                .folder = folder,
                .device = execution.device,
                .threads = execution.threads,
                .reuse = execution.reuse,
                .fabric = execution.fabric} {}
  RunPlan plan;
  StudyData data;
  RunContext context;
};

OrderTaker::OrderTaker(RunExecution execution, ImageLoader loader) : m_execution(std::move(execution)), m_loader(std::move(loader)) {}
OrderTaker::~OrderTaker() = default;

OrderTaker::Study& OrderTaker::studyOf(const std::filesystem::path& runFolder) {
  auto& study = m_studies[runFolder];
  if (!study) study = std::make_unique<Study>(runFolder, m_execution, m_loader);
  return *study;
}

void OrderTaker::carryOut(const Json& order, Job& outer) {
  WarnedElsewhere job(outer);
  const std::filesystem::path folder = pathOf(order.at("run"));
  if (order.at("order") == "run") {
    if (executeRun(folder, m_execution, m_loader, job).record.state != "finished") throw Cancelled();
    return;
  }
  const RunContext& context = studyOf(folder).context;
  if (order.at("order") == "train") {
    const RoundTraining training = trainingIn(order);
    trainOnly(context, training, trainingSetOf(context, training, job), order.at("steps").get<std::int64_t>(), pathOf(order.at("folder")),
              job);
  } else if (order.at("order") == "embed") {
    const std::filesystem::path adapted = pathOf(order.at("adapted"));
    const Labeller labeller = adapted.empty() ? Labeller(context) : Labeller(context, adaptedWeights(context, adapted, kWholeStudy));
    labeller.embedAhead(embeddingWishes(context, order.at("cases").get<std::vector<int>>()), job);
  } else if (order.at("order") == "features") {
    FeatureSource(context).embedAhead(order.at("cases").get<std::vector<int>>(), job);
  } else {
    throw Error(ErrorKind::Defect, "bad-order", "A process was told to do something that it does not know.");
  }
}

void followRun(const RunExecution& execution, ImageLoader loader, Job& job) {
  OrderTaker taker(execution, std::move(loader));
  while (true) {
    const Json order = Json::parse(execution.fabric->broadcastText(""));
    if (isLastOrder(order)) return;
    try {
      taker.carryOut(order, job);
    } catch (const Cancelled&) {  // all ranks stopped together; rank 0 says what comes now
    }
  }
}

}  // namespace roundel
