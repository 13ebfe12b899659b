#pragma once
#include "cli/command.h"

namespace roundel::cli {

// One line a verb; its file has the verb's name.
Command describeCommand();
Command devicesCommand();
Command decodeCommand();
Command promptsCommand();
Command phantomCommand();
Command runCommand();
Command demoCommand();
Command predictCommand();
Command prepareCommand();
Command trainCommand();
Command reportCommand();
Command generalistCommand();
Command sweepCommand();
Command projectCommand();
Command infoCommand();
Command importCommand();
Command exportCommand();
Command evaluateCommand();
Command checkCommand();
Command classesCommand();
Command splitCommand();
Command decisionsCommand();
Command promoteCommand();
Command verifyCommand();
Command embedCommand();
Command segmentCommand();
Command serveCommand();
Command showCommand();
Command modelsCommand();
Command bakeoffCommand();
Command rereadCommand();
Command reviewCommand();
Command adviseCommand();

}  // namespace roundel::cli
