#include "edit/edit_tool.h"
#include "edit/tools/tools.h"

namespace roundel {

const std::vector<EditTool>& builtinEditTools() {
  static const std::vector<EditTool> tools{brushTool(),         eraserTool(),    polygonTool(),     lassoTool(),
                                           livewireTool(),      thresholdTool(), magicWandTool(),   floodFillTool(),
                                           growFromSeedsTool(), fillHolesTool(), islandsTool(),     marginTool(),
                                           smoothTool(),        logicTool(),     interpolateTool(), copySliceTool()};
  return tools;
}

}  // namespace roundel
