#pragma once
#include "imaging/decoded_image.h"
#include "imaging/dicom_layout.h"
#include "imaging/slice_order.h"

namespace roundel {

/// A value that DICOM keeps at the top level, or in the shared or a frame's own functional group.
/// The data sets to look in, nearest first: the frame's group, the shared group, the top level.
struct DicomScopes {
  explicit DicomScopes(const DicomDataset& root);

  const DicomDataset& root;
  std::vector<DicomDataset> shared;    ///< no item or one
  std::vector<DicomDataset> perFrame;  ///< none, or one a frame

  /// The first item of a sequence of the frame's groups; none: look at the top level.
  std::optional<DicomDataset> group(DicomTag sequence, std::size_t frame) const;
};

/// Everything about the grey values: modality transform (a Modality LUT Sequence wins over the rescale beside it), all windows
/// with function and explanation, VOI LUTs, presentation LUT shape, padding; modality word, laterality, body part.
/// Functional groups: those of the first frame; `differingRescale` gets one rescale a frame where they are not all the same.
void readFacts(StoredImage& image, const DicomFile& dicom, const DicomLayout& layout, const DicomScopes& scopes,
               std::vector<Rescale>& differingRescale);

/// Spacing within the slice and where it comes from. Ultrasound regions (cm) are no spacing.
void readSpacing(Geometry& geometry, const DicomScopes& scopes);

/// One plane a frame; empty where the file states none.
std::vector<SlicePlacement> readPlanes(const DicomScopes& scopes, std::int64_t frames);

/// Patient key and series key. the folder of `file` stands in for a missing Patient ID.
PatientFacts readPatient(const DicomDataset& data, const std::string& salt, const std::filesystem::path& file);
std::string readSeriesKey(const DicomDataset& data, const std::string& salt);

/// The patient key of a file that knows no patient: from its folder.
PatientFacts patientOfFolder(const std::string& salt, const std::filesystem::path& file);

}  // namespace roundel
