#include "train/generalist_training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/atomic_file.h"
#include "core/elapsed.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "device/torch_device.h"
#include "device/torch_errors.h"
#include "models/generalists/crop_model.h"
#include "train/batch_makers.h"
#include "train/generalist_batches.h"
#include "train/optimiser.h"
#include "train/schedules.h"

namespace roundel {
namespace {

using torch::Tensor;
using Clock = std::chrono::steady_clock;

constexpr const char* kModel = "model.safetensors";
/// Scenes of validation come from a seed of their own.
constexpr std::uint64_t kValidationSeed = 0x5EED5EED;

/// What decides the weights: the plan, and what a lesson brings.
std::string identityOf(const GeneralistPlan& plan, const GeneralistLesson& lesson) {
  std::string identity = identityHash(plan);
  if (!lesson.start.empty()) identity += sha256OfFile(lesson.start);
  for (const auto& scene : lesson.scenes) {
    Sha256 hash;
    hash.update(scene.image.values.data(), scene.image.values.size() * sizeof(float));
    for (const auto& mask : scene.structures) hash.update(toJson(mask).dump());
    identity += hash.hex();
  }
  return lesson.start.empty() && lesson.scenes.empty() ? identity : sha256Hex(identity);
}

class Run {
 public:
  Run(const GeneralistPlan& plan, const GeneralistLesson& lesson, std::filesystem::path folder, const std::string& device, int threads,
      int makers, Job& job)
      : m_plan(plan),
        m_lesson(lesson),
        m_folder(std::move(folder)),
        m_makers(std::max(1, makers)),
        m_job(job),
        m_compute(chooseDevice(device, threads)),
        m_form(pieceForm(plan, m_compute)),
        m_maker(plan.seed, torchDevice(m_compute)),
        m_network(promptableNetwork(m_maker, plan.params)),
        m_averageMaker(plan.seed, torchDevice(m_compute)),
        m_average(promptableNetwork(m_averageMaker, plan.params)) {
    m_environment = environment(m_compute);
    m_environment["precision"] = m_form.type == torch::kBFloat16 ? "bfloat16" : "float32";
    if (!lesson.start.empty()) m_environment["began_with"] = sha256OfFile(lesson.start);
    if (!lesson.scenes.empty()) m_environment["learnt_from_labelled_pictures"] = lesson.scenes.size();
    NamedParameters trained;
    for (const auto& made : m_maker.made())
      if (made.trained) trained.emplace_back(made.key, made.value);
    for (const auto& made : m_averageMaker.made())
      if (made.trained) m_averaged.push_back(made.value.detach());
    for (const auto& [name, value] : trained) m_trained.push_back(value.detach());
    m_optimiser = std::make_unique<Optimiser>(std::move(trained), OptimiserOptions{.weightDecay = plan.at<double>("weight_decay")});
  }

  GeneralistTraining run() {
    std::error_code code;
    std::filesystem::create_directories(m_folder, code);
    if (code)
      throw Error(ErrorKind::Locked, "not-writable", "Cannot make the folder " + displayPath(m_folder) + ": " + code.message() + ".",
                  {.path = displayPath(m_folder)});
    const auto steps = m_plan.at<std::int64_t>("steps");
    m_identity = identityOf(m_plan, m_lesson);
    if (!m_lesson.start.empty()) begin();
    if (resume()) m_job.log("The training goes on after step " + std::to_string(m_step) + ".");
    m_lastSave = m_lastReport = Clock::now();
    BatchMakers<std::shared_ptr<const PreparedBatch>> makers(m_step, steps, m_makers, [this](std::int64_t step) {
      if (m_lesson.batches) return m_lesson.batches(step);
      return std::make_shared<const PreparedBatch>(preparedBatch(makeSampleBatch(m_plan, m_lesson, step), m_form));
    });
    while (m_step < steps) {
      if (m_job.stopRequested()) {
        save();
        m_job.throwIfStopped();
      }
      translatingTorchErrors("training the generalist", [&] { oneStep(*makers.take(m_step)); });
      if (m_lesson.scenes.empty() && (m_step % m_plan.at<std::int64_t>("validate_every") == 0 || m_step == steps)) validate();
      if (secondsSince(m_lastReport) >= 1) {
        m_job.progress(m_step, steps, "training the generalist");
        m_lastReport = Clock::now();
      }
      if (secondsSince(m_lastSave) >= m_plan.at<double>("checkpoint_seconds")) save();
    }
    return finish();
  }

