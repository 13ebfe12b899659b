#include <CLI/CLI.hpp>

#include <map>

#include "cli/commands/commands.h"
#include "cli/commands/prepare_volumes.h"
#include "cli/plan_flags.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "rounds/left_out.h"
#include "rounds/study_data.h"
#include "rounds/training_stage.h"
#include "train/prepared_study.h"

namespace roundel::cli {
namespace {

struct PrepareFlags {
  std::string study;
  std::string out;
  std::string split = "main";
  std::string preset = "quick";
  std::vector<std::string> settings;
};

Outcome prepare(const PrepareFlags& flags, Context& context) {
  const Project project = Project::open(flags.study, Access::ReadOnly);
  if (const auto split = project.split(flags.split); split && isOfVolumes(project, *split))
    return prepareVolumes(project, {flags.out, flags.split, flags.settings}, context);
  const FrozenRun frozen = freezeRun(project, {.strategy = "supervised",
                                               .rounds = 1,
                                               .preset = flags.preset,
                                               .seed = 1,
                                               .generalists = {},
                                               .control = false,
                                               .split = flags.split,
                                               .labelledCount = {},
                                               .set = parsePlanSettings(flags.settings)});
  const RunPlan& plan = frozen.plan;
  std::map<std::string, const Annotation*> labels;
  for (const auto& [hash, annotation] : frozen.annotations) labels[hash] = &annotation;
  const StudyData data(plan, {}, decodingLoader(context.job));
  PreparedStudy study{
      .width = plan.width, .height = plan.height, .classes = plan.classes, .pixelPipeline = commonPipeline(plan), .cases = {}};
  const auto count = static_cast<std::int64_t>(plan.cases.size());
  std::map<std::string, int> parts;
  std::vector<LeftOutCase> leftOut;
  for (std::int64_t i = 0; i < count; ++i) {
    context.job.throwIfStopped();
    const PlannedCase& planned = plan.cases[static_cast<std::size_t>(i)];
    const int index = static_cast<int>(i);
    context.job.progress(i + 1, count, "preparing cases");
    try {
      study.cases.push_back(
          {.training = planned.annotationHash ? data.withLabels(index, *labels.at(*planned.annotationHash)) : data.picture(index),
           .split = toString(planned.part),
           .originalSize = planned.size});
    } catch (const Error& error) {
      if (planned.part != SplitPart::Unlabelled || error.kind() != ErrorKind::BadInput) throw;
      leftOut.push_back({.index = index, .name = planned.name, .code = error.code(), .message = error.what()});
      continue;
    }
    ++parts[toString(planned.part)];
  }
  writePreparedStudy(flags.out, study);
  Outcome outcome;
  outcome.result = {{"file", displayPath(flags.out)}, {"sha256", sha256OfFile(flags.out)}, {"cases", study.cases.size()},
                    {"splits", Json::object()},       {"classes", study.classes.size()},   {"width", study.width},
                    {"height", study.height}};
  outcome.text = std::to_string(study.cases.size()) + " cases of " + std::to_string(study.width) + " x " + std::to_string(study.height) +
                 " pixels with " + std::to_string(study.classes.size()) + " classes are in " + displayPath(flags.out) + "\n";
  for (const char* part : {"labelled", "unlabelled", "validation", "test"}) outcome.result["splits"][part] = parts[part];
  outcome.result["left_out"] = toJson(leftOut);
  for (const auto& one : leftOut) outcome.warnings.push_back(warningOf(one));
  if (!leftOut.empty()) outcome.exitCode = 6;
  return outcome;
}

}  // namespace

Command prepareCommand() {
  return {.name = "prepare",
          .sentence = "Write images, labels and splits as tensors in one file, for machines without image libraries",
          .examples = {"prepare STUDY --out study.safetensors", "prepare STUDY --out study.safetensors --set size=384",
                       "prepare VOLUMES --out study.safetensors --set spacing=1,1,2.5 --set margin_mm=10"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<PrepareFlags>();
            app.add_option("study", flags->study, "Folder of the study")->required();
            app.add_option("--out", flags->out, "The file to write; `train` reads it in place of the study")->required();
            app.add_option("--split", flags->split, "Name of the split");
            app.add_option("--preset", flags->preset, "quick, standard or paper: decides the size");
            app.add_option("--set", flags->settings,
                           "A parameter as key=value, for instance size=384; of volumes intensity, window, crop, margin_mm, spacing (see "
                           "describe); may be repeated");
            return [flags](Context& context) { return prepare(*flags, context); };
          }};
}

}  // namespace roundel::cli
