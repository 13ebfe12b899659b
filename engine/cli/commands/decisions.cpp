#include <CLI/CLI.hpp>

#include <optional>
#include <set>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "project/ingest.h"
#include "rounds/left_out.h"

namespace roundel::cli {
namespace {

struct DecisionFlags {
  std::string folder;
  std::string run;
  std::string file;
};

constexpr std::uintmax_t kLargestDecisionList = 1 << 28;

/// The unlabelled cases of a run: those that it makes pseudo-labels of. Nothing where its plan cannot be read.
std::optional<std::set<std::string>> casesToDecideOn(const std::filesystem::path& runFolder) {
  std::error_code code;
  if (!std::filesystem::exists(runFolder / "plan.json", code)) return std::nullopt;
  const RunPlan plan = readRunPlan(runFolder);
  std::set<std::string> names;
  for (const int index : plan.casesOf(SplitPart::Unlabelled)) names.insert(plan.cases[static_cast<std::size_t>(index)].name);
  return names;
}

Outcome decide(DecisionFlags flags) {
  if (flags.run == "last") flags.run = runFolderOf(flags.folder, flags.run).filename().string();
  const bool change = !flags.file.empty();
  Project project = Project::open(flags.folder, change ? Access::Edit : Access::ReadOnly);
  if (!project.run(flags.run) && !std::filesystem::is_directory(project.runFolder(flags.run)))
    throw Error(ErrorKind::BadInput, "unknown-run", "The project has no run named " + sanitisedUtf8(flags.run) + ".",
                {.remedy = "See the runs with `roundel info " + displayPath(flags.folder) + "`."});
  Outcome outcome;
  std::size_t saved = 0;
  if (change) {
    auto decisions = decisionsFromText(readFile(flags.file, kLargestDecisionList));
    saved = decisions.size();
    std::set<std::string> named;
    for (const auto& one : decisions) named.insert(project.resolveCase(one.caseName).name);
    outcome.warnings = ingestAll(project).warnings;  // whoever holds the lock takes finished rounds in
    project.addDecisions(flags.run, std::move(decisions));
    if (const auto known = casesToDecideOn(project.runFolder(flags.run)))
      for (const auto& name : named)
        if (!known->contains(name))
          outcome.warnings.push_back({"decision-unused", name,
                                      "The run makes no pseudo-labels of " + name +
                                          ", which is none of its unlabelled cases: the decision changes nothing there."});
  }
  Json list = Json::array();
  TextTable table({"case", "class", "decision", "who", "when"});
  for (const auto& one : project.decisions(flags.run)) {
    list.push_back(toJson(one));
    table.add({one.caseName, one.className.empty() ? "(all)" : one.className, toString(one.verdict), one.who, one.when});
  }
  outcome.result = {{"run", flags.run}, {"saved", saved}, {"decisions", std::move(list)}};
  outcome.text = table.empty() ? "No decisions yet.\n" : table.text();
  return outcome;
}

}  // namespace

Command decisionsCommand() {
  return {.name = "decisions",
          .sentence = "Accept, review or reject pseudo-labels of a run; the run reads this when its next round starts",
          .examples = {"decisions wrists --run r0001 --set review.csv", "decisions wrists --run last"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<DecisionFlags>();
            app.add_option("project", flags->folder, "Folder of the project")->required();
            app.add_option("--run", flags->run, "Id of the run, or last")->required();
            app.add_option("--set", flags->file, "CSV with case,class,decision[,note] or a JSON list; decisions: accept, review, reject");
            return [flags](Context&) { return decide(*flags); };
          }};
}

}  // namespace roundel::cli
