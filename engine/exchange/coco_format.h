#pragma once
#include "core/bounded_json.h"
#include "exchange/format.h"

namespace roundel {

/// COCO object detection JSON (cocodataset.org/#format-data): polygons, uncompressed and compressed run lengths.
///
/// - A category is a class; ids stay (all are raised by one where a file counts from 0). The objects of a class in an image are
///   united, also the polygons of one object; polygons are drawn as maskFromOutline says.
/// - `iscrowd` marks run lengths in many files, no crowds: such an object counts like any other, or, with crowd=ignore, its
///   pixels are ignored.
/// - An image with no object and no states is not annotated at all.
/// - Every image may carry "roundel": {"absent": [category ids], "not_annotated": [category ids], "ignore": run lengths}: what
///   COCO itself cannot say. It goes before MissingClass.
class CocoImport : public ImportFormat {
 public:
  explicit CocoImport(const Params& params);
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;

 private:
  bool m_crowdIsIgnored;
};

/// One object a class and image, as compressed run lengths: overlap, holes and ignored regions are kept exactly.
class CocoExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

/// A COCO segmentation as a mask. Throws Error(BadInput, "bad-mask" | "bad-outline").
Mask maskFromSegmentation(const ForeignJson& segmentation, Size size);

}  // namespace roundel
