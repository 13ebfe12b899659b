#include <CLI/CLI.hpp>

#include <algorithm>

#include "cli/commands/commands.h"
#include "core/error.h"
#include "core/files.h"
#include "imaging/image_source.h"
#include "models/embedding_batch.h"
#include "project/project.h"
#include "refine/builtin_generalists.h"

namespace roundel::cli {
namespace {

struct EmbedFlags {
  std::string project, generalist, open;
  std::vector<std::string> settings;
};

/// The cases with an image, the open one first and then its neighbours.
std::vector<Case> inOrder(const Project& project, const std::string& open) {
  std::vector<Case> cases = project.cases();
  std::erase_if(cases, [](const Case& one) { return one.excluded; });
  std::size_t at = 0;
  if (!open.empty()) {
    const Case wanted = project.resolveCase(open);
    at = static_cast<std::size_t>(std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.id == wanted.id; }) -
                                  cases.begin());
  }
  std::vector<Case> ordered;
  for (const std::size_t index : nearestFirst(cases.size(), at)) ordered.push_back(cases[index]);
  return ordered;
}

Outcome embedVerb(const EmbedFlags& flags, Context& context) {
  const Project project = Project::open(flags.project, Access::ReadOnly);
  const auto registry = generalistRegistry(context.options.device, context.options.threads);
  const auto generalist = registry.create(flags.generalist, parseSettings(flags.settings, registry.find(flags.generalist).params));
  if (!generalist->traits().learnt)
    throw Error(ErrorKind::Usage, "nothing-to-embed",
                "The generalist " + flags.generalist + " has no learnt weights: its embeddings are not kept.");
  requireForPictures(*generalist);
  const auto cases = inOrder(project, flags.open);
  if (cases.empty())
    throw Error(
        ErrorKind::BadInput, "no-cases", "The study has no case to embed.",
        {.path = displayPath(flags.project), .remedy = "Import images first: roundel import " + displayPath(flags.project) + " FOLDER"});
  DecodeClient client;
  std::vector<EmbeddingWish> wishes;
  for (const Case& one : cases)
    wishes.push_back({one.name, [&project, &client, &context, one] {
                        return loadImage(client, {.files = {project.imagePath(one)}}, pixelPipelineFromJson(one.pixelPipeline),
                                         stopOf(context.job))
                            .image;
                      }});
  EmbeddingStore store(EmbeddingFolder(project.embeddingsFolder()));
  const auto report = embedAll(*generalist, wishes, store, context.job);
  Outcome outcome{.warnings = report.refused};
  if (const auto failure = store.failure())
    throw Error(failure->kind(), failure->code(), store.trouble(),
                {.path = displayPath(project.embeddingsFolder()), .remedy = failure->details().remedy});
  outcome.result = {{"generalist", generalist->name()},
                    {"made", report.made},
                    {"known", report.known},
                    {"refused", report.refused.size()},
                    {"needed_bytes", report.plan.neededBytes},
                    {"available_bytes", report.plan.availableBytes},
                    {"precision", report.plan.precision == Precision::BFloat16 ? "bfloat16" : "float32"},
                    {"prompts_at_once", report.plan.promptsAtOnce}};
  outcome.text = std::to_string(report.made) + " embeddings made, " + std::to_string(report.known) + " were there already.\n";
  if (!report.refused.empty()) outcome.exitCode = 6;
  return outcome;
}

}  // namespace

Command embedCommand() {
  return {.name = "embed",
          .sentence = "Look at the study's images with a learnt generalist, ahead of being asked",
          .examples = {"embed study --generalist sam_vit_b_01ec64", "embed study --generalist mobile_sam --open 'panorama 12'"},
          .declare =
              [](CLI::App& app) {
                auto flags = std::make_shared<EmbedFlags>();
                app.add_option("project", flags->project, "Folder of the study")->required();
                app.add_option("--generalist", flags->generalist, "Which one (see models list)")->required();
                app.add_option("--open", flags->open, "The case that comes first; its neighbours follow");
                app.add_option("--set", flags->settings, "key=value of the generalist's parameters")->allow_extra_args(false);
                return [flags](Context& context) { return embedVerb(*flags, context); };
              },
          .computes = true};
}

}  // namespace roundel::cli
