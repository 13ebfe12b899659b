#pragma once
#include "exchange/label_map.h"

namespace roundel {

struct LabelFolderCase {
  std::string name;
  Geometry geometry;  ///< of the label file; spacing only where the file states it
  Annotation annotation;
};

/// A folder of label maps without images: a file a case, or CASE/CLASS.png, or CLASS/CASE.png (told by `classes` where they are
/// known, else by classes.json; without either the subfolders are cases).
struct LabelFolder {
  LabelSet classes = {};
  std::vector<LabelFolderCase> cases = {};  ///< by name
  std::vector<Warning> warnings = {};
  int refused = 0;
};

/// With `classes` empty they come from classes.json, else from the numbers or names found. A class whose number or file is not
/// there is absent. Throws Error(BadInput, "unreadable-file" | "empty-folder").
LabelFolder readLabelFolder(const std::filesystem::path& folder, ImageAccess& images, const LabelSet& classes, Job& job);

}  // namespace roundel
