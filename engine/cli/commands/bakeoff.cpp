#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "cli/seed_flag.h"
#include "core/error.h"
#include "core/files.h"
#include "core/shown_number.h"
#include "device/processor.h"
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

/// Mean and standard deviation of what was added.
class Spread {
 public:
  void add(double value) { m_sum += value, m_squares += value * value, ++m_count; }
  int count() const { return m_count; }
  double mean() const { return m_count == 0 ? 0 : m_sum / m_count; }
  double deviation() const { return m_count < 2 ? 0 : std::sqrt(std::max(0.0, (m_squares - m_sum * mean()) / (m_count - 1))); }

 private:
  double m_sum = 0, m_squares = 0;
  int m_count = 0;
};

/// Dice over the cases, one of these a class and generalist.
struct Scores {
  Spread prompted, start, refined;

  void add(const BakeOffScore& score) { prompted.add(score.prompted), start.add(score.start), refined.add(score.refined); }
};

struct Entry {
  std::string name, sha256;
  std::vector<Scores> classes;
  Scores all;
  double seconds = 0;           ///< for all cases
  std::uint64_t peakBytes = 0;  ///< of this process, while it was tried
};

/// A labelled case, ready to be tried.
struct Trial {
  Image image;
  std::vector<Mask> truth;
};

/// The labelled part of the study's split, else every case with labels.
std::vector<Case> labelledCases(const Project& project) {
  std::vector<Case> out;
  const auto versions = project.latestVersions();
  const auto split = project.split();
  for (const auto& one : project.cases()) {
    const bool chosen =
        !split || split->labelled.empty() || std::find(split->labelled.begin(), split->labelled.end(), one.name) != split->labelled.end();
    if (!chosen || one.excluded || !versions.contains(one.id)) continue;
    if (one.geometry.size.z != 1)
      throw Error(ErrorKind::BadInput, "not-2d", "The case " + one.name + " is a volume; generalists are compared on pictures.",
                  {.caseName = one.name});
    out.push_back(one);
  }
  return out;
}

Json meansOf(const Scores& scores) {
  Json json = {{"count", scores.start.count()}};
  const auto put = [&](const std::string& name, const Spread& spread) {
    json[name + "_dice"] = spread.count() == 0 ? Json(nullptr) : Json(spread.mean());
    json[name + "_dice_sd"] = spread.count() < 2 ? Json(nullptr) : Json(spread.deviation());
  };
  put("prompted", scores.prompted);
  put("start", scores.start);
  put("refined", scores.refined);
  return json;
}

std::vector<Entry> entriesFor(const BakeoffFlags& flags, int classCount, const GlobalOptions& options) {
  const auto registry = generalistRegistry(options.device, options.threads);
  std::vector<std::string> names = flags.generalists;
  if (names.empty())
    for (const auto& member : registry.entries()) names.push_back(member.name);
  std::vector<Entry> entries;
  for (const auto& name : names) {
    const auto generalist = registry.create(name);
    if (flags.generalists.empty() && generalist->traits().dimensions != 2) continue;
    requireForPictures(*generalist);
    entries.push_back({.name = name, .classes = std::vector<Scores>(static_cast<std::size_t>(classCount))});
  }
  return entries;
}

Outcome answer(const std::vector<Entry>& entries, const LabelSet& classes, int tried, std::vector<Warning> warnings) {
  Outcome outcome{.warnings = std::move(warnings)};
  Json list = Json::array();
  TextTable table({"generalist", "prompted", "start", "refined", "masks", "s/image", "memory"});
  const Entry* best = nullptr;
  for (const auto& entry : entries) {
    Json perClass = Json::array();
    for (int c = 0; c < classes.size(); ++c) {
      Json one = {{"class", classes[c].name}};
      one.update(meansOf(entry.classes[static_cast<std::size_t>(c)]));
      perClass.push_back(std::move(one));
    }
    Json one = {{"generalist", entry.name}, {"sha256", entry.sha256}};
    one.update(meansOf(entry.all));
    one["seconds_per_image"] = entry.seconds / std::max(1, tried);
    one["peak_memory_bytes"] = entry.peakBytes;
    one["classes"] = std::move(perClass);
    list.push_back(std::move(one));
    const auto spread = [](const Spread& dice) { return shown(dice.mean()) + " ± " + shown(dice.deviation()); };
    table.add({entry.name, spread(entry.all.prompted), spread(entry.all.start), spread(entry.all.refined),
               std::to_string(entry.all.start.count()), shown(entry.seconds / std::max(1, tried)),
               std::to_string(entry.peakBytes / 1'000'000) + " MB"});
    if (entry.all.start.count() > 0 && (!best || entry.all.refined.mean() > best->all.refined.mean())) best = &entry;
  }
  const bool helps = best && best->all.refined.mean() > best->all.start.mean();
  outcome.result = {{"cases", tried}, {"generalists", std::move(list)}, {"recommended", helps ? Json(best->name) : Json(nullptr)}};
  outcome.text = table.text() + "\nMean Dice with the true labels of " + std::to_string(tried) +
                 " cases, with its standard deviation. prompted: asked with box and points; start: a simulated prediction; refined: "
                 "after refining it. memory: the most that this program held meanwhile.\n";
  if (helps) outcome.text += "Recommended for refining: " + best->name + ".\n";
  else outcome.text += "None of them improved the simulated predictions: run without refinement (--strategy pseudo-labels).\n";
  return outcome;
}

