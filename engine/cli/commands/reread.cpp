#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "core/shown_number.h"
#include "project/reader_agreement.h"

namespace roundel::cli {
namespace {

struct RereadFlags {
  std::string folder;
  int draw = 0;
  std::uint64_t seed = 1;
};

Json numberOrNothing(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json byClass(const std::vector<std::optional<double>>& dice, const LabelSet& classes) {
  Json list = Json::array();
  for (std::size_t c = 0; c < dice.size(); ++c)
    list.push_back({{"class", classes[static_cast<int>(c)].name}, {"dice", numberOrNothing(dice[c])}});
  return list;
}

Json summaryOf(const std::vector<ReaderComparison>& comparisons, ReaderPair pair, const LabelSet& classes) {
  const ReaderAgreement agreement = agreementOf(comparisons, pair, classes.size());
  return {{"cases", agreement.cases}, {"mean", numberOrNothing(agreement.mean)}, {"classes", byClass(agreement.dice, classes)}};
}

Outcome reread(const RereadFlags& flags) {
  const Project project = Project::open(flags.folder, Access::ReadOnly);
  const LabelSet classes = project.classes();
  const auto comparisons = readerComparisons(project);
  Outcome outcome;
  outcome.result = {{"drawn", drawForReading(project, flags.draw, flags.seed)},
                    {"comparisons", Json::array()},
                    {"intra_reader", summaryOf(comparisons, ReaderPair::Intra, classes)},
                    {"inter_reader", summaryOf(comparisons, ReaderPair::Inter, classes)}};
  TextTable table({"case", "first", "second", "blind", "Dice"});
  for (const ReaderComparison& one : comparisons) {
    outcome.result["comparisons"].push_back({{"case", one.caseName},
                                             {"first", one.first},
                                             {"second", one.second},
                                             {"first_when", one.firstWhen},
                                             {"second_when", one.secondWhen},
                                             {"session", one.blind() ? Json(one.session) : Json(nullptr)},
                                             {"mean", numberOrNothing(one.mean)},
                                             {"classes", byClass(one.dice, classes)}});
    table.add({one.caseName, one.first, one.second, one.blind() ? "yes" : "no", one.mean ? shown(*one.mean) : "-"});
  }
  for (const auto& name : outcome.result["drawn"]) outcome.text += name.get<std::string>() + "\n";
  if (flags.draw > 0) return outcome;
  outcome.text = table.empty() ? "No case was labelled twice yet.\n" : table.text();
  return outcome;
}

}  // namespace

Command rereadCommand() {
  return {.name = "reread",
          .sentence = "Compare cases that were labelled twice: the Dice of readers with themselves and with each other",
          .examples = {"reread STUDY", "reread STUDY --draw 5 --seed 1"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<RereadFlags>();
            app.add_option("project", flags->folder, "Folder of the project")->required();
            app.add_option("--draw", flags->draw, "List so many finished cases to be read again")->check(CLI::Range(1, 100000));
            app.add_option("--seed", flags->seed, "Which ones, and in which order")->capture_default_str();
            return [flags](Context&) { return reread(*flags); };
          }};
}

}  // namespace roundel::cli
