#include "rounds/forecast.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/elapsed.h"
#include "core/error.h"
#include "core/files.h"
#include "device/device.h"
#include "device/processor.h"
#include "rounds/adaptation_stage.h"
#include "rounds/evaluate.h"
#include "rounds/few_steps.h"
#include "rounds/labeller.h"
#include "rounds/parallel.h"
#include "rounds/training_stage.h"
#include "rounds/validation_stage.h"
#include "rounds/volume_labeller.h"

namespace roundel {
namespace {

/// A forward pass is about a third of a training step.
constexpr double kForwardShare = 1.0 / 3;
/// Looks at a picture in test-time augmentation where classes name mirrors; five where they do not.
constexpr double kAugmentedViews = 6;
/// About so often a training looks at the validation cases (train_plan.cpp, validate_every).
constexpr int kValidations = 10;
constexpr double kMostCachedImages = 1u << 30;
/// Of volumes: how many of each kind are opened, and the steps of a training that is taken to its end, so that its network can predict.
constexpr std::size_t kVolumesTried = 2;
constexpr int kVolumeSteps = 3;

/// Gone with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "roundel-forecast-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw Error(ErrorKind::Resource, "not-writable", "Cannot make a temporary folder for the forecast.", {.path = pattern});
    m_path = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code code;
    std::filesystem::remove_all(m_path, code);
  }
  const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

/// The plan with the few cases that are opened; of pictures all of them may be.
RunPlan triedPart(const RunPlan& plan) {
  RunPlan part = plan;
  if (!plan.volumes) return part;
  part.cases.clear();
  for (const SplitPart kind : {SplitPart::Labelled, SplitPart::Unlabelled}) {
    const auto cases = plan.casesOf(kind);
    for (std::size_t i = 0; i < cases.size() && i < kVolumesTried; ++i)
      part.cases.push_back(plan.cases[static_cast<std::size_t>(cases[i])]);
  }
  return part;
}

double voxelsOf(const RunPlan& plan) {
  double sum = 0;
  for (const auto& one : plan.cases) sum += static_cast<double>(one.size.count());
  return sum;
}

class Trial {
 public:
  Trial(const FrozenRun& frozen, const std::string& device, int threads, ImageLoader loader, Job& job, const ForecastLimits& limits)
      : m_plan(frozen.plan),
        m_tried(triedPart(frozen.plan)),
        m_run(m_temporary.path() / "study" / "runs" / "forecast"),
        m_data(m_tried, m_run, std::move(loader)),
        m_context{m_tried, findRunStrategy(m_plan.strategy), m_data, m_run, device, threads, Reuse::Nothing},
        m_job(job),
        m_limits(limits) {
    std::filesystem::create_directories(m_run / "labels");
    const auto labelled = m_tried.casesOf(SplitPart::Labelled);
    for (std::size_t i = 0; i < labelled.size() && static_cast<int>(i) < limits.cases; ++i) m_sample.push_back(labelled[i]);
    for (const int index : m_sample)
      for (const auto& [hash, annotation] : frozen.annotations)
        if (hash == *m_tried.cases[static_cast<std::size_t>(index)].annotationHash)
          writeFileAtomically(frozenLabelPath(m_run, hash), toJson(annotation).dump());
  }

  RunForecast forecast() {
    const auto begin = std::chrono::steady_clock::now();
    const ComputeChoice choice = chooseDevice(m_context.device, m_context.threads);
    const std::uint64_t gpuBefore = choice.onGpu() ? availableMemory(choice.device) : 0;
    startPeakMemory();
    openSample();
    m_step = secondsPerStep(0, Arm::Strategy);
    const bool otherNetwork = specialistOf(m_plan, m_context.strategy) != controlSpecialistOf(m_plan);
    const bool own = trainingStrategyOf(m_context) != "supervised" || otherNetwork;
    m_ownStep = own ? secondsPerStep(1, Arm::Strategy) : m_step;
    m_controlStep = otherNetwork ? secondsPerStep(1, Arm::Control) : m_step;
    if (m_plan.volumes) predictSample();
    if (labels()) labelSample();
    scoreSample();
    if (adaptationCount(m_context) > 0) m_adapt = tryAdaptation(m_context, m_sample, m_run / "trial-adapt", m_job);
    compose();
    m_result.memoryBytes = memoryOfWholeRun();
    if (const std::uint64_t gpuAfter = choice.onGpu() ? availableMemory(choice.device) : 0; gpuBefore > gpuAfter)
      m_result.gpuMemoryBytes = gpuBefore - gpuAfter;
    m_result.availableBytes = freeMachineMemory();
    m_result.measuredFor = secondsSince(begin);
    return m_result;
  }

