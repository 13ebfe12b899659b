// The state file of a training, its end, and what a finished folder answers.
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/files.h"
#include "train/convergence.h"
#include "train/training_run.h"
#include "weights/checkpoint.h"
#include "weights/tensor_bytes.h"

namespace roundel {
namespace {

constexpr const char* kCurve = "curve.json";
constexpr const char* kState = "training-state.safetensors";

[[noreturn]] void mismatch(const std::filesystem::path& path) {
  throw Error(ErrorKind::BadInput, "resume-mismatch",
              displayPath(path.parent_path()) + " holds another training: its plan, data or start differ.",
              {.path = displayPath(path), .remedy = "Choose an empty folder, or delete this one if it is no longer needed."});
}

void append(NamedParameters& all, const std::string& prefix, const NamedParameters& some) {
  for (const auto& [name, tensor] : some) all.emplace_back(prefix + name, tensor);
}

}  // namespace

NamedParameters TrainingRun::stateTensors() {
  NamedParameters all;
  append(all, "weights.", stateOf(*m_network));
  append(all, "optimiser.", m_optimiser->state());
  append(all, "strategy.", m_strategy->state());
  append(all, "average.", m_average);
  append(all, "best.", m_best);
  return all;
}

void TrainingRun::saveState() {
  if (!m_fabric->first()) return;
  NamedTorchTensors tensors = stateTensors();
  tensors.emplace_back("history.losses", torch::tensor(m_progress.losses));
  const TensorsForFile written = forFile(tensors);
  const Json progress{{"step", m_progress.step},
                      {"validation_dice", m_progress.validationDice},
                      {"validation_steps", m_progress.validationSteps},
                      {"best_dice", m_progress.bestDice},
                      {"best_step", m_progress.bestStep},
                      {"since_best", m_progress.sinceBest},
                      {"stopped_early", m_progress.stoppedEarly}};
  writeSafetensors(m_folder / kState, written.named,
                   {{"format", "roundel.training-state/1"},
                    {"plan", m_identity},
                    {"training_set", m_setHash},
                    {"start", m_startHash},
                    {"progress", progress},
                    {"environment", m_environment}});
  m_lastSave = std::chrono::steady_clock::now();
}

bool TrainingRun::isMine(const Json& hashes) const {
  return hashes.value("plan", "") == m_identity && hashes.value("training_set", "") == m_setHash &&
         hashes.value("start", "") == m_startHash;
}

void TrainingRun::removeParts() const {
  for (const char* name : {kState, kCurve, kCheckpointFile}) AtomicFile::removeLeftParts(m_folder / name);
}

void TrainingRun::tidyFinished() const {
  removeParts();
  const auto path = m_folder / kState;
  try {
    if (std::filesystem::exists(path) && isMine(SafetensorsFile::open(path).metadata())) std::filesystem::remove(path);
  } catch (const std::exception&) {
    return;  // the result is there; what cannot be read or taken away is no reason to refuse it
  }
}

bool TrainingRun::resumeState() {
  removeParts();
  const auto path = m_folder / kState;
  if (!std::filesystem::exists(path)) return false;
  const SafetensorsFile file = SafetensorsFile::open(path);
  const Json& metadata = file.metadata();
  if (!isMine(metadata)) mismatch(path);
  try {
    const Json progress = Json::parse(metadata.at("progress").get<std::string>());
    m_progress = {.step = progress.at("step"),
                  .losses = file.floats("history.losses"),
                  .validationDice = progress.at("validation_dice"),
                  .validationSteps = progress.at("validation_steps"),
                  .bestDice = progress.at("best_dice"),
                  .bestStep = progress.at("best_step"),
                  .sinceBest = progress.at("since_best"),
                  .stoppedEarly = progress.at("stopped_early")};
    if (Json::parse(metadata.at("environment").get<std::string>()) != m_environment)
      m_job.warning({.code = "other-environment",
                     .caseName = {},
                     .message = "The training goes on with other threads, another device or another library than it began with: it will "
                                "not end with the same bytes."});
  } catch (const nlohmann::json::exception&) {
    mismatch(path);
  }
  readInto(file, "", stateTensors());
  m_optimiser->setStepsTaken(m_progress.step);
  return true;
}

bool TrainingRun::takeFromElsewhere() {
  for (const auto& folder : m_start.elsewhere) {
    if (!std::filesystem::exists(folder / kCheckpointFile) || !std::filesystem::exists(folder / kCurve)) continue;
    try {
      const SafetensorsFile file = SafetensorsFile::open(folder / kCheckpointFile);
      const CheckpointHeader header = parseCheckpointHeader(file);
      if (!isMine(header.hashes) || header.environment != m_environment) continue;
      readCheckpointHeader(file);  // compares the weights with their hash
      const auto take = [&](const char* name) {
        const auto part = m_folder / (std::string(name) + ".part-copy");
        std::filesystem::copy_file(folder / name, part, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::rename(part, m_folder / name);
      };
      take(kCurve);
      take(kCheckpointFile);  // last: a folder with a checkpoint is finished
    } catch (const std::exception&) {
      continue;  // not readable, or gone meanwhile: it is computed here
    }
    m_job.log("The same training was done before, in " + displayPath(folder) + "; its result is taken.");
    return true;
  }
  return false;
}

TrainResult TrainingRun::finish() {
  const bool keepsBest = !m_best.empty() && m_progress.bestDice >= 0;
  const NamedParameters kept = keepsBest ? m_best : candidate();
  const TensorsForFile written = forFile(kept);
  const Convergence convergence = judgeConvergence(m_progress.losses, m_progress.validationDice, m_progress.stoppedEarly);
  Json dice;
  if (!m_progress.validationDice.empty()) dice = keepsBest ? m_progress.bestDice : m_progress.validationDice.back();
  writeJsonAtomically(
      m_folder / kCurve,
      {{"loss", m_progress.losses}, {"validation_dice", m_progress.validationDice}, {"validation_steps", m_progress.validationSteps}});
  writeCheckpoint(m_folder / kCheckpointFile,
                  {.specialist = m_plan.specialist,
                   .options = ownParams(),
                   .classes = m_set.classes,
                   .width = m_set.width,
                   .height = m_set.height,
                   .depth = m_set.depth,
                   .spacingMm = m_set.spacingMm,
                   .mean = m_normalisation.mean,
                   .deviation = m_normalisation.deviation,
                   .pixelPipeline = m_set.pixelPipeline,
                   .plan = toJson(m_plan),
                   .hashes = {{"training_set", m_setHash}, {"plan", m_identity}, {"start", m_startHash}},
                   .environment = m_environment,
                   .training = {{"steps", m_progress.step},
                                {"kept_step", keepsBest ? m_progress.bestStep : m_progress.step},
                                {"loss", tailMean(m_progress.losses)},
                                {"validation_dice", dice},
                                {"converged", convergence.converged},
                                {"convergence", convergence.sentence}}},
                  written.named);
  std::error_code code;
  std::filesystem::remove(m_folder / kState, code);
  return resultOf(m_folder / kCheckpointFile);
}

TrainResult TrainingRun::resultOf(const std::filesystem::path& checkpoint) const {
  const CheckpointHeader header = readCheckpointHeader(SafetensorsFile::open(checkpoint));
  if (!isMine(header.hashes)) mismatch(checkpoint);
  TrainResult result{.checkpoint = checkpoint,
                     .weightsSha256 = header.weightsSha256(),
                     .steps = header.training.value("steps", std::int64_t{0}),
                     .keptStep = header.training.value("kept_step", std::int64_t{0}),
                     .trainingLoss = header.training.value("loss", 0.0),
                     .converged = header.training.value("converged", false),
                     .convergence = header.training.value("convergence", ""),
                     .environment = header.environment};
  if (const Json dice = header.training.value("validation_dice", Json()); dice.is_number()) result.validationDice = dice.get<double>();
  return result;
}

}  // namespace roundel