 private:
  /// The network's answer to a batch of a round, on the device.
  nn::PromptedAnswer answerOf(const nn::PromptableNetwork& network, const AskedBatch& question) const {
    const torch::Device device = torchDevice(m_compute);
    return network.forward(question.pieces.to(device), question.points, question.masked.to(device));
  }

  struct Judged {
    Tensor loss, iou;  ///< iou [B], of the thresholded mask with the whole object
  };

  Judged judge(const nn::PromptedAnswer& answer, const Tensor& truth, const Tensor& outside) const {
    const Tensor logits = answer.logits.flatten(1);
    const Tensor p = torch::sigmoid(logits);
    const Tensor entropy = torch::binary_cross_entropy_with_logits(logits, truth);
    const Tensor dice = 1 - (2 * (p * truth).sum(1) + 1) / (p.sum(1) + truth.sum(1) + 1);
    const Tensor said = logits.detach().gt(0), is = truth.gt(0.5);
    const Tensor both = said.logical_and(is).sum(1).to(torch::kFloat);
    const Tensor either = said.logical_or(is).sum(1).to(torch::kFloat) + outside;
    const Tensor iou = both / either.clamp_min(1);
    const Tensor predicted = torch::binary_cross_entropy_with_logits(answer.iouLogits, iou);
    return {m_plan.at<double>("bce_weight") * entropy + m_plan.at<double>("dice_weight") * dice.mean() +
                m_plan.at<double>("iou_weight") * predicted,
            iou};
  }

  void oneStep(const PreparedBatch& batch) {
    const Tensor truth = batch.truth.to(torchDevice(m_compute)), outside = batch.outside.to(torchDevice(m_compute));
    Random random(m_plan.seed, "generalist/rounds", static_cast<std::uint64_t>(m_step));
    const int rounds = random.uniform() >= m_plan.at<double>("second_round")  ? 1
                       : random.uniform() >= m_plan.at<double>("third_round") ? 2
                                                                              : 3;
    m_optimiser->zeroGradients();
    AskedBatch question = batch.question;
    SampleBatch samples = rounds > 1 ? batch.samples : SampleBatch();
    Tensor losses, firstIou;
    for (int round = 0; round < rounds; ++round) {
      const auto answer = answerOf(*m_network, question);
      const Judged judged = judge(answer, truth, outside);
      (judged.loss / rounds).backward();
      losses = round == 0 ? judged.loss.detach() : losses + judged.loss.detach();
      if (round == 0) firstIou = judged.iou.mean();
      if (round + 1 < rounds) {
        askAgain(samples, answer.logits.detach().cpu().contiguous(), round);
        question = askedBatch(samples, m_form, DrawnBy::AllThreads);
      }
    }
    if (const double clip = m_plan.at<double>("clip"); clip > 0) m_optimiser->clipGradients(clip);
    m_optimiser->step(learningRate(m_plan, m_step));
    updateAverage(m_averaged, m_trained, cappedDecay(m_step, m_plan.at<double>("average")));
    // Read at the end: until here a GPU works while the processor goes on.
    const double loss = losses.item<double>() / rounds, iou = firstIou.item<double>();
    if (!std::isfinite(loss))
      throw Error(ErrorKind::Defect, "diverged", "The loss is no number any more.", {.remedy = "Take a smaller learning rate."});
    m_recentLoss += (loss - m_recentLoss) / std::min<double>(200, static_cast<double>(m_step) + 1);
    m_recentIou += (iou - m_recentIou) / std::min<double>(200, static_cast<double>(m_step) + 1);
    ++m_step;
  }

