#pragma once
#include "exchange/format.h"

namespace roundel {

/// CVAT for images 1.1 (docs.cvat.ai, "CVAT for images"): one XML file, or a folder of several that make one study. Polygons,
/// masks as run lengths in a box, rectangles and ellipses with rotation; polylines, points and skeletons have no area and are
/// left out with a count. Documents of videos (tracks) are refused.
///
/// The class is the label's name, or an attribute's value: `attribute` names it; with "auto" it is the only selection of the
/// only label that has shapes (the wrists' `Anatomie`); with "none" never.
/// Outlines are drawn as maskFromOutline says. An image without any shape is not annotated at all.
class CvatImport : public ImportFormat {
 public:
  explicit CvatImport(const Params& params);
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;

 private:
  std::string m_attribute;
};

/// Writes masks as run lengths: overlap and holes are kept exactly; not annotated and ignored are not.
class CvatExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

}  // namespace roundel
