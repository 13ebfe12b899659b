#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "core/error.h"
#include "refine/builtin_generalists.h"

namespace roundel::cli {
namespace {

Outcome listModels() {
  Outcome outcome{.result = {{"models", Json::array()}}};
  TextTable table({"name", "weights", "takes", "good for", "licence", "where"});
  const auto registry = generalistRegistry();
  for (const auto& facts : generalistFacts()) {
    const auto generalist = registry.create(facts.name);
    const auto traits = generalist->traits();
    std::vector<std::string> takes;
    if (traits.takesBox) takes.emplace_back("box");
    if (traits.takesPoints) takes.emplace_back("points");
    if (traits.takesMask) takes.emplace_back("mask");
    outcome.result["models"].push_back({{"name", facts.name},
                                        {"architecture", facts.architecture},
                                        {"dimensions", traits.dimensions},
                                        {"needs_weights", traits.learnt},
                                        {"takes", takes},
                                        {"good_for", facts.goodFor},
                                        {"licence", facts.licence},
                                        {"where", facts.location},
                                        {"sha256", generalist->contentHash()}});
    std::string list;
    for (const auto& one : takes) list += (list.empty() ? "" : ", ") + one;
    table.add({facts.name, traits.learnt ? "yes" : "none", list, facts.goodFor, facts.licence, facts.location});
  }
  outcome.text = table.text();
  return outcome;
}

[[noreturn]] void refuse(const std::string& action) {
  throw Error(ErrorKind::Usage, "not-available",
              "This version knows no generalist with weight files, so there is nothing to " + action + ".",
              {.remedy = "See the generalists that are ready with: roundel models list"});
}

}  // namespace

Command modelsCommand() {
  return {.name = "models",
          .sentence = "The generalists: what they are, whether they need weights, what they are good for",
          .examples = {"models list", "--json models list"},
          .declare = [](CLI::App& app) {
            auto given = std::make_shared<std::string>();
            auto chosen = std::make_shared<std::string>();
            app.require_subcommand(1);
            app.add_subcommand("list", "Every generalist that can be used now")->callback([chosen] { *chosen = "list"; });
            const auto later = [&](const std::string& action, const std::string& sentence, const std::string& argument) {
              auto* verb = app.add_subcommand(action, sentence);
              verb->add_option(argument, *given, "Name or file")->required();
              if (action == "export") verb->add_option("--out", "Folder to write to");
              verb->callback([chosen, action] { *chosen = action; });
            };
            later("add", "Take in a weight file", "file");
            later("verify", "Check a model's weights", "name");
            later("remove", "Forget a model", "name");
            later("export", "Write a model's weights to a folder", "name");
            // `given` must live as long as the flags that write into it.
            return [chosen, given](Context&) -> Outcome {
              if (*chosen != "list") refuse(*chosen);
              return listModels();
            };
          }};
}

}  // namespace roundel::cli
