#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/export_sources.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/format.h"
#include "exchange/image_names.h"

namespace roundel::cli {
namespace {

/// Says that a folder is an export of ours, so that a later export may replace it.
constexpr const char* kMarker = "roundel-export.json";

struct ExportFlags {
  std::string project, format = "coco", out;
  ExportChoice choice;
  bool runGiven = false, verdictGiven = false;
};

/// A new or empty folder; one that an earlier export made is emptied of that export's files. Nothing else is ever removed.
void prepareFolder(const std::filesystem::path& folder) {
  const std::string shown = displayPath(folder);
  std::error_code code;
  if (std::filesystem::exists(folder, code) && !std::filesystem::is_directory(folder, code))
    throw Error(ErrorKind::BadInput, "folder-not-empty", shown + " is a file.", {.path = shown, .remedy = "Name a new folder with --out."});
  if (std::filesystem::exists(folder / kMarker, code)) {
    const Json marker = readJson(folder / kMarker);
    for (const auto& file : marker.value("files", Json::array())) {
      const auto relative = std::filesystem::path(file.get<std::string>()).lexically_normal();
      if (relative.is_absolute() || relative.empty() || *relative.begin() == "..") continue;
      std::filesystem::remove(folder / relative, code);
    }
    std::filesystem::remove(folder / kMarker, code);
    return;
  }
  if (std::filesystem::is_directory(folder, code) && !std::filesystem::is_empty(folder, code))
    throw Error(ErrorKind::BadInput, "folder-not-empty", "The folder " + shown + " holds other files.",
                {.path = shown, .remedy = "Name a new or empty folder with --out."});
  std::filesystem::create_directories(folder, code);
  if (code)
    throw Error(ErrorKind::Locked, "not-writable", "Cannot make the folder " + shown + ": " + code.message() + ".", {.path = shown});
}

void writeMarker(const std::filesystem::path& folder, const ExportFlags& flags, const std::vector<std::filesystem::path>& written) {
  Json files = Json::array();
  for (const auto& file : written) files.push_back(displayPath(file.lexically_relative(folder)));
  writeJsonAtomically(folder / kMarker,
                      {{"schema", "roundel.export/1"}, {"what", flags.choice.what}, {"format", flags.format}, {"files", std::move(files)}});
}

/// Writes the export, which found its folder empty. Where it is stopped or fails, what it has written so far is known as its own.
ExportReport written(const ExportSource& source, const std::filesystem::path& folder, const ExportFlags& flags, Job& job) {
  writeMarker(folder, flags, {});
  try {
    ExportReport report = exportFormats().create(flags.format)->write(source, folder, job);
    writeMarker(folder, flags, report.files);
    return report;
  } catch (...) {
    try {
      writeMarker(folder, flags, filesUnder(folder));
    } catch (const std::exception&) {
      // The disk may be full: the first failure is what is said.
    }
    throw;
  }
}

/// What is only for predictions is not passed over in silence with labels.
void requireUsed(const ExportFlags& flags) {
  const bool labels = flags.choice.what == "labels";
  const std::string unused = labels && flags.runGiven                              ? "--run"
                             : labels && flags.choice.round >= 0                   ? "--round"
                             : flags.choice.what != "pseudo" && flags.verdictGiven ? "--verdict"
                                                                                   : "";
  if (!unused.empty())
    throw Error(
        ErrorKind::Usage, "unused-parameter", unused + " says nothing about " + flags.choice.what + ".",
        {.remedy = labels ? "Leave it out, or export --what predictions or --what pseudo." : "Leave it out, or export --what pseudo."});
}

Outcome exportData(const ExportFlags& flags, Context& context) {
  requireUsed(flags);
  const Project project = Project::open(flags.project, Access::ReadOnly);
  DecodeClient images;
  const ExportSource source = exportSource(project, flags.choice, images);
  if (source.count == 0)
    throw Error(ErrorKind::BadInput, "no-labels", "There is nothing to export.", {.path = displayPath(project.folder())});
  const std::filesystem::path folder = flags.out;
  prepareFolder(folder);
  const ExportReport report = written(source, folder, flags, context.job);
  Outcome outcome;
  outcome.warnings = report.warnings;
  outcome.result = {{"what", flags.choice.what},   {"format", flags.format},           {"out", displayPath(folder)},
                    {"cases", report.cases},       {"classes", source.classes.size()}, {"overlap_pixels_lost", report.overlapPixelsLost},
                    {"files", report.files.size()}};
  outcome.text = "Wrote " + std::to_string(report.cases) + " cases as " + flags.format + " to " + displayPath(folder) + ".\n";
  if (report.overlapPixelsLost > 0)
    outcome.text += "The format holds one class a pixel: " + std::to_string(report.overlapPixelsLost) +
                    " pixels of several classes went to the first of them.\n";
  return outcome;
}

}  // namespace

Command exportCommand() {
  return {.name = "export",
          .sentence = "Write labels, predictions or pseudo-labels for other programs",
          .examples = {"export study --what labels --format coco --out labels",
                       "export study --what labels --format nnunet --out Dataset001_Teeth",
                       "export study --what labels --format dicom-seg --out segmentations   (for cases that came as DICOM)",
                       "export study --what pseudo --run last --format masks --out pseudo"},
          .declare = [](CLI::App& app) -> std::function<Outcome(Context&)> {
            auto flags = std::make_shared<ExportFlags>();
            std::vector<std::string> formats;
            for (const auto& entry : exportFormats().entries()) formats.push_back(entry.name);
            app.add_option("project", flags->project, "The study's folder")->required();
            app.add_option("--what", flags->choice.what, "labels, predictions or pseudo")
                ->check(CLI::IsMember({"labels", "predictions", "pseudo"}));
            const auto* run = app.add_option("--run", flags->choice.run, "The run of predictions or pseudo-labels; last: the newest");
            app.add_option("--round", flags->choice.round, "Its round; without: the last that has them")->check(CLI::Range(0, 1000));
            const auto* verdict =
                app.add_option("--verdict", flags->choice.verdict, "Pseudo-labels to export")->check(CLI::IsMember({"accepted", "all"}));
            app.add_option("--format", flags->format, "How to write them")->check(CLI::IsMember(formats));
            app.add_option("--out", flags->out, "A new folder")->required();
            return [flags, run, verdict](Context& context) {
              flags->runGiven = run->count() > 0;
              flags->verdictGiven = verdict->count() > 0;
              return exportData(*flags, context);
            };
          }};
}

}  // namespace roundel::cli
