#include "rounds/runner.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "device/device.h"
#include "rounds/adaptation_stage.h"
#include "rounds/belief_stages.h"
#include "rounds/crew.h"
#include "rounds/estimation_stages.h"
#include "rounds/labelling_stages.h"
#include "rounds/left_out.h"
#include "rounds/pause_time.h"
#include "rounds/run_journal.h"
#include "rounds/run_orders.h"
#include "rounds/training_stage.h"
#include "rounds/validation_stage.h"
#include "rounds/volume_stage.h"
#include "train/generalist_adaptation.h"

namespace roundel {
namespace {

/// Held while a process works on a run; the kernel gives it back when the process ends, however it ends.
class RunLock {
 public:
  explicit RunLock(const std::filesystem::path& folder)
      : m_file(::open((folder / "run.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (m_file < 0 || ::flock(m_file, LOCK_EX | LOCK_NB) != 0) {
      if (m_file >= 0) ::close(m_file);
      throw Error(ErrorKind::Locked, "run-active",
                  "Another process is working on the run in " + displayPath(folder) + ", or the folder is read-only.",
                  {.path = displayPath(folder), .remedy = "Wait until it has ended, or stop it first."});
    }
  }
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock() { ::close(m_file); }

 private:
  int m_file;
};

std::string hashOf(std::initializer_list<std::string> parts) {
  Sha256 hash;
  for (const auto& part : parts) {
    hash.update(part);
    hash.update("\n");
  }
  return hash.hex();
}

/// One run from its first stage to its last.
class RunProcess {
 public:
  RunProcess(const std::filesystem::path& folder, RunPlan& plan, const RunExecution& execution, const StudyData& data, Job& job,
             EventLog& events, Json environment)
      : m_plan(plan),
        m_crew(execution.devices.size() > 1 ? std::make_unique<Crew>(execution.devices, execution.threads, execution.reuse) : nullptr),
        m_context{plan,
                  findRunStrategy(plan.strategy),
                  data,
                  folder,
                  execution.device,
                  execution.threads,
                  execution.reuse,
                  execution.fabric,
                  m_crew.get()},
        m_job(job),
        m_stages(folder, plan.id, job, events, execution.stopAfter),
        m_journal(plan, folder, std::move(environment)),
        m_base(planHash(plan)) {
    m_stages.onChange = [this] {
      m_journal.setStages(m_stages.records());
      m_journal.write();
    };
  }

  RunJournal& journal() { return m_journal; }

  void runAll() {
    firstRound();
    for (int round = 1; round <= m_plan.rounds; ++round) laterRound(round);
  }

 private:
  void firstRound() {
    bool opened = false;
    m_pixels = m_stages.run(0, "prepare", m_base, [&](StageJob& job, const std::filesystem::path& folder) {
      opened = true;
      return prepare(job, folder);
    });
    if (!opened)
      for (const auto& one : readLeftOut(m_context.folder)) m_job.warning(warningOf(one));  // said again: the document is of the whole run
    trainStage(0, m_pixels, "");
    std::string adapted;
    if (adaptsGeneralists(m_context))
      adapted = m_stages.run(0, "adapt", hashOf({m_base, m_pixels}),
                             [&](StageJob& job, const std::filesystem::path& folder) { return adaptStage(m_context, folder, job); });
    if (!adapted.empty()) m_adapted = m_stages.folderOf(0, "adapt");
    const auto labellerOf = [&](int fold) -> std::shared_ptr<const Labeller> {
      if (adapted.empty()) return m_labeller;  // weights are read once
      return std::make_shared<const Labeller>(m_context, adaptedWeights(m_context, m_stages.folderOf(0, "adapt"), fold));
    };
    m_labeller = adapted.empty() ? std::make_shared<const Labeller>(m_context) : labellerOf(kWholeStudy);
    m_journal.setGeneralists(m_labeller->generalists());
    if (m_context.usesGeneralist() || m_context.strategy.targets == RoundTargets::PseudoLabels)
      m_estimator = m_stages.run(
          0, "calibrate", hashOf({m_base, m_pixels, m_labeller->contentHash()}),
          [&](StageJob& job, const std::filesystem::path& folder) { return calibrateStage(m_context, labellerOf, folder, job); });
    closeRound(0);
  }

  void laterRound(int round) {
    std::string gate;
    if (m_context.strategy.targets == RoundTargets::PseudoLabels) gate = makePseudoLabels(round);
    if (m_context.strategy.targets == RoundTargets::Beliefs) gate = makeBeliefs(round);
    trainStage(round, hashOf({m_trained, gate}), gate);
    closeRound(round);
  }

