#pragma once
#include <cstdint>
#include <string>

#include "core/annotation.h"
#include "core/image.h"
#include "core/label_set.h"

namespace roundel {

/// What is made: a panoramic dental radiograph, a child's wrist (dorsopalmar, canonical left hand), or a small 3-D volume.
enum class PhantomKind { Dental, Wrist, Volume };

std::string toString(PhantomKind kind);
/// Throws Error(Usage, "unknown-phantom") that names the nearest kind.
PhantomKind phantomKindFromString(const std::string& text);

/// An interval from which a case draws one value, evenly.
struct PhantomRange {
  double low = 0;
  double high = 0;
};

/// What a study of phantoms looks like. Lengths are drawn in millimetres, so a case keeps its anatomy at any size in pixels
/// (noise and sharpness follow the pixel, as they do on a detector).
struct PhantomOptions {
  int width = 512;                       ///< pixels, 8 .. 8192
  int height = 256;                      ///< pixels, 8 .. 8192
  int depth = 32;                        ///< slices of a volume, 4 .. 1024
  int classCount = 0;                    ///< 0: all of the kind's palette; else the first so many of phantomClasses' order of importance
  double variation = 1;                  ///< 0 .. 2: scales how much patients differ: shapes, crowding, tilts, depths
  double acquisition = 1;                ///< 0 .. 3: scales how differently they were taken: position, magnification, exposure, window
  PhantomRange missingTeeth{0.0, 0.22};  ///< share of teeth lost in a case (dental), each 0 .. 1; third molars apart
  PhantomRange ageYears{3.5, 16.5};      ///< of a wrist, 1 .. 18: which centres are ossified, how open the growth plates are
  PhantomRange dose{1.0, 8.0};           ///< relative number of quanta at the detector, 0.01 .. 1000: more is less noise
  double restorations = 0.12;            ///< chance of a filling a tooth (dental), 0 .. 1; crowns, root fillings, implants follow
  double casts = 0.12;                   ///< chance of a plaster cast (wrist), 0 .. 1
};

/// What suits a kind: dental 512 x 256, wrist 256 x 384, volume 64 x 64 x 32.
PhantomOptions defaultPhantomOptions(PhantomKind kind);

/// Throws Error(Usage, "bad-option") where a number is outside its range; says which.
void checkPhantomOptions(PhantomKind kind, const PhantomOptions& options);

/// The classes of a kind, in palette order.
///
/// All: "fdi" (32), "carpal" (17), or the volume's three organs. Fewer are taken in the order of importance below and then put
/// back into palette order, ids and colours kept; each is one connected structure in a picture.
/// dental: 11 21 12 22 13 23 14 24 (the eight of the demo: upper front teeth, each with its mirror), then 15 25 .. 18 28,
/// then 31 41 .. 38 48. wrist: Radius, Ulna, Epiphyse Radius, metacarpals II III IV V I, capitatum, hamatum, triquetrum,
/// lunatum, scaphoideum, trapezium, trapezoideum, Epiphyse Ulna, pisiforme. Throws Error(Usage, "bad-option").
LabelSet phantomClasses(PhantomKind kind, int classCount);

/// A case with exact truth.
struct PhantomCase {
  std::string name;       ///< "dental-00017"
  Image image;            ///< grey in [0, 1]; spacing is that of the detector, magnified (ImagerPixelSpacing); volumes: true mm
  LabelSet classes;       ///< phantomClasses of the options
  Annotation annotation;  ///< every class present or absent; classes overlap where their shadows do
  Json facts;             ///< what was drawn: age, missing teeth, restorations, pose, exposure ...
};

/// Makes case `index` of a study: a function of (kind, options, seed, index) alone, whatever was made before or beside it.
/// Throws as checkPhantomOptions.
PhantomCase makePhantom(PhantomKind kind, const PhantomOptions& options, std::uint64_t seed, std::int64_t index);

/// The radiographs are line integrals: for every ray the lengths through enamel, dentine, bone, metal and soft tissue times
/// their attenuation at about 40 keV (NIST XCOM, rounded), turned into quanta, scatter, blur and noise by the detector.
PhantomCase makeDental(const PhantomOptions& options, std::uint64_t seed, std::int64_t index);
PhantomCase makeWrist(const PhantomOptions& options, std::uint64_t seed, std::int64_t index);
/// Three organs as warped ellipsoids (one inside another's neighbourhood) with texture, bias field and noise.
PhantomCase makeVolume(const PhantomOptions& options, std::uint64_t seed, std::int64_t index);

}  // namespace roundel
