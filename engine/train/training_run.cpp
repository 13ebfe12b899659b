#include "train/training_run.h"

#include <algorithm>
#include <cmath>

#include "core/elapsed.h"
#include "core/error.h"
#include "core/files.h"
#include "device/torch_device.h"
#include "train/convergence.h"
#include "train/positive_weights.h"
#include "train/schedules.h"
#include "train/validation.h"
#include "weights/checkpoint.h"
#include "weights/tensor_bytes.h"

namespace roundel {
namespace {

using torch::Tensor;
using Clock = std::chrono::steady_clock;

std::vector<const TrainingCase*> pointers(std::initializer_list<const std::vector<TrainingCase>*> lists) {
  std::vector<const TrainingCase*> all;
  for (const auto* list : lists)
    for (const auto& one : *list) all.push_back(&one);
  return all;
}

NamedParameters copies(const NamedParameters& parameters) {
  NamedParameters result;
  for (const auto& [name, tensor] : parameters) result.emplace_back(name, tensor.detach().clone());
  return result;
}

void copyInto(const NamedParameters& to, const NamedParameters& from) {
  const torch::NoGradGuard guard;
  for (std::size_t i = 0; i < to.size(); ++i) Tensor(to[i].second).copy_(from[i].second);
}

/// Mirrored pictures are pictures too where the classes say what they become; elsewhere a mirrored heart is on the wrong side.
double flipOf(const Params& params, const LabelSet& classes) {
  const double given = params.at("flip");
  if (given >= 0) return given;
  const auto namesMirror = [](const LabelClass& one) { return !one.mirror.empty() && one.mirror != one.name; };
  return std::any_of(classes.classes().begin(), classes.classes().end(), namesMirror) ? 0.5 : 0.0;
}

}  // namespace

TrainingRun::TrainingRun(const TrainingSet& set, const TrainPlan& plan, const TrainStart& start, std::filesystem::path folder, Job& job)
    : m_set(set),
      m_plan(plan),
      m_start(start),
      m_fabric(start.fabric ? start.fabric : std::make_shared<Fabric>()),
      m_folder(std::move(folder)),
      m_job(job),
      m_compute(chooseDevice(plan.device, plan.threads)),
      m_share(m_fabric) {
  const std::string precision = plan.params.at("precision");
  if (precision == "float32") m_compute.fastPrecision = Precision::Float32;
  if (precision == "bfloat16") m_compute.fastPrecision = Precision::BFloat16;
  // LibTorch's convolutions of volumes in bfloat16 on processors gave other numbers from run to run, and now and then none at all.
  if (set.ofVolumes() && !m_compute.onGpu()) {
    if (precision == "bfloat16")
      throw Error(ErrorKind::Usage, "bad-parameter", "Volumes are learnt from in float32 on a processor; bfloat16 is for a GPU there.",
                  {.remedy = "Leave precision as it is."});
    m_compute.fastPrecision = Precision::Float32;
  }
  m_environment = environment(m_compute);
  requireRanks();
  if (!m_share.alone()) m_environment["ranks"] = m_fabric->size();
  m_environment["precision"] = m_compute.fastPrecision == Precision::BFloat16 ? "bfloat16" : "float32";
  m_identity = identityHash(plan);
  m_setHash = contentHash(set);
  m_startHash = start.continueFrom.empty() ? "scratch" : readCheckpointHeader(SafetensorsFile::open(start.continueFrom)).weightsSha256();
  for (const auto& generalist : start.generalists) m_startHash += " " + generalist->contentHash();
  m_steps = plannedSteps(plan, set, start.kind());
}

TrainResult TrainingRun::run() {
  if (const auto result = agree()) return *result;
  m_share.addUpOn(torchDevice(m_compute));
  checkMemory();
  prepareData();
  prepareNetwork();
  if (m_fabric->first() && resumeState()) m_job.log("The training goes on after step " + std::to_string(m_progress.step) + ".");
  shareState();
  m_lastSave = m_lastReport = Clock::now();
  while (!finished()) {
    if (m_share.alone()) m_stopping = m_job.stopRequested();
    if (m_stopping) {
      saveState();
      throw Cancelled();
    }
    const auto begin = Clock::now();
    oneStep();
    report(secondsSince(begin));
    if (secondsSince(m_lastSave) >= m_plan.params.at("checkpoint_seconds").get<double>()) saveState();
  }
  return m_fabric->first() ? shared(finish()) : shared({});
}

void TrainingRun::checkMemory() const {
  const auto builder = specialists().create(m_plan.specialist, ownParams());
  const Size size{m_set.width, m_set.height, m_set.depth};
  const int elementBytes = m_compute.fastPrecision == Precision::BFloat16 ? 2 : 4;
  const std::uint64_t perPicture = builder->activationBytes(size, elementBytes);
  const auto classMaps = static_cast<std::uint64_t>(m_set.classes.size()) * static_cast<std::uint64_t>(size.count()) * 24;
  const auto samples = (m_plan.params.at("batch").get<std::uint64_t>() + static_cast<std::uint64_t>(m_fabric->size()) - 1) /
                       static_cast<std::uint64_t>(m_fabric->size());
  const std::uint64_t need = (perPicture + classMaps) * samples;
  const std::uint64_t have = availableMemory(m_compute.device);
  if (have > 0 && need > have)
    throw Error(
        ErrorKind::Resource, "out-of-memory",
        "A step of this training needs about " + std::to_string(need >> 20) + " MB, and " + std::to_string(have >> 20) + " MB are free.",
        {.remedy = "Take a smaller batch (--set batch=...), a narrower network (--set width=...) or smaller pictures."});
}

void TrainingRun::prepareData() {
  if (m_start.continueFrom.empty()) {
    m_normalisation = normalisationOf(m_set);
  } else {
    const CheckpointHeader header = readCheckpointHeader(SafetensorsFile::open(m_start.continueFrom));
    m_normalisation = {header.mean, header.deviation};
  }
  m_labelled = makeCaseTensors(pointers({&m_set.labelled, &m_set.pseudoLabelled}), m_set, m_normalisation);
  m_validation = makeCaseTensors(pointers({&m_set.validation}), m_set, m_normalisation);
  if (m_plan.strategy != "supervised")
    m_unlabelled = makeCaseTensors(pointers({&m_set.unlabelled}), m_set, m_normalisation, Labels::Unread);
  const std::uint64_t bytes = bytesOf(m_labelled) + bytesOf(m_unlabelled) + bytesOf(m_validation);
  if (m_compute.onGpu() && bytes < availableMemory(m_compute.device) / 3) {
    m_labelled = m_labelled.to(torchDevice(m_compute));
    m_unlabelled = m_unlabelled.to(torchDevice(m_compute));
    m_validation = m_validation.to(torchDevice(m_compute));
  }
}

Json TrainingRun::ownParams() const {
  Json own = Json::object();
  for (const auto& spec : specialists().find(m_plan.specialist).params) own[spec.name] = m_plan.params.at(spec.name);
  return own;
}

void TrainingRun::checkFit() const {
  const bool volumes = m_builder->dimensions() == 3;
  if (volumes != m_set.ofVolumes())
    throw Error(ErrorKind::Usage, "wrong-specialist",
                "The specialist " + m_plan.specialist + " learns from " + (volumes ? "volumes" : "pictures") + ", and the study holds " +
                    (volumes ? "pictures." : "volumes."),
                {.remedy = std::string("Take --specialist ") + (volumes ? "unet2d." : "unet3d.")});
  const int multiple = m_builder->sideMultiple();
  for (const int side : {m_set.width, m_set.height, volumes ? m_set.depth : multiple})
    if (side % multiple != 0)
      throw Error(ErrorKind::Usage, "size-mismatch",
                  "The specialist " + m_plan.specialist + " needs sides that are multiples of " + std::to_string(multiple) +
                      ", and one is " + std::to_string(side) + ".",
                  {.remedy = "Choose another size."});
  if (m_network->outputs() == OutputForm::Sigmoid) return;
  for (const auto* cases : {&m_set.labelled, &m_set.pseudoLabelled})
    for (const auto& one : *cases)
      for (std::size_t a = 0; a < one.classes.size(); ++a)
        for (std::size_t b = a + 1; b < one.classes.size(); ++b)
          if (one.classes[a].state == ClassState::Present && one.classes[b].state == ClassState::Present &&
              overlapArea(one.classes[a].mask, one.classes[b].mask) > 0)
            throw Error(ErrorKind::BadInput, "overlapping-classes",
                        "Case " + one.name + ": classes overlap, and the specialist is to learn classes that exclude one another.",
                        {.caseName = one.name, .remedy = "Leave out --set outputs=exclusive."});
}

void TrainingRun::readStart() {
  const SafetensorsFile file = SafetensorsFile::open(m_start.continueFrom);
  const CheckpointHeader header = readCheckpointHeader(file);
  Json own = ownParams(), theirs = resolveParams(specialists().find(m_plan.specialist).params,
                                                 header.specialist == m_plan.specialist ? header.options : Json());
  own.erase("heads"), theirs.erase("heads");  // a head that the start lacks begins anew
  if (header.specialist != m_plan.specialist || own != theirs || !(header.classes == m_set.classes))
    throw Error(ErrorKind::BadInput, "start-mismatch",
                displayPath(m_start.continueFrom) +
                    " is another kind of specialist, of another width or with other classes, than this training asks for.",
                {.path = displayPath(m_start.continueFrom), .remedy = "Start from scratch, or with the same specialist and classes."});
  NamedParameters known;
  for (auto& entry : stateOf(*m_network))
    if (file.has(entry.first)) known.push_back(std::move(entry));
  readInto(file, "", known);
}

void TrainingRun::prepareNetwork() {
  Json strategy = Json::object();
  for (const auto& spec : trainingStrategies().find(m_plan.strategy).params) strategy[spec.name] = m_plan.params.at(spec.name);
  m_builder = specialists().create(m_plan.specialist, ownParams());
  m_network = m_builder->build(m_set.classes.size());
  m_evaluation = m_builder->build(m_set.classes.size());
  checkFit();
  m_network->initialise(m_plan.seed);
  if (!m_start.continueFrom.empty()) readStart();
  const torch::Device device = torchDevice(m_compute);
  m_network->module().to(device);
  m_evaluation->module().to(device);
  const Params& p = m_plan.params;
  const BatchRecipe recipe{.augmentation = {.affine = p.at("affine"),
                                            .flip = flipOf(p, m_set.classes),
                                            .intensity = p.at("intensity"),
                                            .noise = p.at("noise"),
                                            .blur = p.at("blur"),
                                            .turns = p.at("turns").get<bool>(),
                                            .foreground = p.at("foreground_share")},
                           .mirror = m_set.classes.mirrorIndices(),
                           .normalisation = m_normalisation,
                           .seed = m_plan.seed,
                           .device = device,
                           .patch = {m_set.depth, m_set.height, m_set.width},
                           .share = m_share};
  m_context = std::make_unique<TrainingContext>(
      TrainingContext{.network = *m_network,
                      .builder = *m_builder,
                      .labelled = m_labelled,
                      .unlabelled = m_unlabelled,
                      .set = m_set,
                      .params = p,
                      .recipe = recipe,
                      .posWeight = chosenPositiveWeights(m_labelled, m_set.classes, p).to(device),
                      .type = m_compute.fastPrecision == Precision::BFloat16 ? torch::kBFloat16 : torch::kFloat,
                      .steps = m_steps,
                      .generalists = m_start.generalists});
  m_strategy = trainingStrategies().create(m_plan.strategy, strategy);
  m_strategy->begin(*m_context);
  const bool sgd = p.at("optimiser") == "sgd";
  m_optimiser =
      std::make_unique<Optimiser>(parametersOf(*m_network), OptimiserOptions{.kind = sgd ? OptimiserKind::Sgd : OptimiserKind::AdamW,
                                                                             .momentum = p.at("momentum"),
                                                                             .nesterov = sgd && p.at("nesterov").get<bool>(),
                                                                             .weightDecay = p.at("weight_decay")});
  if (p.at("average").get<double>() > 0) m_average = copies(parametersOf(*m_network));
  if (p.at("epoch") == "best" && m_validation.size() > 0) m_best = copies(stateOf(*m_network));
}

double TrainingRun::learningRate(std::int64_t step) const {
  const Params& p = m_plan.params;
  const auto warmup = p.at("warmup").get<std::int64_t>();
  const double part = step < warmup ? static_cast<double>(step + 1) / static_cast<double>(warmup) : 1.0;
  const double first = part * p.at("learning_rate").get<double>(), last = part * p.at("final_learning_rate").get<double>();
  const auto every = p.at("schedule_every").get<std::int64_t>();
  const auto at = static_cast<double>(step / every), length = static_cast<double>((m_steps + every - 1) / every);
  if (p.at("schedule") == "cosine") return cosineRate(at, length, first, last);
  return p.at("schedule") == "polynomial" ? polynomialRate(at, length, first) : first;
}

void TrainingRun::oneStep() {
  const std::int64_t step = m_progress.step;
  m_optimiser->zeroGradients();
  const StepLoss loss = m_strategy->loss(*m_context, step);
  const float value = loss.total.item<float>();
  if (!std::isfinite(value))
    throw Error(ErrorKind::BadInput, "diverged",
                "The training diverged at step " + std::to_string(step + 1) + ": its loss is no number any more.",
                {.remedy = "Take a smaller learning rate (--set learning_rate=...) or --set precision=float32."});
  loss.total.backward();
  if (!m_share.alone()) {
    std::vector<Tensor> parameters;
    for (auto& [name, tensor] : parametersOf(*m_network)) parameters.push_back(tensor);
    m_stopping = m_share.sumGradients(parameters, m_job.stopRequested() ? 1 : 0) > 0;
  }
  const double clip = m_plan.params.at("clip");
  if (clip > 0) m_optimiser->clipGradients(clip);
  m_optimiser->step(learningRate(step));
  m_strategy->afterUpdate(*m_context, step);
  if (!m_average.empty()) {
    std::vector<Tensor> average, current;
    for (auto& [name, tensor] : m_average) average.push_back(tensor);
    for (auto& [name, tensor] : parametersOf(*m_network)) current.push_back(tensor);
    updateAverage(average, current, cappedDecay(step, m_plan.params.at("average")));
  }
  m_progress.losses.push_back(value);
  m_lastTerms.clear();
  for (const auto& [name, term] : loss.terms) m_lastTerms.emplace_back(name, term.item<double>());
  m_lastNotes = loss.notes;
  ++m_progress.step;
  auto every = m_plan.params.at("validate_every").get<std::int64_t>();
  if (every == 0) every = std::max<std::int64_t>(1, m_steps / 10);
  if (m_validation.size() > 0 && (m_progress.step % every == 0 || m_progress.step == m_steps)) validate();
}

NamedParameters TrainingRun::candidate() {
  if (SpecialistNetwork* final = m_strategy->finalNetwork(); final != nullptr) return stateOf(*final);
  if (m_average.empty()) return stateOf(*m_network);
  NamedParameters all = m_average;
  for (auto& entry : buffersOf(*m_network)) all.push_back(std::move(entry));
  return all;
}

void TrainingRun::validate() {
  double dice = -1;
  if (m_fabric->first()) {
    copyInto(stateOf(*m_evaluation), candidate());
    dice = validationDice(*m_evaluation, m_validation, m_context->recipe, m_context->type, m_plan.params.at("batch").get<std::int64_t>());
  }
  m_fabric->broadcast(std::as_writable_bytes(std::span(&dice, 1)));
  if (dice < 0) return;
  m_progress.validationDice.push_back(dice);
  m_progress.validationSteps.push_back(m_progress.step);
  if (dice > m_progress.bestDice) {
    m_progress.bestDice = dice;
    m_progress.bestStep = m_progress.step;
    m_progress.sinceBest = 0;
    if (!m_best.empty()) copyInto(m_best, candidate());
  } else {
    ++m_progress.sinceBest;
  }
  const auto patience = m_plan.params.at("patience").get<std::int64_t>();
  m_progress.stoppedEarly = patience > 0 && m_progress.sinceBest >= patience;
  m_job.metric({{"step", m_progress.step}, {"validation_dice", dice}});
}

void TrainingRun::report(double seconds) {
  m_job.progress(m_progress.step, m_steps, "training the specialist");
  if (m_progress.step % 10 != 0 && !finished() && secondsSince(m_lastReport) < 5) return;
  m_lastReport = Clock::now();
  Json values{{"step", m_progress.step},
              {"loss", m_progress.losses.back()},
              {"learning_rate", learningRate(m_progress.step - 1)},
              {"step_seconds", seconds}};
  for (const auto& [name, value] : m_lastTerms) values["loss_" + name] = value;
  for (const auto& [name, value] : m_lastNotes) values[name] = value;
  m_job.metric(values);
}

}  // namespace roundel
