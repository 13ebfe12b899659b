#include "cli/command.h"
#include "cli/commands/commands.h"

namespace roundel::cli {

const std::vector<Command>& builtinCommands() {
  static const std::vector<Command> commands{
      projectCommand(), infoCommand(),       checkCommand(),    classesCommand(), importCommand(),   splitCommand(),   reviewCommand(),
      rereadCommand(),  decisionsCommand(),  promoteCommand(),  adviseCommand(),  verifyCommand(),   prepareCommand(), trainCommand(),
      runCommand(),     generalistCommand(), sweepCommand(),    predictCommand(), evaluateCommand(), exportCommand(),  reportCommand(),
      phantomCommand(), demoCommand(),       embedCommand(),    segmentCommand(), promptsCommand(),  showCommand(),    modelsCommand(),
      bakeoffCommand(), decodeCommand(),     describeCommand(), devicesCommand(), serveCommand(),
  };
  return commands;
}

}  // namespace roundel::cli
