#pragma once
#include "exchange/format.h"

namespace roundel {

/// labelme JSON (github.com/wkentaro/labelme, _label_file.py): one file an image. Polygons, rectangles, circles and masks
/// (labelme 5) of one label are united, whatever their group_id; points, lines and strips have no area and are left out with a
/// count. The label "__ignore__" marks a region to ignore, "_background_" nothing. The picture inside the JSON (imageData) is
/// not used: the image must lie where imagePath says, or in the folder of --images.
///
/// Class order and ids come from classes.json or labels.txt in the folder, else by name, teeth by their FDI numbers.
/// A file without shapes is annotated only where it says "roundel": {...}.
class LabelmeImport : public ImportFormat {
 public:
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;
};

/// One JSON a case with outlines along pixel borders (see outlinesOf: they give back the mask exactly; a hole is joined to the
/// outline around it by a cut of no width), labels.txt and classes.json. Not-annotated classes are written as
/// "roundel": {"not_annotated": [names]}, which labelme keeps; ignored regions as label "__ignore__".
class LabelmeExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

}  // namespace roundel