  /// embed -> propose -> clean -> prompt -> refine -> gate.
  std::string makePseudoLabels(int round) {
    const auto stage = [&](const char* name, const std::string& input, const StageRunner::Work& work) {
      return m_stages.run(round, name, input, work);
    };
    const auto folder = [&](const char* name) { return m_stages.folderOf(round, name); };
    const std::string embedded =
        stage("embed", hashOf({m_base, m_pixels, m_labeller->contentHash()}),
              [&](StageJob& job, const std::filesystem::path&) { return embedStage(m_context, *m_labeller, m_adapted, job); });
    const std::string proposed = stage("propose", hashOf({m_base, m_trained}), [&](StageJob& job, const std::filesystem::path& at) {
      return proposeStage(m_context, m_stages.folderOf(round - 1, "train") / "strategy" / "model.safetensors", at, job);
    });
    const std::string cleaned = stage("clean", hashOf({m_base, proposed}), [&](StageJob& job, const std::filesystem::path& at) {
      return cleanStage(m_context, *m_labeller, folder("propose"), at, job);
    });
    const std::string prompted = stage("prompt", hashOf({m_base, cleaned}), [&](StageJob& job, const std::filesystem::path& at) {
      return promptStage(m_context, *m_labeller, folder("clean"), at, job);
    });
    const std::string refined =
        stage("refine", hashOf({m_base, proposed, prompted, embedded}), [&](StageJob& job, const std::filesystem::path& at) {
          return refineStage(m_context, *m_labeller, folder("propose"), folder("clean"), folder("prompt"), at, job);
        });
    const EstimateFiles estimates = estimatesOf(round - 1);  // the pseudo-labels are the specialist's of the round before
    const std::string shift = std::filesystem::exists(estimates.shift) ? sha256OfFile(estimates.shift) : "";
    const std::string gate =
        stage("gate", hashOf({m_base, refined, m_estimator, shift, decisionsHash(m_context)}),
              [&](StageJob& job, const std::filesystem::path& at) { return gateStage(m_context, estimates, folder("refine"), at, job); });
    m_journal.setScores(round, "gate", readScores(folder("gate") / "scores.json"));
    return gate;
  }

  /// embed -> propose -> refine, of probabilities.
  std::string makeBeliefs(int round) {
    const FeatureSource features(m_context);
    const std::string embedded =
        m_stages.run(round, "embed", hashOf({m_base, m_pixels, features.contentHash()}), [&](StageJob& job, const std::filesystem::path&) {
          auto cases = m_plan.casesOf(SplitPart::Labelled);
          for (const int index : m_plan.casesOf(SplitPart::Unlabelled)) cases.push_back(index);
          if (m_crew && features.keepsEmbeddings()) {
            std::vector<Json> orders;
            for (const auto& own : dealtOut(cases, m_crew->size())) orders.push_back(featureOrder(m_context.folder, own));
            m_crew->carryOut(std::move(orders), job);
          }
          features.embedAhead(cases, job);
          return features.contentHash();
        });
    const std::string proposed = m_stages.run(
        round, "propose", hashOf({m_base, round == 1 ? embedded : m_trained}), [&](StageJob& job, const std::filesystem::path& at) {
          if (round == 1) return proposeByPrototypes(m_context, features, at, job);
          return proposeBySpecialist(m_context, m_stages.folderOf(round - 1, "train") / "strategy" / "model.safetensors", at, job);
        });
    const std::string refined =
        m_stages.run(round, "refine", hashOf({m_base, proposed, embedded}), [&](StageJob& job, const std::filesystem::path& at) {
          return refineBeliefs(m_context, features, round, m_stages.folderOf(round, "propose"), at, job);
        });
    m_journal.setScores(round, "refine", readScores(m_stages.folderOf(round, "refine") / "scores.json"));
    return refined;
  }

