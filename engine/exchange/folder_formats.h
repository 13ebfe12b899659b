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
/// that fill a folder are one volume. A folder with slices of several series is refused: each belongs into a folder of its own.
class DicomImport : public ImportFormat {
 public:
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;
};

/// A MONAI datalist (also a medical decathlon dataset.json): {"training": [{"image", "label"}], "validation", "test", "labels"}.
/// Labels are label maps; paths are relative to the list, or to the folder of --images.
class MonaiImport : public ImportFormat {
 public:
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;
};

}  // namespace roundel
