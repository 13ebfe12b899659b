#pragma once
#include "edit/edit_tool.h"

namespace roundel {

// One function a file of this folder; builtin_edit_tools.cpp lists them.
EditTool brushTool();
EditTool eraserTool();

}  // namespace roundel
