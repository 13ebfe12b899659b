#include "project/project.h"

#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "core/files.h"

namespace roundel::cli {
namespace {

struct ProjectFlags {
  std::string action;
  std::string folder;
};

Outcome makeProject(const ProjectFlags& flags) {
  const Project project = Project::create(flags.folder);
  Outcome outcome;
  const std::string shown = displayPath(project.folder());
  outcome.result = {{"folder", shown}, {"schema", project.schemaVersion()}};
  outcome.text = "Made the project " + shown + ".\nNext: roundel import " + displayPath(flags.folder) + " PICTURES\n";
  return outcome;
}

}  // namespace

Command projectCommand() {
  return {.name = "project",
          .sentence = "Make a new project: a folder for pictures, labels and runs",
          .examples = {"project new wrists"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<ProjectFlags>();
            app.add_option("action", flags->action, "new")->required()->check(CLI::IsMember({"new"}));
            app.add_option("folder", flags->folder, "Folder to make; it may exist if it is empty")->required();
            return [flags](Context&) { return makeProject(*flags); };
          }};
}

}  // namespace roundel::cli
