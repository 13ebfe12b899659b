#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "cli/document.h"
#include "imaging/decode_client.h"
#include "imaging/image_source.h"
#include "project/project_check.h"

namespace roundel::cli {
namespace {

struct CheckFlags {
  std::string folder;
  bool quick = false;
};

constexpr int kSomeCasesRefused = 6;

Outcome check(const CheckFlags& flags, Context& context) {
  const Project project = Project::open(flags.folder, Access::ReadOnly);
  DecodeClient images;
  const CaseOpener open = [&](const Case& one) {
    const auto settings = pixelPipelineFromJson(one.pixelPipeline);
    return loadImage(images, {.files = {project.imagePath(one)}}, settings, stopOf(context.job)).image.geometry.size;
  };
  const auto findings =
      flags.quick ? checkProject(project, HashCheck::Skip, context.job) : checkProject(project, HashCheck::Compare, context.job, open);
  Outcome outcome;
  Json list = Json::array();
  TextTable table({"level", "code", "what"});
  std::size_t problems = 0;
  for (const auto& one : findings) {
    const bool problem = one.level == FindingLevel::Problem;
    const std::string level = problem ? "problem" : "notice";
    list.push_back({{"level", level},
                    {"code", one.code},
                    {"case", textOrNull(one.caseName)},
                    {"class", textOrNull(one.className)},
                    {"message", one.message}});
    table.add({level, one.code, one.message});
    if (!problem) continue;
    ++problems;
    outcome.warnings.push_back({one.code, one.caseName, one.message});
  }
  outcome.result = {
      {"cases", project.caseCount()}, {"problems", problems}, {"notices", findings.size() - problems}, {"findings", std::move(list)}};
  outcome.text = table.text() + (problems == 0 ? "No problems found.\n"
                                               : std::to_string(problems) + (problems == 1 ? " problem found.\n" : " problems found.\n"));
  outcome.textShowsWarnings = true;
  if (problems > 0) outcome.exitCode = kSomeCasesRefused;
  return outcome;
}

}  // namespace

Command checkCommand() {
  return {.name = "check",
          .sentence = "Look for everything in a project that would make a run fail or lie",
          .examples = {"check wrists", "check wrists --quick"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<CheckFlags>();
            app.add_option("project", flags->folder, "Folder of the project")->required();
            app.add_flag("--quick", flags->quick,
                         "Do not open the images: whether they can be read and are what they were is not looked at");
            return [flags](Context& context) { return check(*flags, context); };
          }};
}

}  // namespace roundel::cli
