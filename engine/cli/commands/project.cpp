#include "project/project.h"

#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "core/files.h"

namespace roundel::cli {
namespace {

Outcome makeProject(const std::string& folder) {
  const Project project = Project::create(folder);
  Outcome outcome;
  const std::string shown = displayPath(project.folder());
  outcome.result = {{"folder", shown}, {"schema", project.schemaVersion()}};
  outcome.text = "Made the project " + shown + ".\nNext: roundel import " + displayPath(folder) + " PICTURES\n";
  return outcome;
}

}  // namespace

Command projectCommand() {
  return {.name = "project",
          .sentence = "Make a new project: a folder for pictures, labels and runs; say what is in one, look whether it is sound",
          .examples = {"project new wrists", "project info wrists", "project check wrists"},
          .declare = [](CLI::App& app) {
            auto chosen = std::make_shared<std::function<Outcome(Context&)>>();
            auto folder = std::make_shared<std::string>();
            app.require_subcommand(1);
            auto* made = app.add_subcommand("new", "Make a new project");
            made->add_option("folder", *folder, "Folder to make; it may exist if it is empty")->required();
            made->callback([=] { *chosen = [folder](Context&) { return makeProject(*folder); }; });
            for (const Command& verb : {infoCommand(), checkCommand()}) {  // verbs of their own, too
              auto* sub = app.add_subcommand(verb.name, verb.sentence);
              const auto handler = verb.declare(*sub);
              sub->callback([=] { *chosen = handler; });
            }
            return [chosen](Context& context) { return (*chosen)(context); };
          }};
}

}  // namespace roundel::cli
