#pragma once
#include "exchange/format.h"

namespace roundel {

/// Volumes as the semi-supervised literature keeps them (UA-MT, SSL4MIS, SemiSAM-O1): HDF5 files with `image` and `label` at their root
/// (imaging/hdf5_reader.h). Where all files have one name, each in a folder of its own (left atrium: CASE/mri_norm2.h5), the folder is
/// the case's name, as the split lists beside them write it. A file without `label` is imported without labels; with --labels DIR
/// labels come from the files of the same names there. Class numbers get their names like those of label maps (masks_format.h).
class Hdf5Import : public ImportFormat {
 public:
  bool recognises(const ImportRequest& request) const override;
  ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const override;
};

/// CASE.h5 with `image` (values of the modality, 32-bit floats) and `label` (one class a voxel: overlap is lost, with its voxels counted;
/// ignored voxels hold 255, or 65535 where there are more classes), sides (x, y, z); the grid in the attribute `geometry`; classes.json.
class Hdf5Export : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

}  // namespace roundel