  /// A click where the answer was wrong, with the answer as mask prompt; some forget their box.
  void askAgain(SampleBatch& batch, const Tensor& logits, int round) const {
    const auto area = static_cast<std::size_t>(m_form.places());
    at::parallel_for(0, static_cast<std::int64_t>(batch.size()), 1, [&](std::int64_t from, std::int64_t to) {
      for (std::int64_t i = from; i < to; ++i) {
        PromptSample& sample = batch[static_cast<std::size_t>(i)];
        Random random(m_plan.seed, "generalist/click", static_cast<std::uint64_t>(m_step), static_cast<std::uint64_t>(8 * i + round));
        const std::span<const float> said{logits.const_data_ptr<float>() + static_cast<std::size_t>(i) * area, area};
        const auto click = nextClick(said, sample.truth, m_form.side, random);
        if (click) sample.prompt.points.push_back(*click);
        sample.prompt.mask.resize(area);
        for (std::size_t k = 0; k < area; ++k) sample.prompt.mask[k] = 1 / (1 + std::exp(-said[k]));
        if (click && random.uniform() < 0.3) sample.prompt.box.reset();
        if (random.uniform() < 0.15) sample.prompt.mask.clear();
        if (sample.prompt.points.empty() && !sample.prompt.box && sample.prompt.mask.empty()) sample.prompt.mask = sample.truth;
      }
    });
  }

  /// Scenes that are not trained on, asked for with their true boxes; made once.
  const std::vector<std::vector<PreparedBatch>>& validationBatches() {
    if (!m_validation.empty()) return m_validation;
    const auto& families = sceneFamilies(m_form.dimensions);
    const auto scenes = m_plan.at<std::int64_t>("validation_scenes");
    m_validation.assign(families.size(), std::vector<PreparedBatch>(static_cast<std::size_t>(scenes)));
    at::parallel_for(0, static_cast<std::int64_t>(families.size()) * scenes, 1, [&](std::int64_t from, std::int64_t to) {
      for (std::int64_t i = from; i < to; ++i) {
        const auto family = static_cast<std::size_t>(i / scenes), index = static_cast<std::size_t>(i % scenes);
        const PromptableScene scene = makeScene(families[family].name, kValidationSeed, index);
        m_validation[family][index] = preparedBatch(trueBoxBatch(m_plan, scene), m_form);
      }
    });
    return m_validation;
  }

  /// Mean IoU from the true box of scenes that are not trained on, family by family.
  void validate() {
    const torch::NoGradGuard frozen;
    Json line{{"step", m_step}, {"loss", m_recentLoss}, {"first_round_iou", m_recentIou}};
    m_iou.clear();
    const auto& families = sceneFamilies(m_form.dimensions);
    for (std::size_t family = 0; family < families.size(); ++family) {
      double sum = 0;
      std::int64_t count = 0;
      for (const PreparedBatch& batch : validationBatches()[family]) {
        const Tensor said = answerOf(*m_average, batch.question).logits.flatten(1).gt(0).cpu(), is = batch.truth.gt(0.5);
        const Tensor both = said.logical_and(is).sum(1), either = said.logical_or(is).sum(1) + batch.outside;
        sum += (both / either.clamp_min(1)).sum().item<double>();
        count += both.size(0);
      }
      m_iou[families[family].name] = sum / static_cast<double>(count);
      line["iou"][families[family].name] = m_iou[families[family].name];
    }
    m_curve.push_back(line);
    m_job.metric({{"step", m_step}, {"loss", m_recentLoss}, {"first_round_iou", m_recentIou}, {"iou", line["iou"]}});
    m_job.log(line.dump());
  }

  /// Both networks begin with the weights of a file.
  void begin() {
    const SafetensorsFile file = SafetensorsFile::open(m_lesson.start);
    for (const nn::ParameterMaker* maker : {&m_maker, &m_averageMaker}) {
      NamedTorchTensors tensors;
      for (const auto& made : maker->made()) tensors.emplace_back(made.key, made.value.detach());
      readInto(file, "", tensors);
    }
  }