 private:
  bool labels() const { return m_context.strategy.targets == RoundTargets::PseudoLabels; }
  double count(SplitPart part) const { return static_cast<double>(m_plan.casesOf(part).size()); }
  double perSample() const { return static_cast<double>(std::max<std::size_t>(1, m_sample.size())); }

  void openSample() {
    auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < m_sample.size(); ++i) {
      m_job.throwIfStopped();
      m_data.image(m_sample[i]);
      // The process that opens pictures starts with the first one, and once.
      if (i == 0 && m_sample.size() > 1 && !m_plan.volumes) begin = std::chrono::steady_clock::now();
    }
    if (!m_plan.volumes) {
      m_open = secondsSince(begin) / std::max(1.0, perSample() - 1);
      return;
    }
    m_data.volumes();  // opens the others, too
    m_open = secondsSince(begin) / static_cast<double>(m_tried.cases.size()) * size();
  }

  /// How large the study's volumes are on the average, in those that are tried.
  double size() const {
    return voxelsOf(m_plan) / static_cast<double>(m_plan.cases.size()) / (voxelsOf(m_tried) / static_cast<double>(m_tried.cases.size()));
  }

  /// By the network of the first trial, which knows nothing yet: that takes as long.
  void predictSample() {
    const Specialist specialist =
        Specialist::load(m_run / ("trial-0" + toString(Arm::Strategy)) / "model.safetensors", m_context.predicting());
    const auto begin = std::chrono::steady_clock::now();
    predictCases(m_context, specialist, {m_sample.front()}, "trying a prediction", m_job, [](int, const Prediction&) {});
    const double voxels = static_cast<double>(m_tried.cases[static_cast<std::size_t>(m_sample.front())].size.count());
    m_predict = secondsSince(begin) * voxelsOf(m_plan) / static_cast<double>(m_plan.cases.size()) / voxels;
  }

  TrainingSet volumeSet(const RoundTraining& training) {
    TrainingSet set = trainingSetOf(m_context, training, m_job);
    if (m_context.strategy.targets == RoundTargets::Beliefs)
      for (TrainingCase& one : set.unlabelled)
        one.beliefs.assign(static_cast<std::size_t>(m_plan.classes.size()) * static_cast<std::size_t>(set.gridOf(one).count()), 128);
    return set;
  }

