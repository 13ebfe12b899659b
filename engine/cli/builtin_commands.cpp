#include "cli/command.h"
#include "cli/commands/commands.h"

namespace roundel::cli {

const std::vector<Command>& builtinCommands() {
  static const std::vector<Command> commands{
      trainCommand(),
      runCommand(),
      sweepCommand(),
      reportCommand(),
      phantomCommand(),
      describeCommand(),
  };
  return commands;
}

}  // namespace roundel::cli
