#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/annotation.h"
#include "core/label_set.h"
#include "exchange/format.h"
#include "exchange/label_png.h"
#include "exchange/study.h"

namespace roundel {

/// What names or numbers more classes than this is no table of labels.
inline constexpr std::size_t kMaximumClasses = 4096;

/// The whole number that a text is; nothing where it is anything else.
std::optional<std::int64_t> wholeNumber(const std::string& text);

/// The masks of a label map: number -> pixels that hold it, without 0.
struct LabelMap {
  Size size;
  std::map<std::int64_t, Mask> masks;
  bool colours = false;    ///< the numbers are colours (see LabelPixels)
  Geometry geometry = {};  ///< of the file; with `size`
  bool oriented = false;   ///< the file says how its grid lies in the patient
};

/// Throws Error(BadInput, "not-a-label-map") on more than 4096 different numbers: that is a picture.
LabelMap labelMapFrom(const LabelPixels& pixels, const std::string& name);
/// The same of a decoded file, without a copy of its numbers. Values that are no whole numbers from 0 up are refused.
LabelMap labelMapFrom(const StoredImage& image, const std::string& name);
/// Reads PNG itself, everything else (NIfTI, NRRD, TIFF ...) through `images`; values must be whole and not negative.
LabelMap readLabelMap(const std::filesystem::path& file, ImageAccess& images);
/// Extensions of label maps: .png .nii .nii.gz .nrrd .nhdr .mha .mhd .tif .tiff .bmp.
bool isLabelMapName(const std::filesystem::path& file);

/// Names the classes of a folder of label maps and says what their numbers cannot: written beside them as classes.json.
///   {"schema": "roundel.classes/1", "classes": [{id, name, colour, mirror, code}], "ignore": N | absent,
///    "not_annotated": {case: [class name, ...]}, "images": {case: image} | absent}
/// "images" says whose labels a file named after a case is, where that is not an image of the same name.
/// A foreign table may also be a plain list of classes, or an object number -> name.
struct ClassTable {
  LabelSet classes = {};
  std::int64_t ignore = 0;  ///< number of ignored pixels; 0: none
  std::map<std::string, std::vector<std::string>> notAnnotated = {};
  std::map<std::string, std::string> images = {};  ///< case -> how the image is named (imageReferences())

  /// Notes what the case's file name cannot say.
  void name(const std::string& fileStem, const ExportedCase& one);
};

inline constexpr const char* kClassTableName = "classes.json";

/// Of the folder's classes.json. Throws Error(BadInput, "bad-classes") where it is there but cannot be used.
std::optional<ClassTable> readClassTable(const std::filesystem::path& folder);
void writeClassTable(const std::filesystem::path& folder, const ClassTable& table);

/// The classes that numbers stand for where nobody named them: the 32 FDI teeth where all of them are FDI numbers (11..18,
/// 21..28, 31..38, 41..48) and at least one is above 18, else "class N".
LabelSet classesOfNumbers(const std::vector<std::int64_t>& numbers);
/// Fills colour, code and mirror of classes that are named by FDI numbers from the palette.
LabelSet withToothFacts(const LabelSet& classes);

/// The annotation of a label map: one class a number; the ignored number into `ignore`; classes without a pixel by `missing`.
/// Numbers that no class has are returned in `unknown` with their pixel counts.
Annotation annotationFrom(const LabelMap& map, const ClassTable& table, const std::string& caseName, MissingClass missing,
                          std::map<std::int64_t, std::int64_t>& unknown);

/// All classes in one map; where several meet, the first in the class list wins. `numberOf` gives a class's number.
struct FlatLabels {
  LabelPixels pixels;
  std::int64_t overlapPixels = 0;  ///< pixels of more than one class: what the map cannot hold
};
FlatLabels flattened(const Annotation& annotation, const std::function<std::uint32_t(int)>& numberOf, std::uint32_t ignoreNumber);

/// The same as numbers of 8 or 16 bits: what volumes are written as.
struct FlatValues {
  PixelValues values;
  std::int64_t overlapPixels = 0;
};
FlatValues flattenedValues(const Annotation& annotation, const std::function<std::uint32_t(int)>& numberOf, std::uint32_t ignoreNumber,
                           int bits);
/// Bits of a label map that holds all ids and, above them, the number of ignored pixels (255 or 65535).
/// Throws Error(BadInput, "bad-classes") where an id is above 65534.
int labelBits(const LabelSet& classes);

}  // namespace roundel
