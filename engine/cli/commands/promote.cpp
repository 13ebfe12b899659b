#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "project/ingest.h"
#include "weights/checkpoint.h"

namespace roundel::cli {
namespace {

struct PromoteFlags {
  std::string folder;
  std::string run;
  std::string arm = "strategy";
  int round = 0;
};

constexpr std::uintmax_t kLargestModel = std::uintmax_t{1} << 36;

/// A copy of the weights in the study's models/, named after its content: a run that goes on trains its rounds anew, but the
/// model that was promoted stays what it was. Returns its path in the study.
std::filesystem::path keptCopy(const Project& project, const std::filesystem::path& checkpoint, const PromotedModel& model) {
  const std::filesystem::path kept = std::filesystem::path("models") / (model.run + "-round-" + std::to_string(model.round) + "-" +
                                                                        model.arm + "-" + model.sha256.substr(0, 12) + ".safetensors");
  std::error_code code;
  std::filesystem::create_directories(project.folder() / "models", code);  // where this fails, the write says why
  writeFileAtomically(project.folder() / kept, readFile(checkpoint, kLargestModel));
  return kept;
}

Outcome promote(const PromoteFlags& flags) {
  Project project = Project::open(flags.folder, Access::Edit);
  const auto run = runFolderOf(flags.folder, flags.run);
  const auto checkpoint = checkpointOf(run, flags.round, flags.arm == "control" ? Arm::Control : Arm::Strategy);
  readCheckpointHeader(SafetensorsFile::open(checkpoint));  // compares the weights with their hash
  Outcome outcome;
  outcome.warnings = ingestAll(project).warnings;  // whoever holds the lock takes finished rounds in
  PromotedModel model{
      .run = run.filename().string(), .round = flags.round, .arm = flags.arm, .path = {}, .sha256 = sha256OfFile(checkpoint)};
  model.path = keptCopy(project, checkpoint, model).string();
  project.promote(model);
  outcome.result = {{"run", model.run}, {"round", model.round}, {"arm", model.arm}, {"path", model.path}, {"sha256", model.sha256}};
  outcome.text = "Round " + std::to_string(model.round) + " of the run " + model.run + " (" + model.arm +
                 " arm) is the model of the study now.\n" + "Use it with: roundel predict --model " + displayPath(flags.folder) +
                 " IMAGES --out PREDICTED\n";
  return outcome;
}

}  // namespace

Command promoteCommand() {
  return {
      .name = "promote",
      .sentence = "Make a round of a run the model of the study: what predict --model STUDY uses",
      .examples = {"promote STUDY --run r0001 --round 2", "promote STUDY --run last --round 1 --arm control"},
      .declare = [](CLI::App& app) {
        auto flags = std::make_shared<PromoteFlags>();
        app.add_option("project", flags->folder, "Folder of the project")->required();
        app.add_option("--run", flags->run, "Id of the run, or last")->required();
        app.add_option("--round", flags->round, "Its round, from 0 (before any pseudo-label)")->required()->check(CLI::NonNegativeNumber);
        app.add_option("--arm", flags->arm, "strategy, or the control that was trained beside it")
            ->check(CLI::IsMember({"strategy", "control"}));
        return [flags](Context&) { return promote(*flags); };
      }};
}

}  // namespace roundel::cli
