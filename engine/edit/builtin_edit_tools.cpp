#include "edit/edit_tool.h"
#include "edit/tools/tools.h"

namespace roundel {

const std::vector<EditTool>& builtinEditTools() {
  static const std::vector<EditTool> tools{brushTool(), eraserTool()};
  return tools;
}

}  // namespace roundel