  TrainingSet sampleSet(const RoundTraining& training) {
    if (m_plan.volumes) return volumeSet(training);
    TrainingSet set{.width = m_plan.width, .height = m_plan.height, .classes = m_plan.classes, .pixelPipeline = commonPipeline(m_plan)};
    for (const int index : m_sample) set.labelled.push_back(m_data.labelled(index));
    if (training.round == 0 || training.arm == Arm::Control || trainingStrategyOf(m_context) == "supervised") return set;
    const auto unlabelled = m_plan.casesOf(SplitPart::Unlabelled);
    for (std::size_t i = 0; i < unlabelled.size() && set.unlabelled.size() < m_sample.size(); ++i) {
      try {
        set.unlabelled.push_back(m_data.picture(unlabelled[i]));
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput) throw;  // a run leaves an unlabelled case out that cannot be opened
        continue;
      }
      if (m_context.strategy.targets == RoundTargets::Beliefs)
        set.unlabelled.back().beliefs.assign(static_cast<std::size_t>(m_plan.classes.size()) * static_cast<std::size_t>(m_plan.width) *
                                                 static_cast<std::size_t>(m_plan.height),
                                             128);
    }
    return set;
  }

  double secondsPerStep(int round, Arm arm) {
    const RoundTraining training{.round = round, .arm = arm};
    TrainPlan plan = trainPlanOf(m_context, training, 0);
    plan.params["steps"] =
        m_plan.volumes ? kVolumeSteps : std::max<std::int64_t>(plan.params.at("steps").get<std::int64_t>(), m_limits.steps + 2);
    TrainStart start = TrainStart::fromScratch();
    if (round > 0 && arm == Arm::Strategy && m_context.strategy.trainingStrategy == "semisam-plus")
      start.generalists = namedGeneralists(m_plan.generalists, m_plan.generalistParams, m_context.device, m_plan.kind());
    FewSteps clock(m_job, m_plan.volumes ? ForecastLimits{.seconds = 1e9, .steps = kVolumeSteps + 1} : m_limits);
    try {
      train(sampleSet(training), plan, start, m_run / ("trial-" + std::to_string(round) + toString(arm)), clock);
    } catch (const Cancelled&) {
      m_job.throwIfStopped();  // by a person, or by the clock as it should be
    }
    return clock.secondsPerStep().value_or(0);
  }

  /// A case's truth as if the specialist had said it, on the specialist's grid.
  Prediction fromTruth(int index) const {
    if (m_plan.volumes) {
      const TrainingCase truth = m_data.labelled(index);
      Prediction prediction{.size = truth.size, .classCount = m_plan.classes.size(), .probabilities = {}};
      for (const auto& one : truth.classes)
        for (const std::uint8_t in : (one.mask.empty() ? Mask(truth.size) : one.mask).toBytes())
          prediction.probabilities.push_back(in != 0 ? 0.9f : 0.05f);
      return prediction;
    }
    const Size size{m_plan.width, m_plan.height, 1};
    Prediction prediction{.size = size, .classCount = m_plan.classes.size(), .probabilities = {}};
    for (const auto& one : resampledClasses(*m_data.annotation(index), size)) {
      const auto bytes =
          one.mask.size() == size ? one.mask.toBytes() : std::vector<std::uint8_t>(static_cast<std::size_t>(size.count()), 0);
      for (const std::uint8_t in : bytes) prediction.probabilities.push_back(in != 0 ? 0.9f : 0.05f);
    }
    return prediction;
  }

  /// Cleaning, prompts and refinement, as many cases at once as in the run.
  void labelSample() {
    const Labeller labeller(m_context);
    std::vector<EmbeddingWish> wishes;
    for (const int index : m_sample)
      wishes.push_back({m_tried.cases[static_cast<std::size_t>(index)].name, [this, index] { return *m_data.image(index); }});
    auto begin = std::chrono::steady_clock::now();
    Job quiet;
    if (labeller.refines() && !m_plan.volumes) labeller.embedAhead(std::span(wishes).first(std::min<std::size_t>(wishes.size(), 2)), quiet);
    m_embed = secondsSince(begin) / static_cast<double>(std::min<std::size_t>(wishes.size(), 2));
    m_job.throwIfStopped();
    const int atOnce = labeller.casesAtOnce(m_context.workers());
    // Where one is done at a time, two are enough; else every worker gets one.
    const auto tried = std::min<std::int64_t>(static_cast<std::int64_t>(m_sample.size()), std::max(2, atOnce));
    begin = std::chrono::steady_clock::now();
    parallelFor(tried, atOnce, "trying the refinement", m_job, [&](std::int64_t i) {
      Job own;
      const int index = m_sample[static_cast<std::size_t>(i)];
      labelCase(m_context, labeller, index, fromTruth(index), own);
    });
    m_label = secondsSince(begin) / static_cast<double>(tried) * (m_plan.volumes ? size() : 1.0);
  }

  void scoreSample() {
    const int index = m_sample.front();
    const auto image = m_data.image(index);
    const auto begin = std::chrono::steady_clock::now();
    scoresOf(m_data.masksOnImage(index, fromTruth(index)), *m_data.annotation(index), image->geometry, m_plan.classes,
             {.caseName = {}, .split = "test"}, Distances::Measure);
    m_score = secondsSince(begin) / m_context.workers();
  }

  /// Sets of the right sizes, and nothing in them: what a budget of steps looks at.
  TrainingSet sizesOf(int round) const {
    TrainingSet set;
    const auto labelled = static_cast<std::size_t>(count(SplitPart::Labelled)),
               unlabelled = static_cast<std::size_t>(count(SplitPart::Unlabelled));
    const bool pseudo = round > 0 && labels();
    if (!pseudo || m_plan.runParams["targets"] != "pseudo") set.labelled.resize(labelled);
    if (pseudo) set.pseudoLabelled.resize(unlabelled);
    if (round > 0 && m_context.strategy.targets == RoundTargets::AllLabels) set.labelled.resize(labelled + unlabelled);
    if (round > 0 && m_context.strategy.trainingStrategy != "supervised" && m_context.strategy.refinement != Refinement::Selection)
      set.unlabelled.resize(unlabelled);
    return set;
  }

  void add(const std::string& name, double times, double each) {
    if (times <= 0 || each <= 0) return;
    for (auto& part : m_result.parts)
      if (part.name == name) {
        const double seconds = part.seconds() + times * each;
        part.count += times;
        part.secondsEach = seconds / part.count;
        return;
      }
    m_result.parts.push_back({name, times, each});
  }

  void compose() {
    const double batch = trainPlanOf(m_context, {.round = 0}, 0).params.at("batch").get<double>();
    const double views = m_context.predicting().augmentation == TestTimeAugmentation::Yes ? kAugmentedViews : 1;
    const double predict = m_plan.volumes ? m_predict : views * m_step * kForwardShare / std::max(1.0, batch);
    const double labelled = count(SplitPart::Labelled), unlabelled = count(SplitPart::Unlabelled);
    const double validation = count(SplitPart::Validation), test = count(SplitPart::Test);
    const bool refineTest = m_context.usesGeneralist() && m_plan.runParams["refine_test"].get<bool>();
    const bool shifts = (refineTest || labels()) && m_plan.runParams.value("shift_estimates", false);
    add("prepare", static_cast<double>(m_plan.cases.size()), m_open);
    const auto validate = [&](int arms) {
      add("validate", arms * (validation + test), predict + m_score);
      if (refineTest) add("validate", test, m_label + predict);
      if (shifts) add("validate", validation, m_label + predict);
    };
    const auto first = static_cast<double>(stepsOf(m_context, 0, sizesOf(0)));
    add("train", first, m_step);
    add("train", kValidations * validation, predict);
    add("adapt", adaptationCount(m_context) * m_plan.runParams.value("adapt_steps", 0.0), m_adapt);
    const double folds = std::min<double>(m_plan.runParams.at("folds").get<double>(), labelled);
    if ((m_context.usesGeneralist() || labels()) && folds >= 2) {
      add("calibrate", folds * std::max(1.0, std::floor(first / 2)), m_step);
      add("calibrate", labelled, predict + m_label + m_embed);
    }
    validate(1);
    for (int round = 1; round <= m_plan.rounds; ++round) {
      const auto steps = static_cast<double>(stepsOf(m_context, round, sizesOf(round)));
      if (labels()) {
        if (round == 1) add("embed", unlabelled, m_embed);
        add("propose", unlabelled, predict);
        add("refine", unlabelled, m_label);
      }
      add("train", steps, m_ownStep);
      add("train", kValidations * validation, predict);
      if (m_plan.control) {
        const RoundTraining strategy{.round = round}, control{.round = round, .arm = Arm::Control};
        double behind = 0;  // a control that begins anew takes the strategy's earlier steps, too
        if (goesOn(m_context, strategy) && !goesOn(m_context, control)) behind = first + (round - 1) * steps;
        add("control", steps + behind, m_controlStep);
        add("control", kValidations * validation, predict);
      }
      validate(m_plan.control ? 2 : 1);
    }
    if (m_context.strategy.targets == RoundTargets::Beliefs) m_result.notMeasured.push_back("features");
    for (const auto& part : m_result.parts) m_result.seconds += part.seconds();
  }

  /// What was held here, and what a run holds besides: all cases as training wants them, and the images that it keeps.
  std::uint64_t memoryOfWholeRun() const {
    if (m_plan.volumes) {
      // As in volume_stage: every volume twice, as it was prepared and as the trainer has it, and a bit plane a class; beliefs in bytes.
      double prepared = 0;
      for (const auto& one : m_data.volumes().cases) prepared += static_cast<double>(one.size.count());
      const double share = prepared / voxelsOf(m_tried), classes = m_plan.classes.size();
      double held = 0;
      for (const auto& one : m_plan.cases)
        if (one.part != SplitPart::Test)
          held += static_cast<double>(one.size.count()) * share *
                  (9 + classes / 8 +
                   (one.part == SplitPart::Unlabelled && m_context.strategy.targets == RoundTargets::Beliefs ? 2 * classes : 0));
      const double images = std::min(voxelsOf(m_plan) * sizeof(float), kMostCachedImages);
      return peakMemory() +
             static_cast<std::uint64_t>(std::max(0.0, held + images - prepared * (9 + classes / 8) - voxelsOf(m_tried) * sizeof(float)));
    }
    double images = 0, sampled = 0;
    for (const auto& one : m_plan.cases) images += static_cast<double>(one.size.count()) * sizeof(float);
    for (const int index : m_sample)
      sampled += static_cast<double>(m_plan.cases[static_cast<std::size_t>(index)].size.count()) * sizeof(float);
    // A picture in float32, once in the set and once as tensor, and a bit plane a class.
    const double perCase = static_cast<double>(m_plan.width) * m_plan.height * (2 * sizeof(float) + m_plan.classes.size() / 8.0);
    const double more = std::max(0.0, std::min(images, kMostCachedImages) - sampled) +
                        std::max(0.0, static_cast<double>(m_plan.cases.size()) - 2 * perSample()) * perCase;
    return peakMemory() + static_cast<std::uint64_t>(more);
  }

  TemporaryFolder m_temporary;
  const RunPlan& m_plan;
  const RunPlan m_tried;
  std::filesystem::path m_run;
  StudyData m_data;
  RunContext m_context;
  Job& m_job;
  ForecastLimits m_limits;
  std::vector<int> m_sample;
  RunForecast m_result;
  double m_open = 0, m_step = 0, m_ownStep = 0, m_controlStep = 0, m_label = 0, m_embed = 0, m_score = 0, m_predict = 0, m_adapt = 0;
};

}  // namespace

RunForecast forecastRun(const FrozenRun& frozen, const std::string& device, int threads, ImageLoader loader, Job& job,
                        const ForecastLimits& limits) {
  return Trial(frozen, device, threads, std::move(loader), job, limits).forecast();
}

Json toJson(const RunForecast& forecast) {
  Json parts = Json::array();
  for (const auto& one : forecast.parts)
    parts.push_back({{"name", one.name}, {"count", one.count}, {"seconds_each", one.secondsEach}, {"seconds", one.seconds()}});
  return {{"seconds", forecast.seconds},
          {"memory_bytes", forecast.memoryBytes},
          {"gpu_memory_bytes", forecast.gpuMemoryBytes == 0 ? Json(nullptr) : Json(forecast.gpuMemoryBytes)},
          {"available_bytes", forecast.availableBytes},
          {"parts", std::move(parts)},
          {"not_measured", forecast.notMeasured},
          {"measured_for_seconds", forecast.measuredFor}};
}

}  // namespace roundel
