#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/report_support.h"
#include "cli/run_support.h"
#include "core/files.h"

namespace roundel::cli {
namespace {

struct ReportFlags {
  std::string study;
  std::string run = "last";
  std::string out;
  std::string format = "html";
};

}  // namespace

Command reportCommand() {
  return {.name = "report",
          .sentence = "Write a run's report: one self-contained page, a PDF, or its numbers as JSON or CSV",
          .examples = {"report STUDY --run r0001 --out REPORT", "report STUDY --run last --out REPORT --format pdf",
                       "report STUDY --run last --out REPORT --format csv"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<ReportFlags>();
            app.add_option("study", flags->study, "Folder of the study")->required();
            app.add_option("--run", flags->run, "Id of the run, or last");
            app.add_option("--out", flags->out, "Folder to write to")->required();
            app.add_option("--format", flags->format, "html or pdf (with JSON and CSV beside it), json or csv")
                ->check(CLI::IsMember({"html", "pdf", "json", "csv"}));
            return [flags](Context& context) {
              const auto written = writeReport(runFolderOf(flags->study, flags->run), flags->out, flags->format, context.job);
              Outcome outcome;
              Json files = Json::array();
              for (const auto& path : written) {
                files.push_back(displayPath(path));
                outcome.text += displayPath(path) + "\n";
              }
              outcome.result = {{"files", std::move(files)}};
              return outcome;
            };
          }};
}

}  // namespace roundel::cli