  void trainStage(int round, const std::string& input, const std::string& gate) {
    const auto previousOf = [&](Arm arm) {
      if (round == 0) return std::filesystem::path();
      const auto before = m_stages.folderOf(round - 1, "train");
      // Round 0 has one specialist: both arms go on from it.
      return before / (arm == Arm::Control && round > 1 ? "control" : "strategy") / "model.safetensors";
    };
    m_trained = m_stages.run(round, "train", hashOf({m_base, input}), [&](StageJob& job, const std::filesystem::path& folder) {
      RoundTraining training{.round = round, .arm = Arm::Strategy, .previous = previousOf(Arm::Strategy)};
      const bool beliefs = m_context.strategy.targets == RoundTargets::Beliefs;
      if (!gate.empty() && beliefs) training.beliefs = m_stages.folderOf(round, "refine");
      if (!gate.empty() && !beliefs) training.pseudoLabels = m_stages.folderOf(round, "gate");
      const RoundTraining control{.round = round, .arm = Arm::Control, .previous = previousOf(Arm::Control)};
      const bool twoArms = round > 0 && m_plan.control;
      std::int64_t steps = 0, controlSteps = 0;
      std::string hashes;
      {
        const TrainingSet set = trainingSetOf(m_context, training, job);
        steps = stepsOf(m_context, round, set);
        if (twoArms) controlSteps = stepsOfControl(training, control, steps);
        if (twoArms && m_crew)  // found finished below
          m_crew->carryOut({trainingOrder(m_context.folder, training, steps, folder / "strategy"),
                            trainingOrder(m_context.folder, control, controlSteps, folder / "control")},
                           job);
        const TrainResult result = trainRound(m_context, training, set, steps, folder / "strategy", job);
        hashes = result.weightsSha256;
        job.artifact(result.checkpoint, "checkpoint");
      }
      if (twoArms) {
        const TrainResult result =
            trainRound(m_context, control, trainingSetOf(m_context, control, job), controlSteps, folder / "control", job);
        hashes += " " + result.weightsSha256;
      }
      writeJsonAtomically(folder / "weights.json", {{"strategy", hashes.substr(0, 64)}, {"steps", steps}, {"control_steps", controlSteps}});
      return hashOf({hashes});
    });
    m_journal.setWeights(readJson(m_stages.folderOf(round, "train") / "weights.json").at("strategy").get<std::string>());
  }

  /// A control that begins anew beside a strategy that goes on takes the steps that the strategy has behind it.
  std::int64_t stepsOfControl(const RoundTraining& strategy, const RoundTraining& control, std::int64_t steps) const {
    if (!goesOn(m_context, strategy) || goesOn(m_context, control)) return steps;
    for (int before = 0; before < strategy.round; ++before)
      steps += readJson(m_stages.folderOf(before, "train") / "weights.json").at("steps").get<std::int64_t>();
    return steps;
  }

  EstimateFiles estimatesOf(int round) const {
    return {.estimator = m_stages.folderOf(0, "calibrate") / "estimator.json",
            .shift = m_stages.folderOf(round, "validate") / "shift.json"};
  }

  void closeRound(int round) {
    const auto train = m_stages.folderOf(round, "train");
    m_stages.run(round, "validate", hashOf({m_base, m_trained, m_estimator, m_labeller->contentHash()}),
                 [&](StageJob& job, const std::filesystem::path& folder) {
                   const std::vector<SplitPart> parts{SplitPart::Validation, SplitPart::Test};
                   std::vector<Score> scores =
                       validateSpecialist(m_context, train / "strategy" / "model.safetensors", Arm::Strategy, parts, folder, job);
                   if (round > 0 && m_plan.control) {
                     const auto control =
                         validateSpecialist(m_context, train / "control" / "model.safetensors", Arm::Control, parts, {}, job);
                     scores.insert(scores.end(), control.begin(), control.end());
                   }
                   const bool pseudoLabels = m_context.strategy.targets == RoundTargets::PseudoLabels;
                   const bool refinesTest = m_context.usesGeneralist() && m_plan.runParams["refine_test"].get<bool>();
                   if ((pseudoLabels && round < m_plan.rounds) || refinesTest)
                     shiftEstimates(m_context, *m_labeller, train / "strategy" / "model.safetensors", estimatesOf(round), job);
                   if (refinesTest) {
                     const auto refined =
                         refineTestCases(m_context, *m_labeller, train / "strategy" / "model.safetensors", estimatesOf(round), folder, job);
                     scores.insert(scores.end(), refined.begin(), refined.end());
                   }
                   writeScores(folder / "scores.json", scores);
                   return sha256OfFile(folder / "scores.json");
                 });
    m_journal.setScores(round, "validate", readScores(m_stages.folderOf(round, "validate") / "scores.json"));
    m_stages.run(round, "report", hashOf({m_base, m_trained, sha256OfFile(m_stages.folderOf(round, "validate") / "scores.json")}),
                 [&](StageJob&, const std::filesystem::path& folder) {
                   writeJsonAtomically(folder / "report.json", roundSummary(m_context, round, m_journal.scoresOf(round)));
                   return sha256OfFile(folder / "report.json");
                 });
    m_journal.write();
  }

