#pragma once
#include "exchange/format.h"
#include "exchange/label_grid.h"

namespace roundel {

/// An nnU-Net v2 raw data set (nnU-Net documentation/dataset_format.md): dataset.json, imagesTr/CASE_0000.EXT, labelsTr/CASE.EXT,
/// imagesTs (without labels, or with labelsTs). The first channel is the image. A label that is a list (a region) is the union of
/// its numbers, so regions may overlap; "ignore" becomes the ignored region. classes.json beside dataset.json, where this program
/// wrote it, keeps ids, colours and what is not annotated.
class NnunetImport : public ImportFormat {
 public:
  explicit NnunetImport(const Params& params) : m_grid(labelGridOf(params)) {}
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;

 private:
  LabelGrid m_grid;
};

/// imagesTr as grey PNGs (8 bits where the picture has no more than 256 levels, else 16), or as NIfTI on the case's own grid where any case
/// is a volume (values of the modality; the channel is named CT where all cases are, so that nnU-Net normalises them as such); labelsTr
/// as consecutive numbers from 1 in class order, dataset.json with an ignore label where a case has an ignored region. Where classes
/// overlap, every set of classes that meets in a pixel has a number of its own and classes are regions (with regions_class_order), which
/// nnU-Net learns one by one. Ignored pixels hold no class; what is not annotated reads as background elsewhere.
class NnunetExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

}  // namespace roundel
