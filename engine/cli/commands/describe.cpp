#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"

namespace roundel::cli {
namespace {

Outcome describe(Context&) {
  Outcome outcome;
  Json verbs = Json::array();
  for (const Command& command : builtinCommands()) {
    verbs.push_back({{"name", command.name}, {"sentence", command.sentence}, {"examples", command.examples}});
    outcome.text += command.name + std::string(command.name.size() < 12 ? 12 - command.name.size() : 1, ' ') + command.sentence + "\n";
  }
  outcome.result = {{"verbs", std::move(verbs)}};
  return outcome;
}

}  // namespace

Command describeCommand() {
  return {.name = "describe",
          .sentence = "Print every verb, registry and parameter",
          .examples = {"describe", "--json describe"},
          .declare = [](CLI::App&) { return describe; }};
}

}  // namespace roundel::cli
