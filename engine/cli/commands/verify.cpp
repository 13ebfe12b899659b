#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "core/error.h"
#include "core/files.h"
#include "project/project.h"

namespace roundel::cli {
namespace {

Outcome verify(const std::string& folder) {
  const Project project = Project::open(folder, Access::ReadOnly);
  const std::string shown = displayPath(project.folder());
  if (const auto faults = project.databaseFaults(); !faults.empty())
    throw Error(ErrorKind::BadInput, "damaged-project", "The project's database in " + shown + " is damaged: " + faults.front() + ".",
                {.path = shown, .remedy = "Put back a copy of project.db, for instance from the last backup of the folder."});
  const AuditReport report = project.verifyAudit();
  if (!report.faults.empty()) {
    const AuditFault& first = report.faults.front();
    std::string message = first.message;
    if (report.faults.size() > 1) message += " Further faults: " + std::to_string(report.faults.size() - 1) + ".";
    throw Error(ErrorKind::BadInput, "audit-broken", message,
                {.caseName = first.caseName, .path = shown, .remedy = "Compare with a backup of project.db from before the change."});
  }
  Outcome outcome;
  outcome.result = {{"entries", report.entries}, {"label_versions", report.labelVersions}, {"head", report.head}};
  outcome.text = "All " + std::to_string(report.entries) + " entries of the audit log and all " + std::to_string(report.labelVersions) +
                 " label versions are as they were written.\nLast entry: " + report.head +
                 "\n(Keep this number elsewhere to be able to show later that nothing was cut off.)\n";
  return outcome;
}

}  // namespace

Command verifyCommand() {
  return {.name = "verify",
          .sentence = "Check a project's audit log and the hashes of all labels; name the first broken entry",
          .examples = {"verify wrists"},
          .declare = [](CLI::App& app) {
            auto folder = std::make_shared<std::string>();
            app.add_option("project", *folder, "Folder of the project")->required();
            return [folder](Context&) { return verify(*folder); };
          }};
}

}  // namespace roundel::cli