  /// Opens every image once: what cannot be opened is said now. An unlabelled case is then left out; any other ends the run.
  std::string prepare(StageJob& job, const std::filesystem::path& folder) {
    Json hashes = Json::array();
    std::vector<LeftOutCase> leftOut;
    const auto count = static_cast<std::int64_t>(m_plan.cases.size());
    for (std::int64_t i = 0; i < count; ++i) {
      job.throwIfStopped();
      const PlannedCase& planned = m_plan.cases[static_cast<std::size_t>(i)];
      try {
        hashes.push_back(m_context.data.pixelHash(static_cast<int>(i)));
      } catch (const Error& error) {
        if (planned.part != SplitPart::Unlabelled || error.kind() != ErrorKind::BadInput) throw;
        leftOut.push_back({.index = static_cast<int>(i), .name = planned.name, .code = error.code(), .message = error.what()});
        job.warning(warningOf(leftOut.back()));
        hashes.push_back(nullptr);
      }
      job.progress(i + 1, count, "opening the images");
    }
    writeLeftOut(m_context.folder, leftOut);
    m_plan.leftOut.clear();
    for (const auto& one : leftOut) m_plan.leftOut.insert(one.index);
    if (!leftOut.empty()) requireUnlabelled();
    writeJsonAtomically(folder / "pixels.json", hashes);
    const std::string pixels = sha256OfFile(folder / "pixels.json");
    if (!m_plan.volumes) return pixels;
    prepareVolumes(m_context, job);
    return hashOf({pixels, sha256OfFile(volumeWorkPath(m_context.folder))});
  }

  void requireUnlabelled() const {
    if (m_context.strategy.targets == RoundTargets::LabelledOnly || !m_plan.casesOf(SplitPart::Unlabelled).empty()) return;
    throw Error(ErrorKind::BadInput, "no-unlabelled", "Not one image of the unlabelled cases can be opened.",
                {.remedy = "Mend the files (roundel check STUDY says what is wrong with each), or use --strategy supervised."});
  }

  RunPlan& m_plan;  ///< prepare() says what is left out
  std::unique_ptr<Crew> m_crew;
  RunContext m_context;
  Job& m_job;
  StageRunner m_stages;
  RunJournal m_journal;
  std::shared_ptr<const Labeller> m_labeller;  ///< for cases without labels; made in the first round
  std::filesystem::path m_adapted;             ///< folder of the stage that adapted the generalists; empty: they are as shipped
  std::string m_base;
  std::string m_pixels, m_trained, m_estimator;
};

}  // namespace

RunResult executeRun(const std::filesystem::path& runFolder, const RunExecution& execution, ImageLoader loader, Job& job) {
  const RunLock lock(runFolder);
  RunPlan plan = readRunPlan(runFolder);
  requireStage(execution.stopAfter, plan.rounds);
  std::error_code code;
  std::filesystem::remove(runFolder / "control" / "pause", code);
  std::filesystem::remove(runFolder / "control" / "cancel", code);
  if (execution.pauseAt) writePauseTime(runFolder / "control", *execution.pauseAt);
  else forgetPastPauseTime(runFolder / "control", secondsNow());
  EventLog events;
  events.addFile(runFolder / "events.jsonl");
  if (!execution.events.empty()) events.addSink(execution.events);
  const ComputeChoice device = chooseDevice(execution.device, execution.threads);
  job.log("Computing on " + device.device.name + " with " + std::to_string(device.threads) + " threads." +
          (device.whyNotCuda.empty() ? "" : " " + device.whyNotCuda));
  const StudyData data(plan, runFolder, std::move(loader));
  Json facts = environment(device);
  if (execution.devices.size() > 1) facts["devices"] = execution.devices;
  if (execution.fabric && !execution.fabric->alone()) facts["ranks"] = execution.fabric->size();
  RunProcess process(runFolder, plan, execution, data, job, events, std::move(facts));
  try {
    process.runAll();
    process.journal().setState("finished");
  } catch (const Cancelled&) {
    process.journal().setState(std::filesystem::exists(runFolder / "control" / "cancel", code) ? "cancelled" : "paused");
  } catch (...) {
    process.journal().setState("failed");
    process.journal().write();
    throw;
  }
  process.journal().write();
  return {.record = process.journal().record(), .document = process.journal().document()};
}

std::filesystem::path checkpointOf(const std::filesystem::path& runFolder, int round, Arm arm) {
  const auto path = runFolder / ("round-" + std::to_string(round)) / "train" / toString(arm) / "model.safetensors";
  if (!std::filesystem::exists(path))
    throw Error(
        ErrorKind::BadInput, "no-such-round",
        "The run has no trained specialist of round " + std::to_string(round) + (arm == Arm::Control ? " in its control arm." : "."),
        {.path = displayPath(runFolder),
         .remedy = lastTrainedRound(runFolder) < 0 ? "Let the run go on until it has trained one."
                                                   : "It has rounds 0 to " + std::to_string(lastTrainedRound(runFolder)) + "."});
  return path;
}

int lastTrainedRound(const std::filesystem::path& runFolder) {
  int round = -1;
  while (
      std::filesystem::exists(runFolder / ("round-" + std::to_string(round + 1)) / "train" / toString(Arm::Strategy) / "model.safetensors"))
    ++round;
  return round;
}

}  // namespace roundel
