#pragma once
#include "edit/edit_tool.h"

namespace roundel {

// One function a tool, one file of this folder each (brush and eraser, polygon and lasso share theirs); builtin_edit_tools.cpp lists them.
EditTool brushTool();
EditTool eraserTool();
EditTool polygonTool();
EditTool lassoTool();
EditTool livewireTool();
EditTool thresholdTool();
EditTool magicWandTool();
EditTool floodFillTool();
EditTool growFromSeedsTool();
EditTool fillHolesTool();
EditTool islandsTool();
EditTool marginTool();
EditTool smoothTool();
EditTool logicTool();
EditTool interpolateTool();
EditTool copySliceTool();

}  // namespace roundel
