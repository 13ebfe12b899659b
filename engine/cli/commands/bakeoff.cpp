#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "core/error.h"
#include "core/files.h"
#include "imaging/image_source.h"
#include "project/project.h"
#include "refine/bake_off.h"
#include "refine/builtin_generalists.h"

namespace roundel::cli {
namespace {

struct BakeoffFlags {
  std::string project;
  std::vector<std::string> generalists;
  int cases = 20;
  std::uint64_t seed = 42;
};

/// Sums of Dice over the cases, one of these a class and generalist.
struct Sums {
  double prompted = 0, start = 0, refined = 0;
  int count = 0;

  void add(const BakeOffScore& score) { prompted += score.prompted, start += score.start, refined += score.refined, ++count; }
};

struct Entry {
  std::shared_ptr<const Generalist> generalist;
  std::vector<Sums> classes;
  Sums all;
};

/// Three decimals, whatever the locale.
std::string fixed(double value) {
  const auto thousandths = std::lround(value * 1000);
  const std::string digits = std::to_string(std::abs(thousandths) % 1000);
  return (thousandths < 0 ? "-" : "") + std::to_string(std::abs(thousandths) / 1000) + "." + std::string(3 - digits.size(), '0') + digits;
}

/// The labelled part of the study's split, else every case with labels.
std::vector<Case> labelledCases(const Project& project) {
  std::vector<Case> out;
  const auto versions = project.latestVersions();
  const auto split = project.split();
  for (const auto& one : project.cases()) {
    const bool chosen =
        !split || split->labelled.empty() || std::find(split->labelled.begin(), split->labelled.end(), one.name) != split->labelled.end();
    if (chosen && !one.excluded && versions.contains(one.id)) out.push_back(one);
  }
  return out;
}

Json meansOf(const Sums& sums) {
  if (sums.count == 0) return {{"prompted_dice", nullptr}, {"start_dice", nullptr}, {"refined_dice", nullptr}, {"count", 0}};
  return {{"prompted_dice", sums.prompted / sums.count},
          {"start_dice", sums.start / sums.count},
          {"refined_dice", sums.refined / sums.count},
          {"count", sums.count}};
}

std::vector<Entry> entriesFor(const BakeoffFlags& flags, int classCount) {
  const auto registry = generalistRegistry();
  std::vector<std::string> names = flags.generalists;
  if (names.empty())
    for (const auto& member : registry.entries()) names.push_back(member.name);
  std::vector<Entry> entries;
  for (const auto& name : names) {
    std::shared_ptr<const Generalist> generalist = registry.create(name);
    if (generalist->traits().dimensions != 2) continue;
    entries.push_back({.generalist = std::move(generalist), .classes = std::vector<Sums>(static_cast<std::size_t>(classCount))});
  }
  return entries;
}

Outcome answer(const std::vector<Entry>& entries, const LabelSet& classes, int tried, std::vector<Warning> warnings) {
  Outcome outcome{.warnings = std::move(warnings)};
  Json list = Json::array();
  TextTable table({"generalist", "prompted", "start", "refined", "masks"});
  const Entry* best = nullptr;
  for (const auto& entry : entries) {
    Json perClass = Json::array();
    for (int c = 0; c < classes.size(); ++c) {
      Json one = {{"class", classes[c].name}};
      one.update(meansOf(entry.classes[static_cast<std::size_t>(c)]));
      perClass.push_back(std::move(one));
    }
    Json one = {{"generalist", entry.generalist->name()}, {"sha256", entry.generalist->contentHash()}};
    one.update(meansOf(entry.all));
    one["classes"] = std::move(perClass);
    list.push_back(std::move(one));
    const double n = std::max(1, entry.all.count);
    table.add({entry.generalist->name(), fixed(entry.all.prompted / n), fixed(entry.all.start / n), fixed(entry.all.refined / n),
               std::to_string(entry.all.count)});
    if (entry.all.count > 0 && (!best || entry.all.refined > best->all.refined)) best = &entry;
  }
  const bool helps = best && best->all.refined > best->all.start;
  outcome.result = {
      {"cases", tried}, {"generalists", std::move(list)}, {"recommended", helps ? Json(best->generalist->name()) : Json(nullptr)}};
  outcome.text = table.text() + "\nMean Dice with the true labels of " + std::to_string(tried) +
                 " cases. prompted: asked with box and points; start: a simulated prediction; refined: after refining it.\n";
  if (helps) outcome.text += "Recommended for refining: " + best->generalist->name() + ".\n";
  else outcome.text += "None of them improved the simulated predictions: run without refinement (--strategy pseudo-labels).\n";
  return outcome;
}

Outcome bakeoff(const BakeoffFlags& flags, Context& context) {
  const Project project = Project::open(flags.project, Access::ReadOnly);
  const LabelSet classes = project.classes();
  auto entries = entriesFor(flags, classes.size());
  auto cases = labelledCases(project);
  if (cases.empty())
    throw Error(ErrorKind::BadInput, "no-labels", "The study has no labelled case to try generalists on.",
                {.path = displayPath(flags.project), .remedy = "Label or import at least one case."});
  if (static_cast<int>(cases.size()) > flags.cases) cases.resize(static_cast<std::size_t>(flags.cases));
  DecodeClient client;
  std::vector<Warning> warnings;
  int tried = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    context.job.throwIfStopped();
    const Case& one = cases[i];
    try {
      const Image image = loadImage(client, {.files = {project.imagePath(one)}}, pixelPipelineFromJson(one.pixelPipeline)).image;
      const auto annotation = project.latest(one.id);
      if (!(annotation->size == image.geometry.size))
        throw Error(ErrorKind::BadInput, "size-mismatch", "Labels and image of " + one.name + " have different sizes.",
                    {.caseName = one.name});
      std::vector<Mask> truth;
      for (const auto& entry : annotation->classes)
        truth.push_back(entry.state == ClassState::Present ? entry.mask : Mask(annotation->size));
      for (auto& entry : entries)
        for (const auto& score :
             bakeOff(entry.generalist, image, truth, static_cast<std::uint64_t>(i), {.seed = flags.seed}, context.job)) {
          entry.classes[static_cast<std::size_t>(score.classIndex)].add(score);
          entry.all.add(score);
        }
      ++tried;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      warnings.push_back({.code = error.code(), .caseName = one.name, .message = error.what()});
    }
    context.job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(cases.size()), "trying generalists");
  }
  if (tried == 0)
    throw Error(ErrorKind::BadInput, "no-labels", "No labelled case could be opened.",
                {.path = displayPath(flags.project), .remedy = warnings.front().message});
  const bool refused = !warnings.empty();
  Outcome outcome = answer(entries, classes, tried, std::move(warnings));
  if (refused) outcome.exitCode = 6;
  return outcome;
}

}  // namespace

Command bakeoffCommand() {
  return {.name = "bakeoff",
          .sentence = "Try the generalists on the study's own labels and recommend one",
          .examples = {"bakeoff STUDY", "bakeoff STUDY --generalist random-walker --cases 5"},
          .declare =
              [](CLI::App& app) {
                auto flags = std::make_shared<BakeoffFlags>();
                app.add_option("project", flags->project, "Folder of the study")->required();
                app.add_option("--generalist", flags->generalists, "Only this one; may be repeated")->allow_extra_args(false);
                app.add_option("--cases", flags->cases, "Labelled cases to try at most")->check(CLI::PositiveNumber)->capture_default_str();
                app.add_option("--seed", flags->seed, "Seed of the simulated prompts")->capture_default_str();
                return [flags](Context& context) { return bakeoff(*flags, context); };
              },
          .computes = true};
}

}  // namespace roundel::cli
