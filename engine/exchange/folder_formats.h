#pragma once
#include "exchange/format.h"
#include "exchange/label_grid.h"

namespace roundel {

/// A folder of images of any kind; subfolders too. With --labels DIR they get the label maps of the same names (masks_format.h).
class ImagesImport : public ImportFormat {
 public:
  explicit ImagesImport(const Params& params) : m_params(params) {}
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;

 private:
  Params m_params;
};

/// DICOM files. Radiographs (CR, DX, IO, PX, MG, XA, RF, OT ...) and multi-frame objects are a case a file; the slices of one CT, MR or PT
/// series in a folder are one volume, also where the folder holds several series: each is a case. Slices of one series whose sizes
/// differ are taken apart.
///
/// Segmentation objects (DICOM-SEG) among the files, or in --labels DIR, are the labels of the series that they name; --labels DIR may hold
/// label maps too, named like the cases. With `Labels::Required` only cases that a segmentation object names are imported.
class DicomImport : public ImportFormat {
 public:
  enum class Labels { Welcome, Required };
  explicit DicomImport(const Params& params, Labels labels = Labels::Welcome) : m_grid(labelGridOf(params)), m_labels(labels) {}
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;

 private:
  LabelGrid m_grid;
  Labels m_labels;
};

/// A MONAI datalist (also a medical decathlon dataset.json): {"training": [{"image", "label"}], "validation", "test", "labels"}.
/// Labels are label maps; paths are relative to the list, or to the folder of --images. A classes.json beside the first label map, where
/// this program wrote it, keeps ids, colours, what is ignored and what is not annotated.
class MonaiImport : public ImportFormat {
 public:
  explicit MonaiImport(const Params& params) : m_grid(labelGridOf(params)) {}
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;

 private:
  LabelGrid m_grid;
};

/// images/CASE and labels/CASE (PNG, or NIfTI where any case is a volume) and datalist.json: cases of the split's parts labelled and
/// unlabelled, and of none, are "training", the others "validation" and "test". "labels" names the numbers, which are the classes' ids;
/// classes.json keeps the rest. Overlap is lost, with its pixels counted.
class MonaiExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

}  // namespace roundel
