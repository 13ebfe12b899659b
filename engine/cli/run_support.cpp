#include "cli/run_support.h"

#include <algorithm>
#include <utility>

#include "cli/terminal_job.h"
#include "core/error.h"
#include "core/files.h"
#include "core/shown_number.h"
#include "imaging/decode_client.h"
#include "imaging/image_source.h"
#include "project/project.h"

namespace roundel::cli {

ImageLoader decodingLoader(const Job& job) {
  const auto client = std::make_shared<DecodeClient>();
  return [client, &job](const PlannedCase& planned) {
    return loadImage(*client, {.files = {std::filesystem::path(planned.imagePath)}}, pixelPipelineFromJson(planned.pixelPipeline),
                     stopOf(job))
        .image;
  };
}

std::filesystem::path runFolderOf(const std::filesystem::path& study, const std::string& id) {
  const auto runs = study / "runs";
  std::string chosen = id;
  if (id.empty() || id == "last") {
    chosen.clear();
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(runs, code))
      if (std::filesystem::exists(entry.path() / "plan.json")) {
        // By length first: r10000 is newer than r9999.
        const std::string name = entry.path().filename().string();
        if (std::pair(name.size(), name) > std::pair(chosen.size(), chosen)) chosen = name;
      }
    if (chosen.empty() && !std::filesystem::exists(study / "project.db", code))
      Project::open(study, Access::ReadOnly);  // says what is wrong
    if (chosen.empty())
      throw Error(ErrorKind::BadInput, "no-run", "The study has no runs yet.",
                  {.path = displayPath(study), .remedy = "roundel run STUDY --strategy sam-carries-the-burden"});
  }
  if (chosen.find('/') != std::string::npos || !std::filesystem::exists(runs / chosen / "plan.json"))
    throw Error(ErrorKind::BadInput, "unknown-run", "The study has no run " + sanitisedUtf8(chosen) + ".",
                {.path = displayPath(study), .remedy = "See the runs with roundel info, or say last for the newest."});
  return runs / chosen;
}

std::string roundsTable(const Json& document) {
  const auto cell = [&](int round, const char* arm, const char* split, const char* metric) {
    for (const auto& one : document.at("summary"))
      if (one.at("round") == round && one.at("arm") == arm && one.at("split") == split && one.at("metric") == metric)
        return shown(one.at("mean").get<double>());
    return std::string("    -");
  };
  std::string text =
      "Mean Dice       validation            test\n"
      "round     strategy  control   strategy  control   strategy, refined\n";
  for (const auto& round : document.at("rounds")) {
    const int n = round.at("n").get<int>();
    const auto padded = [](std::string value, std::size_t width) {
      return value + std::string(value.size() < width ? width - value.size() : 1, ' ');
    };
    text += padded(n == 0 ? "0 start" : std::to_string(n), 10) + padded(cell(n, "strategy", "validation", "dice"), 10) +
            padded(cell(n, "control", "validation", "dice"), 10) + padded(cell(n, "strategy", "test", "dice"), 10) +
            padded(cell(n, "control", "test", "dice"), 10) + cell(n, "strategy", "test", "dice_refined") + "\n";
  }
  return text;
}

Outcome runOutcome(const std::filesystem::path& runFolder, const RunExecution& execution, Context& context,
                   const std::string& resumeCommand) {
  const RunResult result = executeRun(runFolder, execution, decodingLoader(context.job), context.job);
  Outcome outcome;
  outcome.result = result.document;
  outcome.state = result.record.state;
  outcome.text = "Run " + result.record.id + ": " + result.record.state + "\n\n" + roundsTable(result.document);
  const std::size_t leftOut = result.document.at("left_out").size();
  if (leftOut > 0) {
    outcome.exitCode = 6;
    outcome.text += "\nLeft out: " + std::to_string(leftOut) + (leftOut == 1 ? " unlabelled case" : " unlabelled cases") +
                    " whose image cannot be opened (named in the warnings and in the report).\n";
  }
  if (result.record.state != "finished") {
    outcome.exitCode = stopSignal() != 0 ? 128 + stopSignal() : 7;
    outcome.text += "\nGo on with: " + resumeCommand + "\n";
    outcome.result["resume"] = resumeCommand;
  }
  return outcome;
}

}  // namespace roundel::cli
