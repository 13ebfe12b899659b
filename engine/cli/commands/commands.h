#pragma once
#include "cli/command.h"

namespace roundel::cli {

// One line a verb; its file has the verb's name.
Command describeCommand();
Command phantomCommand();
Command runCommand();
Command trainCommand();
Command reportCommand();
Command sweepCommand();

}  // namespace roundel::cli
