#pragma once
#include "exchange/format.h"

namespace roundel {

/// A folder of images of any kind, without labels; subfolders too.
class ImagesImport : public ImportFormat {
 public:
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;
};

/// A folder of DICOM files. Radiographs (CR, DX, IO, PX, MG, XA, RF, OT ...) are a case a file; slices of one CT, MR or PT series
/// that fill a folder are one volume. Slices of a series that lie among other files are refused: each series belongs into a folder of
/// its own. The other files of such a folder are taken.
class DicomImport : public ImportFormat {
 public:
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;
};

/// A MONAI datalist (also a medical decathlon dataset.json): {"training": [{"image", "label"}], "validation", "test", "labels"}.
/// Labels are label maps; paths are relative to the list, or to the folder of --images. A classes.json beside the first label map, where
/// this program wrote it, keeps ids, colours, what is ignored and what is not annotated.
class MonaiImport : public ImportFormat {
 public:
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;
};

/// datalist.json with images/CASE.png (grey as shown) and labels/CASE.png (indexed, one class a pixel, with classes.json beside
/// them, which keeps what is ignored or not annotated). All cases are its training part. Volumes are refused.
class MonaiExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

}  // namespace roundel
