// What the ranks of a training agree on.
#include <array>
#include <span>

#include "core/error.h"
#include "core/files.h"
#include "train/training_run.h"

namespace roundel {
namespace {

Json resultToJson(const TrainResult& result) {
  return {{"checkpoint", displayPath(result.checkpoint)},
          {"weights_sha256", result.weightsSha256},
          {"steps", result.steps},
          {"kept_step", result.keptStep},
          {"training_loss", result.trainingLoss},
          {"validation_dice", result.validationDice ? Json(*result.validationDice) : Json(nullptr)},
          {"converged", result.converged},
          {"convergence", result.convergence},
          {"environment", result.environment}};
}

TrainResult resultFromJson(const Json& json, const std::filesystem::path& checkpoint) {
  TrainResult result{.checkpoint = checkpoint,
                     .weightsSha256 = json.at("weights_sha256"),
                     .steps = json.at("steps"),
                     .keptStep = json.at("kept_step"),
                     .trainingLoss = json.at("training_loss"),
                     .converged = json.at("converged"),
                     .convergence = json.at("convergence"),
                     .environment = json.at("environment")};
  if (json.at("validation_dice").is_number()) result.validationDice = json["validation_dice"].get<double>();
  return result;
}

/// The bytes of a tensor wherever it lies become those of rank 0.
void share(const torch::Tensor& tensor, Fabric& fabric) {
  const torch::NoGradGuard guard;
  const torch::Tensor own = tensor.detach().to(torch::kCPU, tensor.scalar_type(), false, true).contiguous();
  fabric.broadcast(std::span(static_cast<std::byte*>(own.mutable_data_ptr()), own.nbytes()));
  if (!fabric.first()) tensor.detach().copy_(own);
}

}  // namespace

void TrainingRun::requireRanks() const {
  const auto planned = m_plan.params.at("ranks").get<std::int64_t>();
  if (planned == m_fabric->size()) return;
  throw Error(ErrorKind::Usage, "bad-ranks",
              "The training is planned for " + std::to_string(planned) + (planned == 1 ? " process" : " ranks") + ", and there " +
                  (m_fabric->size() == 1 ? "is 1." : "are " + std::to_string(m_fabric->size()) + "."),
              {.remedy = "Start as many as it was planned for (docs/DISTRIBUTED.md), or begin another training."});
}

TrainResult TrainingRun::shared(const TrainResult& result) const {
  if (m_share.alone()) return result;
  return resultFromJson(Json::parse(m_fabric->broadcastText(m_fabric->first() ? resultToJson(result).dump() : "")),
                        m_folder / kCheckpointFile);
}

std::optional<TrainResult> TrainingRun::agree() {
  const std::string mine = m_identity + " " + m_setHash + " " + m_startHash + " " + m_environment.at("precision").get<std::string>() +
                           (m_compute.onGpu() ? " GPU" : " processor");
  if (m_fabric->broadcastText(mine) != mine)
    throw Error(ErrorKind::BadInput, "ranks-differ",
                "Rank " + std::to_string(m_fabric->rank()) + " was given another plan, other data or another start than rank 0.",
                {.remedy = "Start all ranks with the same command, on the same study and kind of device."});
  m_fabric->barrier();  // nobody begins before all have agreed
  bool done = false;
  if (m_fabric->first()) {
    std::error_code code;
    std::filesystem::create_directories(m_folder, code);
    if (code)
      throw Error(ErrorKind::Locked, "not-writable", "Cannot make the folder " + displayPath(m_folder) + ": " + code.message() + ".",
                  {.path = displayPath(m_folder)});
    done = std::filesystem::exists(m_folder / kCheckpointFile) || takeFromElsewhere();
  }
  m_fabric->broadcast(std::as_writable_bytes(std::span(&done, 1)));
  if (!done) return std::nullopt;
  if (!m_fabric->first()) return shared({});
  const TrainResult result = resultOf(m_folder / kCheckpointFile);
  tidyFinished();
  return shared(result);
}

void TrainingRun::shareState() {
  if (m_share.alone()) return;
  std::array<std::int64_t, 4> counts{m_progress.step, m_progress.bestStep, m_progress.sinceBest, m_progress.stoppedEarly ? 1 : 0};
  m_fabric->broadcast(std::as_writable_bytes(std::span(counts)));
  m_fabric->broadcast(std::as_writable_bytes(std::span(&m_progress.bestDice, 1)));
  m_progress.step = counts[0], m_progress.bestStep = counts[1], m_progress.sinceBest = counts[2], m_progress.stoppedEarly = counts[3] != 0;
  for (const auto& [name, tensor] : stateTensors()) share(tensor, *m_fabric);
  m_optimiser->setStepsTaken(m_progress.step);
}

}  // namespace roundel
