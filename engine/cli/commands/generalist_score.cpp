#include "cli/commands/generalist_score.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "cli/commands/text_table.h"
#include "core/error.h"
#include "core/files.h"
#include "core/random.h"
#include "imaging/image_source.h"
#include "models/generalists/shipped_models.h"
#include "project/project.h"
#include "refine/builtin_generalists.h"
#include "refine/prompt_score.h"

namespace roundel::cli {
namespace {

std::string fixed(double value, int digits = 3) {
  const auto scale = static_cast<std::int64_t>(std::llround(std::pow(10, digits)));
  const auto whole = std::llround(value * static_cast<double>(scale));
  const std::string tail = std::to_string(std::abs(whole) % scale);
  return (whole < 0 ? "-" : "") + std::to_string(std::abs(whole) / scale) + "." +
         std::string(static_cast<std::size_t>(digits) - tail.size(), '0') + tail;
}

/// The labelled cases of the part that was asked for: a seeded draw of `validation` of them, or the others.
std::vector<Case> chosenCases(const Project& project, const ScoreFlags& flags) {
  std::vector<Case> all;
  const auto versions = project.latestVersions();
  for (const auto& one : project.cases())
    if (!one.excluded && versions.contains(one.id)) all.push_back(one);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  if (flags.part != "all") {
    Random random(flags.splitSeed, "generalist/validation");
    for (std::size_t i = all.size(); i > 1; --i)
      std::swap(all[i - 1], all[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
    const auto kept = std::min(all.size(), static_cast<std::size_t>(flags.validation));
    if (flags.part == "validation") all.resize(kept);
    else all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  if (flags.cases > 0 && all.size() > static_cast<std::size_t>(flags.cases)) all.resize(static_cast<std::size_t>(flags.cases));
  return all;
}

/// Without the cases that one of these generalists was adapted on: it knows their labels.
std::vector<Case> unseenCases(std::vector<Case> cases, const std::filesystem::path& study, const std::vector<std::string>& names,
                              std::vector<Warning>& warnings) {
  for (const auto& adapted : adaptedModels(study)) {
    if (std::find(names.begin(), names.end(), adapted.model.name) == names.end()) continue;
    const auto seen = std::erase_if(cases, [&](const Case& one) {
      return std::find(adapted.learntFrom.begin(), adapted.learntFrom.end(), one.name) != adapted.learntFrom.end();
    });
    if (seen > 0)
      warnings.push_back({.code = "seen-cases",
                          .caseName = {},
                          .message = std::to_string(seen) + " cases are left out: " + adapted.model.name + " learnt from their labels."});
  }
  return cases;
}

/// Structures by the longest side of their box.
constexpr std::array<std::int64_t, 4> kSizes{32, 64, 128, 1 << 30};
double meanOf(const std::vector<PromptScore>& scores) {
  double sum = 0;
  for (const auto& score : scores) sum += score.iou;
  return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
}

Json bySize(const std::vector<PromptScore>& scores) {
  Json list = Json::array();
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    std::vector<PromptScore> own;
    for (const auto& score : scores)
      if (score.longest < kSizes[i] && (i == 0 || score.longest >= kSizes[i - 1])) own.push_back(score);
    if (!own.empty()) list.push_back({{"longest_side_below", kSizes[i]}, {"count", own.size()}, {"iou", meanOf(own)}});
  }
  return list;
}

/// How well a generalist knows: predicted against measured IoU in ten bins, and the mean gap between them.
Json calibrationOf(const std::vector<PromptScore>& scores) {
  std::array<double, 10> predicted{}, measured{}, count{};
  double known = 0;
  for (const auto& score : scores) {
    if (std::isnan(score.predicted)) continue;
    const auto bin = static_cast<std::size_t>(std::clamp(score.predicted * 10, 0.0, 9.0));
    predicted[bin] += score.predicted;
    measured[bin] += score.iou;
    ++count[bin];
    ++known;
  }
  if (known == 0) return nullptr;
  Json bins = Json::array();
  double gap = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    if (count[i] == 0) continue;
    bins.push_back({{"count", count[i]}, {"predicted", predicted[i] / count[i]}, {"measured", measured[i] / count[i]}});
    gap += std::abs(predicted[i] - measured[i]) / known;
  }
  return {{"mean_gap", gap}, {"bins", bins}};
}

}  // namespace

std::vector<LabelledPicture> labelledPictures(const Project& project, const std::vector<Case>& cases, std::vector<Warning>& warnings,
                                              Context& context) {
  DecodeClient client;
  std::vector<LabelledPicture> pictures;
  for (const Case& one : cases) {
    context.job.throwIfStopped();
    try {
      Image image =
          loadImage(client, {.files = {project.imagePath(one)}}, pixelPipelineFromJson(one.pixelPipeline), stopOf(context.job)).image;
      const auto annotation = project.latest(one.id);
      if (!annotation || !(annotation->size == image.geometry.size))
        throw Error(ErrorKind::BadInput, "size-mismatch", "Labels and image of " + one.name + " have different sizes.",
                    {.caseName = one.name});
      std::vector<Mask> truth;
      for (const auto& entry : annotation->classes)
        truth.push_back(entry.state == ClassState::Present ? entry.mask : Mask(annotation->size));
      pictures.push_back({one.name, std::move(image), std::move(truth)});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      warnings.push_back({.code = error.code(), .caseName = one.name, .message = error.what()});
    }
  }
  if (pictures.empty()) throw Error(ErrorKind::BadInput, "no-labels", "None of the study's cases has labels that can be used.");
  return pictures;
}

void ScoreFlags::declare(CLI::App& app) {
  std::vector<std::string> names;
  for (const Asking asking : kAskings) names.push_back(toString(asking));
  app.add_option("project", project, "Folder of the study")->required();
  app.add_option("--generalist", generalists, "Only this one; may be repeated")->allow_extra_args(false);
  app.add_option("--asking", askings, "Only this way of asking; may be repeated")->allow_extra_args(false)->check(CLI::IsMember(names));
  app.add_option("--set", settings, "NAME=VALUE, a parameter of the one generalist; may be repeated")->allow_extra_args(false);
  app.add_option("--part", part, "The cases kept for choosing among variants, the others, or all")
      ->check(CLI::IsMember({"validation", "others", "all"}))
      ->capture_default_str();
  app.add_option("--validation", validation, "How many cases are kept for choosing")->check(CLI::NonNegativeNumber)->capture_default_str();
  app.add_option("--split-seed", splitSeed, "Seed of their draw")->capture_default_str();
  app.add_option("--cases", cases, "At most so many cases; 0: all")->check(CLI::NonNegativeNumber)->capture_default_str();
  app.add_option("--seed", seed, "Seed of boxes that are not exact")->capture_default_str();
}

Outcome scoreGeneralists(const ScoreFlags& flags, Context& context) {
  const auto registry = generalistRegistry(context.options.device, context.options.threads, flags.project);
  std::vector<std::string> names = flags.generalists;
  if (names.empty()) {
    const auto ready = generalistRegistry();  // not those adapted to the study: they know its labels
    for (const auto& entry : ready.entries()) names.push_back(entry.name);
  }
  if (!flags.settings.empty() && names.size() != 1)
    throw Error(ErrorKind::Usage, "bad-parameter", "--set is for one generalist: name it with --generalist.");
  Outcome outcome;
  const Project project = Project::open(flags.project, Access::ReadOnly);
  const auto trials = labelledPictures(project, unseenCases(chosenCases(project, flags), flags.project, names, outcome.warnings),
                                       outcome.warnings, context);
  double ellipse = 0;
  std::int64_t structures = 0;
  for (const auto& trial : trials)
    for (const auto& mask : trial.truth)
      if (!mask.empty()) ellipse += ellipseIou(mask), ++structures;
  TextTable table({"generalist", "asked with", "IoU", "masks", "ms a mask", "predicted off by"});
  Json list = Json::array();
  std::int64_t done = 0;
  for (const auto& name : names) {
    const auto generalist =
        registry.create(name, flags.settings.empty() ? Json::object() : parseSettings(flags.settings, registry.find(name).params));
    const int wanted = trials.front().image.geometry.size.z > 1 ? 3 : 2;
    if (flags.generalists.empty() && generalist->traits().dimensions != wanted) continue;
    if (wanted == 2) requireForPictures(*generalist);
    std::vector<std::shared_ptr<const Embedding>> embeddings;
    for (const auto& trial : trials) embeddings.push_back(generalist->embed(trial.image, context.job));
    Json ways = Json::object();
    for (const Asking asking : kAskings) {
      if (!flags.askings.empty() && std::find(flags.askings.begin(), flags.askings.end(), toString(asking)) == flags.askings.end())
        continue;
      std::vector<PromptScore> scores;
      const auto start = std::chrono::steady_clock::now();
      for (std::size_t i = 0; i < trials.size(); ++i) {
        context.job.throwIfStopped();
        context.job.progress(done++, static_cast<std::int64_t>(names.size() * std::size(kAskings) * trials.size()), "asking " + name);
        const auto some = scorePrompts(*generalist, *embeddings[i], trials[i].truth, asking, flags.seed, i, context.job);
        scores.insert(scores.end(), some.begin(), some.end());
      }
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      const double milliseconds = 1000 * seconds / static_cast<double>(std::max<std::size_t>(1, scores.size()));
      const Json calibration = calibrationOf(scores);
      ways[toString(asking)] = {{"iou", meanOf(scores)},
                                {"count", scores.size()},
                                {"milliseconds_a_mask", milliseconds},
                                {"by_size", bySize(scores)},
                                {"calibration", calibration}};
      table.add({name, toString(asking), fixed(meanOf(scores)), std::to_string(scores.size()), fixed(milliseconds, 1),
                 calibration.is_null() ? "-" : fixed(calibration["mean_gap"].get<double>())});
    }
    list.push_back({{"generalist", name}, {"sha256", generalist->contentHash()}, {"askings", ways}});
  }
  const double mean = ellipse / static_cast<double>(std::max<std::int64_t>(1, structures));
  outcome.result = {
      {"cases", trials.size()}, {"part", flags.part}, {"structures", structures}, {"ellipse_iou", mean}, {"generalists", list}};
  outcome.text = table.text() + "\nMean IoU with the true labels of " + std::to_string(trials.size()) + " cases (" + flags.part + "), " +
                 std::to_string(structures) + " structures. The filled ellipse in the true box: " + fixed(mean) + ".\n";
  if (std::any_of(outcome.warnings.begin(), outcome.warnings.end(), [](const auto& one) { return one.code != "seen-cases"; }))
    outcome.exitCode = 6;
  return outcome;
}

}  // namespace roundel::cli
