#pragma once
#include "exchange/format.h"

namespace roundel {

/// A DICOM segmentation object a case (PS3.3 A.51, binary, Explicit VR Little Endian): CASE.dcm, of the same patient, study and frame of
/// reference as the series that it is drawn on, with a reference to every slice. A segment a class that was looked for, a frame a slice on
/// which it has pixels; classes may overlap. Cases that are no DICOM series are left out with a warning each, and so are cases without
/// any pixel (an object needs a frame). What is not annotated has no segment; ignored regions are lost, with their pixels counted.
///
/// Codes: a class has no place in a terminology of this program's own, so its type is coded in the private scheme 99ROUNDEL by its
/// number, with its name as the meaning, in the category "Anatomical Structure" (SCT 123037004).
class DicomSegExport : public ExportFormat {
 public:
  ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const override;
};

}  // namespace roundel
