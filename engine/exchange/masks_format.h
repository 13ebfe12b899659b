#pragma once
#include "exchange/format.h"
#include "exchange/label_grid.h"

namespace roundel {

/// Folders of label maps beside folders of images: a PNG, NIfTI, NRRD, MetaImage or TIFF a case, whose numbers are classes
/// (`Layout` below), or one file a class in subfolders, every non-zero pixel being in, so that classes may overlap:
/// CASE/CLASS.png or CLASS/CASE.png, told apart by which of the two has the name of an image. Where labels lie in the same folders as
/// their images (images/PATIENT/a.png, labels/PATIENT/a.png), each is a map.
///
/// Numbers get their names from classes.json (see ClassTable), else from the study's classes, else as FDI tooth numbers where
/// all of them are such, else "class N". A label file belongs to the image of the same name without extension, also with one of
/// the endings _mask _masks _label _labels _seg _gt. Images without labels are imported without. A class whose file is missing
/// in a case is like any other class without an object. Label maps that say how they lie in the patient are brought onto their images
/// by that (label_grid.h).
class MasksImport : public ImportFormat {
 public:
  explicit MasksImport(const Params& params) : m_grid(labelGridOf(params)) {}
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;

 private:
  LabelGrid m_grid;
};

/// Indexed PNGs of 8 bits with the classes' colours (16 bits grey where an id is above 254), and classes.json. Overlap is lost,
/// with its pixels counted; ignored pixels hold 255 (65535).
class MasksExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

/// CASE/CLASS.png with 0 and 255, nothing for a class that is not annotated, an empty picture for an absent one, and
/// classes.json. Ignored pixels are in CASE/_ignore.png. Everything is kept.
class ClassMasksExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

/// NIfTI-1 label maps (.nii.gz, 8 or 16 bits) with the image's spacing, origin and direction, and classes.json; volumes too.
class NiftiExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

/// The same as NRRD (.nrrd), for programs that read it.
class NrrdExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

}  // namespace roundel
