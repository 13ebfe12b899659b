#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <set>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "cli/seed_flag.h"
#include "core/error.h"
#include "core/files.h"
#include "project/project.h"

namespace roundel::cli {
namespace {

struct SplitFlags {
  std::string folder;
  std::string name = "main";
  std::string labelled, unlabelled, validation, test;
  std::uint64_t seed = 0;
  std::string group = "patient";

  bool drawn() const { return !labelled.empty() || !unlabelled.empty() || !validation.empty() || !test.empty(); }
};

constexpr std::uintmax_t kLargestSplitList = 1 << 26;

PartRequest partFrom(const Project& project, const std::string& flag, const std::string& text) {
  if (text.empty()) return {};
  if (text == "rest") return {.kind = PartRequest::Kind::Rest};
  if (text.find_first_not_of("0123456789") == std::string::npos) {
    int count = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc())
      throw Error(ErrorKind::Usage, "bad-split", "The number " + text + " of --" + flag + " is too large.");
    return {.kind = PartRequest::Kind::Count, .count = count};
  }
  std::error_code code;
  if (!std::filesystem::exists(text, code) && text.find_first_not_of("0123456789+-.,eE") == std::string::npos)
    throw Error(ErrorKind::Usage, "bad-split", "--" + flag + " takes a whole number from 0, not " + text + ".");
  if (!std::filesystem::is_regular_file(text, code))
    throw Error(ErrorKind::BadInput, "unreadable-file", "--" + flag + " " + displayPath(text) + " is neither a number nor a file.",
                {.path = displayPath(text), .remedy = "Give a number of cases, or a file that names one case a line."});
  PartRequest request{.kind = PartRequest::Kind::List};
  for (const auto& line : caseListFromText(readFile(text, kLargestSplitList))) request.names.push_back(project.resolveCase(line).name);
  return request;
}

/// Classes that are labelled somewhere, but present in none of the labelled cases: nothing can be learnt about them.
void warnOfMissingClasses(const Project& project, const Split& split, std::vector<Warning>& warnings) {
  const std::set<std::string> labelled(split.labelled.begin(), split.labelled.end());
  const auto versions = project.latestVersions();
  std::set<std::int64_t> anywhere, learnt;
  for (const auto& one : project.cases()) {
    const auto version = versions.find(one.id);
    if (version == versions.end()) continue;
    for (const auto& summary : version->second.classes)
      if (summary.state == ClassState::Present) {
        anywhere.insert(summary.classId);
        if (labelled.contains(one.name)) learnt.insert(summary.classId);
      }
  }
  std::string names;
  int count = 0;
  const LabelSet classes = project.classes();
  for (const auto& one : classes.classes())
    if (anywhere.contains(one.id) && !learnt.contains(one.id) && ++count <= 40) names += (names.empty() ? "" : ", ") + one.name;
  if (count > 0)
    warnings.push_back({"class-not-labelled", "",
                        std::to_string(count) + (count == 1 ? " class is" : " classes are") +
                            " in none of the labelled cases and cannot be learnt: " + names + "."});
}

Json resultOf(const Split& split) {
  Json json = toJson(split);
  json["counts"] = {{"labelled", split.labelled.size()},
                    {"unlabelled", split.unlabelled.size()},
                    {"validation", split.validation.size()},
                    {"test", split.test.size()}};
  return json;
}

Outcome show(const SplitFlags& flags) {
  const Project project = Project::open(flags.folder, Access::ReadOnly);
  const auto split = project.split(flags.name);
  if (!split)
    throw Error(ErrorKind::BadInput, "unknown-split", "The project has no split named " + sanitisedUtf8(flags.name) + " yet.",
                {.remedy = "Draw one, for instance with --labelled 10 --unlabelled rest --validation 10 --test 20."});
  Outcome outcome;
  outcome.result = resultOf(*split);
  TextTable table({"part", "case"});
  for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
    for (const auto& name : split->part(part)) table.add({toString(part), name});
  outcome.text = table.text();
  return outcome;
}

Outcome draw(const SplitFlags& flags) {
  if (flags.name.empty()) throw Error(ErrorKind::Usage, "bad-split", "A split needs a name.", {.remedy = "Leave --name out, or give one."});
  Project project = Project::open(flags.folder, Access::Edit);
  const SplitRequest request{.name = sanitisedUtf8(flags.name),
                             .labelled = partFrom(project, "labelled", flags.labelled),
                             .unlabelled = partFrom(project, "unlabelled", flags.unlabelled),
                             .validation = partFrom(project, "validation", flags.validation),
                             .test = partFrom(project, "test", flags.test),
                             .seed = flags.seed,
                             .grouping = flags.group == "none" ? SplitGrouping::None : SplitGrouping::ByPatient};
  DrawnSplit drawn = drawSplit(project.splitCandidates(), request);
  project.saveSplit(drawn.split);
  Outcome outcome;
  outcome.warnings = std::move(drawn.warnings);
  warnOfMissingClasses(project, drawn.split, outcome.warnings);
  outcome.result = resultOf(drawn.split);
  TextTable table({"labelled", "unlabelled", "validation", "test", "seed"});
  const auto count = [](const std::vector<std::string>& names) { return std::to_string(names.size()); };
  table.add({count(drawn.split.labelled), count(drawn.split.unlabelled), count(drawn.split.validation), count(drawn.split.test),
             std::to_string(flags.seed)});
  outcome.text = table.text();
  return outcome;
}

}  // namespace

Command splitCommand() {
  return {.name = "split",
          .sentence = "Say which cases a study learns from and which it is measured on; without a number or list, show it",
          .examples = {"split wrists --labelled 10 --unlabelled rest --validation 10 --test 20 --seed 1",
                       "split wrists --labelled first.txt --unlabelled rest --test 20 --seed 1", "split wrists"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<SplitFlags>();
            app.add_option("project", flags->folder, "Folder of the project")->required();
            app.add_option("--labelled", flags->labelled, "Number of labelled cases, or a file with one case a line");
            app.add_option("--unlabelled", flags->unlabelled, "Number, file, or rest: all that are left");
            app.add_option("--validation", flags->validation, "Number or file");
            app.add_option("--test", flags->test, "Number or file");
            addSeed(app, flags->seed, "Which cases a number takes follows from it; smaller labelled sets are part of larger ones");
            app.add_option("--group", flags->group, "patient: all cases of a patient on one side; none")
                ->check(CLI::IsMember({"patient", "none"}));
            app.add_option("--name", flags->name, "Name of the split, where a project has several");
            return [flags](Context&) { return flags->drawn() ? draw(*flags) : show(*flags); };
          }};
}

}  // namespace roundel::cli