  NamedTorchTensors stateTensors() const {
    NamedTorchTensors all;
    for (const auto& made : m_maker.made()) all.emplace_back("weights." + made.key, made.value.detach());
    for (const auto& made : m_averageMaker.made()) all.emplace_back("average." + made.key, made.value.detach());
    for (const auto& [name, tensor] : m_optimiser->state()) all.emplace_back("optimiser." + name, tensor);
    return all;
  }

  void save() {
    const TensorsForFile written = forFile(stateTensors());
    writeSafetensors(m_folder / kGeneralistState, written.named,
                     {{"format", "roundel.generalist-training/1"},
                      {"plan", m_identity},
                      {"progress", Json{{"step", m_step},
                                        {"loss", m_recentLoss},
                                        {"iou", m_recentIou},
                                        {"curve", m_curve},
                                        {"fall_begins", fallBegins(m_plan)},
                                        {"steps", m_plan.at<std::int64_t>("steps")}}}});
    writeJsonAtomically(m_folder / "curve.json", m_curve);
    m_lastSave = Clock::now();
  }

  bool resume() {
    const auto path = m_folder / kGeneralistState;
    for (const auto& written : {path, m_folder / kModel, m_folder / "curve.json"}) AtomicFile::removeLeftParts(written);
    if (!std::filesystem::exists(path)) return false;
    const SafetensorsFile file = SafetensorsFile::open(path);
    const auto mismatch = [&] {
      return Error(ErrorKind::BadInput, "resume-mismatch", displayPath(m_folder) + " holds another training: its plan differs.",
                   {.path = displayPath(path), .remedy = "Choose an empty folder, or delete this one if it is no longer needed."});
    };
    if (file.metadata().value("plan", "") != m_identity) throw mismatch();
    try {
      const Json progress = Json::parse(file.metadata().at("progress").get<std::string>());
      m_step = progress.at("step");
      m_recentLoss = progress.at("loss");
      m_recentIou = progress.at("iou");
      m_curve = progress.at("curve");
      const bool samePlan = progress.at("steps") == m_plan.params.at("steps") && progress.at("fall_begins") == fallBegins(m_plan);
      if (!samePlan && m_step > std::min(progress.at("fall_begins").get<std::int64_t>(), fallBegins(m_plan))) throw mismatch();
    } catch (const nlohmann::json::exception&) {
      throw mismatch();
    }
    const torch::NoGradGuard frozen;
    readInto(file, "", stateTensors());
    m_optimiser->setStepsTaken(m_step);
    return true;
  }

  GeneralistTraining finish() {
    save();
    NamedTorchTensors weights;
    for (const auto& made : m_averageMaker.made()) weights.emplace_back(made.key, made.value.detach());
    writeCropModel(m_folder / kModel, weights,
                   {.name = m_plan.name, .plan = toJson(m_plan), .curve = m_curve, .environment = m_environment});
    return {
        .weights = m_folder / kModel, .steps = m_step, .loss = m_recentLoss, .iou = m_iou, .curve = m_curve, .environment = m_environment};
  }

  const GeneralistPlan& m_plan;
  const GeneralistLesson& m_lesson;
  std::string m_identity;
  std::filesystem::path m_folder;
  int m_makers;
  Job& m_job;
  ComputeChoice m_compute;
  PieceForm m_form;
  Json m_environment;
  nn::ParameterMaker m_maker;
  std::unique_ptr<nn::PromptableNetwork> m_network;
  nn::ParameterMaker m_averageMaker;
  std::unique_ptr<nn::PromptableNetwork> m_average;
  std::vector<Tensor> m_trained, m_averaged;
  std::unique_ptr<Optimiser> m_optimiser;
  std::int64_t m_step = 0;
  double m_recentLoss = 0, m_recentIou = 0;
  std::map<std::string, double> m_iou;
  std::vector<std::vector<PreparedBatch>> m_validation;
  Json m_curve = Json::array();
  Clock::time_point m_lastSave, m_lastReport;
};

}  // namespace

GeneralistTraining trainGeneralist(const GeneralistPlan& plan, const std::filesystem::path& folder, const std::string& device, int threads,
                                   int makers, Job& job, const GeneralistLesson& lesson) {
  return Run(plan, lesson, folder, device, threads, makers, job).run();
}

}  // namespace roundel
