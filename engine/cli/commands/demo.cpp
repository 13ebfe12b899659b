#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/report_support.h"
#include "cli/run_support.h"
#include "cli/seed_flag.h"
#include "core/error.h"
#include "core/files.h"
#include "imaging/image_writer.h"
#include "models/generalists/shipped_models.h"
#include "phantom/phantom.h"
#include "project/project.h"
#include "rounds/freeze.h"
#include "rounds/parallel.h"

namespace roundel::cli {
namespace {

struct DemoFlags {
  std::string out = "roundel-demo";
  int cases = 70;
  int rounds = 2;
  std::uint64_t seed = 1;
};

constexpr int kLabelled = 6, kValidation = 8, kTest = 20;
/// About five minutes on two cores: small pictures and as many steps as that leaves.
/// builtin-2d is not fine-tuned: it has seen such phantoms, and the demo has five minutes.
const Json kDemoSettings = {{"size", 160}, {"steps", 420}, {"round_steps", 120}, {"adapt_steps", 0}};

/// A dental study of eight upper front teeth, with exact truth.
void makeStudy(const DemoFlags& flags, const std::filesystem::path& study, Context& context) {
  PhantomOptions options = defaultPhantomOptions(PhantomKind::Dental);
  options.width = 256;
  options.height = 128;
  options.classCount = 8;
  options.acquisition = 1;  // six labels and minutes do not suffice for phantoms that differ more
  Project project = Project::create(study, "demo");
  project.setClasses(phantomClasses(PhantomKind::Dental, options.classCount));
  std::vector<PhantomCase> phantoms(static_cast<std::size_t>(flags.cases));
  const int threads = context.options.threads > 0 ? context.options.threads : 2;
  parallelFor(flags.cases, threads, "making radiographs", context.job,
              [&](std::int64_t i) { phantoms[static_cast<std::size_t>(i)] = makePhantom(PhantomKind::Dental, options, flags.seed, i); });
  std::vector<Case> cases;
  for (const auto& phantom : phantoms) {
    const auto path = project.imagesFolder() / (phantom.name + ".png");
    writeImagePng(path, phantom.image);
    cases.push_back({.name = phantom.name, .image = path, .geometry = phantom.image.geometry});
  }
  cases = project.addCases(std::move(cases));
  std::vector<NewAnnotation> annotations;
  for (std::size_t i = 0; i < cases.size(); ++i)
    annotations.push_back({.caseId = cases[i].id,
                           .annotation = phantoms[i].annotation,
                           .provenance = {.who = "phantom", .when = {}, .how = "exact truth", .tool = "phantom dental"}});
  project.addAnnotations(annotations);
  const auto count = [](int n) { return PartRequest{.kind = PartRequest::Kind::Count, .count = n}; };
  project.saveSplit(drawSplit(project.splitCandidates(), {.labelled = count(kLabelled),
                                                          .unlabelled = {.kind = PartRequest::Kind::Rest},
                                                          .validation = count(kValidation),
                                                          .test = count(kTest),
                                                          .seed = flags.seed})
                        .split);
}

/// The generalist that comes with Roundel, where its weights are; else the strategy's own.
std::vector<std::string> refiners() {
  for (const auto& model : shippedModels())
    if (model.name == "builtin-2d") return {model.name};
  return {};
}

Outcome demo(const DemoFlags& flags, Context& context) {
  const std::filesystem::path out = flags.out, study = out / "study";
  if (!std::filesystem::exists(study / "project.db")) {
    context.job.log("Making a study of " + std::to_string(flags.cases) + " dental radiographs with exact truth in " + displayPath(study));
    makeStudy(flags, study, context);
  } else {
    context.job.log("The study in " + displayPath(study) + " is there already; going on with it.");
  }
  std::filesystem::path folder;
  {
    const Project project = Project::open(study, Access::ReadOnly);
    FrozenRun frozen = freezeRun(project, {.strategy = "sam-carries-the-burden",
                                           .rounds = flags.rounds,
                                           .preset = "quick",
                                           .seed = flags.seed,
                                           .generalists = refiners(),
                                           .control = true,
                                           .split = "main",
                                           .labelledCount = {},
                                           .set = kDemoSettings});
    const auto existing = findRunFolder(project, frozen.plan);
    folder = existing ? *existing : createRunFolder(project, frozen);
  }
  Outcome outcome =
      runOutcome(folder, {.device = context.options.device, .threads = context.options.threads, .stopAfter = {}, .events = {}}, context,
                 "roundel demo --out " + displayPath(out));
  if (outcome.exitCode != 0) return outcome;
  const auto files = writeReport(folder, out / "report", "html", context.job);
  outcome.result["study"] = displayPath(study);
  outcome.result["report"] = displayPath(files.front());
  outcome.text += "\nStudy:  " + displayPath(study) + "\nReport: " + displayPath(std::filesystem::absolute(files.front())) + "\n";
  return outcome;
}

}  // namespace

Command demoCommand() {
  return {
      .name = "demo",
      .sentence = "A whole run on a built-in study: two rounds of SAM Carries the Burden with the control arm, and its report",
      .examples = {"demo", "demo --out /tmp/demo --seed 2"},
      .declare =
          [](CLI::App& app) {
            auto flags = std::make_shared<DemoFlags>();
            app.add_option("--out", flags->out, "Folder to write to; a second call goes on there");
            app.add_option("--cases", flags->cases, "Radiographs to make")->check(CLI::Range(kLabelled + kValidation + kTest + 10, 2000));
            app.add_option("--rounds", flags->rounds, "Rounds after the first specialist")->check(CLI::Range(1, 10));
            addSeed(app, flags->seed, "Everything random follows from it");
            return [flags](Context& context) { return demo(*flags, context); };
          },
      .computes = true};
}

}  // namespace roundel::cli
