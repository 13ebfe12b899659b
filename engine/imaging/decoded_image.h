#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/json.h"
#include "raster/stored_image.h"

namespace roundel {

/// Whose picture it is, without saying whose: for the split by patient.
struct PatientFacts {
  bool hasPatientId = false;  ///< DICOM Patient ID is there and not empty
  std::string patientKey;     ///< SHA-256 of salt and Patient ID, or of salt and the file's folder where there is no ID
  bool operator==(const PatientFacts&) const = default;
};

/// A foreign file after decoding: pixels as stored, what the file says about them, and what a person should know.
struct DecodedImage {
  StoredImage image;
  std::string format;  ///< png, jpeg, tiff, bmp, dicom, dicom-series, nifti, analyze, nrrd, metaimage, hdf5
  PatientFacts patient;
  std::string seriesKey;  ///< SHA-256 of salt and DICOM Series Instance UID; empty: none
  int volumes = 1;        ///< volumes of a 4-D file, of which `image` is the one asked for; pages of a TIFF, of which it is the first
  std::vector<Warning> warnings;
};

/// Whether the file says how its grid lies in the patient, so that two files can be brought together by their geometry.
bool isOriented(const StoredImage& image);

/// What the header alone says, for an import that does not want to wait for pixels.
struct ImageProbe {
  std::string format;
  Size size;
  int channels = 1;
  int volumes = 1;      ///< as in DecodedImage
  bool turned = false;  ///< it asks viewers to turn or mirror it, which is not done
  SpacingSource spacingSource = SpacingSource::None;
  std::array<double, 3> spacingMm{1, 1, 1};
  std::array<double, 3> originMm{0, 0, 0};                     ///< as in Geometry; of one slice, or of a volume's header
  std::array<double, 9> direction{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< as in Geometry
  bool oriented = false;     ///< the file says how it lies in the patient: origin and direction are its own
  bool holdsLabels = false;  ///< labels lie beside the image in the file (HDF5), see DecodeRequest::labels
  std::string modalityWord;  ///< DICOM Modality; empty: not stated
  int seriesNumber = -1;     ///< DICOM Series Number; -1: not stated
  std::string laterality;
  std::string bodyPart;
  bool burnedInAnnotation = false;
  PatientFacts patient;
  std::string seriesKey;
};

/// The words of numpy for the variant's types: "uint8", "int16", "float32" ...
std::string valueTypeName(const PixelValues& values);
/// Zeroed values of a named type. Throws Error(BadInput, "bad-image") for an unknown name.
PixelValues makeValues(const std::string& typeName, std::size_t count);
/// The values' memory, little-endian as they lie on every machine that we run on.
std::span<const std::byte> valueBytes(const PixelValues& values);
std::span<std::byte> valueBytes(PixelValues& values);

/// The document "roundel.image/1": everything but the pixels. `decode FILE --out D` writes it as D/<file name>.json beside
/// D/<file name>.raw, which holds `values.count` numbers of `values.type`, little-endian, x fastest, then y, then z; the channels of
/// a pixel lie together. Keys:
///   schema, format, size [x, y, z], channels, volumes, values {type, count, bits_stored, file},
///   geometry {...}, photometric, modality {slope, intercept | lut | null}, windows [...], voi_luts [...], presentation,
///   padding {value, limit} | null, modality_word, laterality, body_part, burned_in_annotation, source {...},
///   patient {has_patient_id, key}, series_key, warnings [...]
Json toJson(const DecodedImage& decoded);
/// The reverse; `image.values` has the type and length of the document and is zero. Throws Error(BadInput, "bad-document").
DecodedImage decodedImageFromJson(const Json& json);

Json toJson(const ImageProbe& probe);
ImageProbe imageProbeFromJson(const Json& json);

}  // namespace roundel
