#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/geometry.h"
#include "core/json.h"

namespace roundel {

/// Pixel values in the type in which the file holds them. x fastest, then y, then z; colour interleaved: r, g, b of one pixel
/// lie together.
using PixelValues = std::variant<std::vector<std::uint8_t>, std::vector<std::int8_t>, std::vector<std::uint16_t>, std::vector<std::int16_t>,
                                 std::vector<std::uint32_t>, std::vector<std::int32_t>, std::vector<float>, std::vector<double>>;

/// What a stored grey value means for the eye. Palettes and YBR are turned into RGB by whoever reads the file.
enum class Photometric {
  Monochrome1,  ///< low values are bright (DICOM MONOCHROME1)
  Monochrome2,  ///< low values are dark; every file that is no DICOM
  Rgb
};

/// DICOM Rescale: output = slope * stored + intercept.
struct Rescale {
  double slope = 1;
  double intercept = 0;
  bool operator==(const Rescale&) const = default;
};

/// A DICOM look-up table (Modality LUT or VOI LUT sequence item). Values below `firstMapped` take the first entry, values past
/// the end the last. `firstMapped` is already read with the sign that the input has.
struct LookupTable {
  std::int64_t firstMapped = 0;
  int bitsPerEntry = 16;               ///< outputs lie in 0 .. 2^bits - 1
  std::vector<std::uint16_t> entries;  ///< as many as the descriptor says (0 there means 65536); never empty
  std::string explanation = {};
  bool operator==(const LookupTable&) const = default;
};

/// Stored value -> value of the modality (Hounsfield units, optical density ...): nothing, a line, or a table.
using ModalityTransform = std::variant<std::monostate, Rescale, LookupTable>;

/// DICOM VOI LUT Function (PS3.3 C.11.2.1.2 and C.11.2.1.3).
enum class WindowFunction { Linear, LinearExact, Sigmoid };

struct VoiWindow {
  double center = 0;
  double width = 0;  ///< above 0, or the window is passed over
  WindowFunction function = WindowFunction::Linear;
  std::string explanation = {};
  bool operator==(const VoiWindow&) const = default;
};

enum class PresentationShape { NotStated, Identity, Inverse };

/// Pixels that carry no image: those whose stored value is `value`, or lies between `value` and `limit` (both included, in
/// either order).
struct PixelPadding {
  double value = 0;
  std::optional<double> limit = {};
  bool operator==(const PixelPadding&) const = default;
};

/// An image as its file holds it, with what the file says about it: the start of the pixel pipeline. Filled by imaging/.
///
/// Where slices carry different rescales (some DICOM series), imaging applies them itself and hands over floats without a
/// modality transform.
struct StoredImage {
  Geometry geometry;
  int channels = 1;    ///< 1, or 3 with Photometric::Rgb
  PixelValues values;  ///< geometry.size.count() * channels of them, sign-extended, unused high bits cleared
  int bitsStored = 8;  ///< significant bits of an integer; the type's own width where the file does not say
  Photometric photometric = Photometric::Monochrome2;
  ModalityTransform modality = {};
  std::vector<VoiWindow> windows = {};    ///< all of the file, in its order
  std::vector<LookupTable> voiLuts = {};  ///< all of the file, in its order
  PresentationShape presentation = PresentationShape::NotStated;
  std::optional<PixelPadding> padding = {};
  std::string modalityWord = {};    ///< DICOM Modality: CR, DX, CT ...; empty: not stated
  std::string laterality = {};      ///< as stored: L, R, B, U; empty: not stated
  std::string bodyPart = {};        ///< DICOM Body Part Examined; empty: not stated
  bool burnedInAnnotation = false;  ///< the file says that text is burnt into the pixels; may name a patient
  Json source = Json::object();     ///< anonymous facts about the file (format, transfer syntax, manufacturer ...)
};

std::size_t valueCount(const PixelValues& values);
/// Whether the type is signed (floats are).
bool isSigned(const PixelValues& values);
bool isFloat(const PixelValues& values);
/// Value `index` as a number, exact for every type.
double valueAt(const PixelValues& values, std::size_t index);

/// Keeps the `bitsStored` bits that end at `highBit` of every integer and extends their sign where the type is signed: what is
/// left of the raw words of a DICOM file whose other bits hold overlays or rubbish. Floats stay.
/// Throws Error(BadInput, "bad-image") where the bits do not fit the type.
void keepStoredBits(PixelValues& values, int bitsStored, int highBit);

/// Throws Error(BadInput, "bad-image") where values, channels, size, tables or photometric do not fit each other.
void requireConsistent(const StoredImage& image);

std::string toString(Photometric photometric);
std::string toString(WindowFunction function);
/// Of toString()'s words, and DICOM's ("LINEAR_EXACT"); anything else is Linear, as DICOM says of an absent function.
WindowFunction windowFunctionFromString(const std::string& text);

}  // namespace roundel
