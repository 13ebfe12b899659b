#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/image.h"
#include "core/job.h"
#include "core/label_set.h"
#include "imaging/dicom_source.h"
#include "raster/stored_image.h"

namespace roundel {

/// What a header says about an image, without its pixels.
struct ImageFacts {
  Geometry geometry;
  std::string laterality = {};         ///< as stored: L, R, B, U; empty: not stated
  std::string patientKey = {};         ///< hash of the patient's identity in the file; empty: none in it
  std::string seriesKey = {};          ///< tells DICOM series apart; empty: none
  int pages = 1;                       ///< pages of a TIFF, volumes of a 4-D file: the first one is the image
  bool turned = false;                 ///< it asks viewers to turn or mirror it; its pixels are taken as they are stored
  std::string modality = {};           ///< DICOM Modality: CR, DX, CT ...; empty: not stated
  int seriesNumber = -1;               ///< DICOM Series Number; -1: not stated
  bool oriented = false;               ///< the file says how the grid lies in the patient
  bool holdsLabels = false;            ///< labels lie in the image's own file (HDF5); `load` gives them
  std::vector<Warning> warnings = {};  ///< what a person should know of this file (missing slices, no orientation ...)
  Json facts = Json::object();         ///< anonymous: format, body part ...
};

/// How this room looks at images: it opens none itself (DESIGN.md, `decode`). Both throw Error(BadInput, "unreadable-image").
class ImageAccess {
 public:
  virtual ~ImageAccess() = default;
  /// Header alone: fast enough for ten thousand files.
  virtual ImageFacts probe(const std::filesystem::path& file) = 0;
  /// The same for the slices of one series that share their folder with other files.
  /// Throws Error(Usage, "no-series") where nobody can look at them.
  virtual ImageFacts probeSeries(const std::vector<std::filesystem::path>& slices);
  /// Numbers as stored: of a label map, of a segmentation object, or the labels of a file that holds image and labels.
  virtual StoredImage load(const std::filesystem::path& file) = 0;
};

/// One image that a data set names, and what the data set knows of its labels.
struct ImportedCase {
  std::string name = {};                           ///< unique in its study; UTF-8
  std::filesystem::path image = {};                ///< where the image lies (a folder: a series); never empty
  std::vector<std::filesystem::path> slices = {};  ///< of a series that shares its folder with other files; then `image` is the first
  ImageFacts facts = {};                           ///< of the image
  Annotation annotation = {};                      ///< on the image's grid; classes empty: the data set holds no labels for it
  std::string patient = {};                        ///< key of the patient; empty: unknown
  std::string split = {};                          ///< the data set's own word for the case's part ("training", "test"); empty: none
};

/// What an import format found. A case that cannot be used is not in `cases`: a warning with its name says why.
struct ImportedStudy {
  LabelSet classes = {};
  std::vector<ImportedCase> cases = {};
  std::vector<Warning> warnings = {};
  int refused = 0;         ///< cases that were left out; a warning each
  int refusedObjects = 0;  ///< objects that were left out of cases; a warning each
};

/// One case on its way out.
struct ExportedCase {
  std::string name = {};
  std::filesystem::path image = {};  ///< where the picture lies
  std::string reference = {};        ///< how labels name the picture (imageReferences()); empty: by its file's name
  Geometry geometry = {};
  Annotation annotation = {};
  std::string modality = {};  ///< DICOM Modality: CT, MR ...; empty: not known
  std::string part = {};      ///< of the study's split: labelled, unlabelled, validation, test; empty: in none
};

/// Who made the labels that are exported.
enum class LabelOrigin { Annotator, Machine };

/// What is exported, one case at a time: a study may be larger than the memory.
struct ExportSource {
  LabelSet classes = {};
  LabelOrigin origin = LabelOrigin::Annotator;
  std::size_t count = 0;
  std::function<ExportedCase(std::size_t)> load = {};
  /// The picture as it is shown: pixel pipeline applied, but not mirrored. Called by formats that hold images.
  std::function<Image(const ExportedCase&)> picture = {};
  /// The DICOM objects that the case was read from. Called by formats that refer to them; throws Error(BadInput, "not-dicom").
  std::function<DicomSource(const ExportedCase&)> dicom = {};
};

/// What was written, and what the format could not hold (a warning a case and loss).
struct ExportReport {
  int cases = 0;
  std::int64_t overlapPixelsLost = 0;  ///< pixels that belong to several classes and were written with one
  std::vector<std::filesystem::path> files = {};
  std::vector<Warning> warnings = {};
};

}  // namespace roundel