/// One generalist after the other, each gone before the next comes, so that each one's time and memory are its own.
void tryOut(Entry& entry, std::shared_ptr<const Generalist> generalist, const std::vector<Trial>& trials, std::uint64_t seed,
            std::pair<std::size_t, std::size_t> place, Job& job) {
  startPeakMemory();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    job.throwIfStopped();
    job.progress(static_cast<std::int64_t>(place.first * trials.size() + i), static_cast<std::int64_t>(place.second * trials.size()),
                 "trying " + entry.name);
    for (const auto& score : bakeOff(generalist, trials[i].image, trials[i].truth, i, {.seed = seed}, job)) {
      entry.classes[static_cast<std::size_t>(score.classIndex)].add(score);
      entry.all.add(score);
    }
  }
  entry.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  entry.peakBytes = peakMemory();
  entry.sha256 = generalist->contentHash();
}

Outcome bakeoff(const BakeoffFlags& flags, Context& context) {
  const Project project = Project::open(flags.project, Access::ReadOnly);
  const LabelSet classes = project.classes();
  auto entries = entriesFor(flags, classes.size(), context.options);
  auto cases = labelledCases(project);
  if (cases.empty())
    throw Error(ErrorKind::BadInput, "no-labels", "The study has no labelled case to try generalists on.",
                {.path = displayPath(flags.project), .remedy = "Label or import at least one case."});
  if (static_cast<int>(cases.size()) > flags.cases) cases.resize(static_cast<std::size_t>(flags.cases));
  DecodeClient client;
  std::vector<Warning> warnings;
  std::vector<Trial> trials;
  for (const Case& one : cases) {
    context.job.throwIfStopped();
    try {
      Image image =
          loadImage(client, {.files = {project.imagePath(one)}}, pixelPipelineFromJson(one.pixelPipeline), stopOf(context.job)).image;
      const auto annotation = project.latest(one.id);
      if (!(annotation->size == image.geometry.size))
        throw Error(ErrorKind::BadInput, "size-mismatch", "Labels and image of " + one.name + " have different sizes.",
                    {.caseName = one.name});
      std::vector<Mask> truth;
      for (const auto& entry : annotation->classes)
        truth.push_back(entry.state == ClassState::Present ? entry.mask : Mask(annotation->size));
      trials.push_back({std::move(image), std::move(truth)});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      warnings.push_back({.code = error.code(), .caseName = one.name, .message = error.what()});
    }
  }
  if (trials.empty())
    throw Error(ErrorKind::BadInput, "no-labels", "No labelled case could be opened.",
                {.path = displayPath(flags.project), .remedy = warnings.front().message});
  const auto registry = generalistRegistry(context.options.device, context.options.threads);
  for (std::size_t e = 0; e < entries.size(); ++e)
    tryOut(entries[e], registry.create(entries[e].name), trials, flags.seed, {e, entries.size()}, context.job);
  const bool refused = !warnings.empty();
  Outcome outcome = answer(entries, classes, static_cast<int>(trials.size()), std::move(warnings));
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
                app.add_option("--cases", flags->cases, "Labelled cases to try at most")
                    ->check(CLI::Range(1, 1'000'000))
                    ->capture_default_str();
                addSeed(app, flags->seed, "Seed of the simulated prompts");
                return [flags](Context& context) { return bakeoff(*flags, context); };
              },
          .computes = true};
}

}  // namespace roundel::cli
