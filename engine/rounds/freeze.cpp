#include "rounds/freeze.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "quality/gate.h"
#include "refine/builtin_generalists.h"
#include "rounds/preset.h"
#include "rounds/run_strategy.h"
#include "rounds/training_stage.h"
#include "rounds/volume_work.h"
#include "train/generalist_adaptation.h"
#include "train/train_plan.h"

namespace roundel {
namespace {

constexpr std::array<SplitPart, 4> kParts{SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test};

Split requestedSplit(const Project& project, const RunRequest& request) {
  if (request.proposed) return *request.proposed;
  const auto split = project.split(request.split);
  if (!split)
    throw Error(
        ErrorKind::BadInput, "no-split",
        "The study has no split named " + request.split + ": it is not said which cases are labelled, unlabelled, validation and test.",
        {.remedy = "For example: roundel split STUDY --labelled 5 --unlabelled rest --validation 5 --test 10 --seed 1"});
  return request.labelledCount ? labelledSubset(*split, *request.labelledCount) : *split;
}

/// Values set by hand, told apart by who declares them.
void sortParams(const Json& set, RunPlan& plan) {
  const auto& ours = runParams();
  resolveParams(requestParams(), set);  // refuses unknown names and bad values, whoever declares them
  Json run = Json::object(), train = Json::object();
  for (const auto& [name, value] : set.items()) {
    if (const auto dot = name.find('.'); dot != std::string::npos) {
      const std::string generalist = name.substr(0, dot);
      if (std::find(plan.generalists.begin(), plan.generalists.end(), generalist) == plan.generalists.end())
        throw Error(ErrorKind::Usage, "unused-parameter", "The parameter " + name + " is of a generalist that this run does not ask.",
                    {.remedy = "Name it too: --generalist " + generalist});
      plan.generalistParams[generalist][name.substr(dot + 1)] = value;
      continue;
    }
    const bool mine = std::any_of(ours.begin(), ours.end(), [&](const ParamSpec& spec) { return spec.name == name; });
    (mine ? run : train)[name] = value;
  }
  plan.runParams = resolveParams(ours, run);
  plan.trainParams = train;
}

/// Values that are each in their range, but not together, are refused before anything runs.
void requireWorkable(const RunPlan& plan, const RunStrategy& strategy) {
  makeTrainPlan(plan.preset, plan.seed, plan.trainParams, specialistOf(plan, strategy), strategy.trainingStrategy);
  if (plan.volumes) {
    Params volumes = Json::object();
    for (const auto& spec : volumePreparationParams()) volumes[spec.name] = plan.runParams.at("volume_" + spec.name);
    volumePreparationFrom(volumes);
    patchOf(plan.trainParams, plan.preset, {});
  }
  Json ofGate = Json::object();
  for (const auto& spec : gateParams()) ofGate[spec.name] = plan.runParams.at(spec.name);
  gate({}, gateSettings(ofGate));
}

/// With so many builtin-2d was measured (docs/MODELS.md): minutes of one core.
constexpr int kAdaptSteps = 600;

bool adaptsByDefault(const RunPlan& plan, const RunStrategy& strategy, const Split& split) {
  constexpr std::size_t kFewestLabelled = 2;
  const auto learns = [](const std::string& name) { return adaptableModel(name).has_value(); };
  return !plan.volumes && strategy.targets == RoundTargets::PseudoLabels && strategy.refinement != Refinement::None &&
         split.labelled.size() >= kFewestLabelled && std::any_of(plan.generalists.begin(), plan.generalists.end(), learns);
}

}  // namespace

bool isOfVolumes(const Project& project, const Split& split) {
  std::size_t volumes = 0, pictures = 0;
  for (const SplitPart part : kParts)
    for (const auto& name : split.part(part))
      if (const auto one = project.findCase(name)) ++(one->geometry.size.z > 1 ? volumes : pictures);
  if (volumes > 0 && pictures > volumes)
    throw Error(ErrorKind::BadInput, "mixed-study",
                "The split " + sanitisedUtf8(split.name) + " holds " + std::to_string(pictures) + " pictures and " +
                    std::to_string(volumes) + " volumes.",
                {.remedy = "Make a study of each kind, or split with lists that leave one kind out."});
  return volumes > 0;
}

std::vector<ParamSpec> requestParams() {
  std::vector<ParamSpec> all = runParams();
  const auto training = trainParamSpecs();
  all.insert(all.end(), training.begin(), training.end());
  const auto registry = generalistRegistry();
  for (const auto& generalist : registry.entries())
    for (ParamSpec spec : generalist.params) {
      spec.name = generalist.name + "." + spec.name;
      all.push_back(std::move(spec));
    }
  return all;
}

FrozenRun freezeRun(const Project& project, const RunRequest& request) {
  const RunStrategy& strategy = findRunStrategy(request.strategy);
  FrozenRun frozen;
  RunPlan& plan = frozen.plan;
  plan = {.id = {},
          .strategy = strategy.name,
          .preset = request.preset,
          .rounds = request.rounds,
          .seed = request.seed,
          .generalists = request.generalists,
          .control = request.control,
          .runParams = {},
          .trainParams = {},
          .classes = project.classes(),
          .cases = {}};
  if (request.rounds < 1 || request.rounds > kMostRounds)
    throw Error(ErrorKind::Usage, "bad-rounds",
                "A run has 1 to " + std::to_string(kMostRounds) + " rounds, not " + std::to_string(request.rounds) + ".");
  if (plan.classes.empty())
    throw Error(ErrorKind::BadInput, "no-classes", "The study has no classes.",
                {.remedy = "Import labels, or: roundel classes STUDY --palette fdi"});
  if (plan.generalists.empty() && !strategy.generalist.empty()) plan.generalists = {strategy.generalist};
  const Preset preset = findPreset(request.preset);
  sortParams(request.set, plan);
  const Split split = requestedSplit(project, request);
  plan.volumes = isOfVolumes(project, split);
  namedGeneralists(plan.generalists, Json::object(), "auto", plan.kind());  // refuses what it does not know
  requireWorkable(plan, strategy);
  // nnU-Net's rules bring all volumes to one spacing.
  if (plan.volumes && strategy.specialist == "nnunet-like" && !request.set.contains("volume_spacing"))
    plan.runParams["volume_spacing"] = "median";
  if (plan.runParams["start"] == "preset") plan.runParams["start"] = preset.startFromLast ? "continue" : "scratch";
  if (plan.runParams["targets"] == "preset") plan.runParams["targets"] = preset.labelledToo ? "pseudo+labelled" : "pseudo";
  if (plan.runParams["not_found"] == "preset") plan.runParams["not_found"] = preset.missesAreAbsent ? "absent" : "unknown";
  if (plan.runParams["size"] == 0) plan.runParams["size"] = preset.longSide;
  if (plan.runParams["adapt_steps"] == -1) plan.runParams["adapt_steps"] = adaptsByDefault(plan, strategy, split) ? kAdaptSteps : 0;

  const auto versions = project.latestVersions();
  std::vector<Size> sizes;
  std::set<std::string> stored;
  for (const SplitPart part : kParts)
    for (const auto& name : split.part(part)) {
      const auto one = project.findCase(name);
      if (!one)
        throw Error(ErrorKind::BadInput, "unknown-case", "The split names a case that the study does not have: " + name + ".",
                    {.caseName = name});
      PlannedCase planned{.name = name,
                          .part = part,
                          .imagePath = project.imagePath(*one).native(),
                          .pixelPipeline = one->pixelPipeline,
                          .size = one->geometry.size,
                          .annotationHash = std::nullopt};
      if (plan.volumes && one->facts.is_object()) planned.modality = one->facts.value("modality", std::string());
      const auto version = versions.find(one->id);
      if (version != versions.end() && version->second.anyAnnotated()) {
        Annotation annotation = *project.latest(one->id);
        planned.annotationHash = contentHash(annotation);
        if (stored.insert(*planned.annotationHash).second) frozen.annotations.emplace_back(*planned.annotationHash, std::move(annotation));
      } else if (part == SplitPart::Labelled) {
        throw Error(ErrorKind::BadInput, "no-labels", "The case " + name + " is in the labelled part of the split and has no labels.",
                    {.caseName = name});
      }
      sizes.push_back(planned.size);
      plan.cases.push_back(std::move(planned));
    }
  if (plan.casesOf(SplitPart::Labelled).empty())
    throw Error(ErrorKind::BadInput, "no-labels", "The split has no labelled cases: there is nothing to learn from.",
                {.remedy = "Label at least one case, then split again."});
  const bool needsUnlabelled = strategy.targets != RoundTargets::LabelledOnly;
  if (needsUnlabelled && plan.casesOf(SplitPart::Unlabelled).empty())
    throw Error(ErrorKind::BadInput, "no-unlabelled", "The strategy " + strategy.name + " needs unlabelled cases, and the split has none.",
                {.remedy = "Split again with --unlabelled rest, or use --strategy supervised."});
  if (plan.volumes) return frozen;
  const Size working = workingSize(sizes, plan.runParams["size"].get<std::int64_t>());
  plan.width = static_cast<int>(working.x);
  plan.height = static_cast<int>(working.y);
  return frozen;
}

std::filesystem::path frozenLabelPath(const std::filesystem::path& runFolder, const std::string& hash) {
  return runFolder / "labels" / (hash + ".json");
}

std::optional<std::filesystem::path> findRunFolder(const Project& project, const RunPlan& plan) {
  const std::string wanted = planHash(plan);
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(project.folder() / "runs", code)) {
    const auto path = entry.path() / "plan.json";
    if (std::filesystem::exists(path, code) && planHash(runPlanFromJson(readJson(path))) == wanted) return entry.path();
  }
  return std::nullopt;
}

std::filesystem::path createRunFolder(const Project& project, FrozenRun& frozen) {
  const auto runs = project.folder() / "runs";
  std::error_code code;
  std::filesystem::create_directories(runs, code);
  std::filesystem::path folder;
  for (int number = 1;; ++number) {
    std::string digits = std::to_string(number);
    digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
    frozen.plan.id = "r" + digits;
    folder = runs / frozen.plan.id;
    if (std::filesystem::create_directory(folder, code)) break;  // two runs that start at once get two numbers
    if (code)
      throw Error(ErrorKind::Locked, "not-writable", "Cannot make the run's folder " + displayPath(folder) + ": " + code.message() + ".",
                  {.path = displayPath(folder), .remedy = "Check that you may write to the study's folder."});
  }
  for (const char* name : {"labels", "control", "decisions"}) std::filesystem::create_directories(folder / name);
  for (const auto& [hash, annotation] : frozen.annotations) writeFileAtomically(frozenLabelPath(folder, hash), toJson(annotation).dump());
  writeJsonAtomically(folder / "plan.json", toJson(frozen.plan));
  return folder;
}

}  // namespace roundel
