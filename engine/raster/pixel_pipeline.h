#pragma once
#include <string>
#include <vector>

#include "core/image.h"
#include "core/mask.h"
#include "core/param_spec.h"
#include "core/prediction.h"
#include "raster/stored_image.h"

namespace roundel {

/// How the values of the modality become grey.
enum class VoiChoice {
  Automatic,   ///< first usable window of the file, else its first VOI LUT, else FullRange up to 8 bits, else Percentile
  Window,      ///< the file's window number `index`
  Lut,         ///< the file's VOI LUT number `index`
  Custom,      ///< `window`, set by a person
  Percentile,  ///< `lowPercentile` becomes black, `highPercentile` white, linear between
  FullRange,   ///< the smallest value that the stored bits can hold is black, the largest white
  None         ///< values of the modality as they are: for volumes, which are normalised by whoever uses them
};

enum class PolarityChoice {
  Automatic,  ///< MONOCHROME1 is inverted
  Keep,
  Invert
};

/// Left-right mirror to the study's canonical side. ToLeft and ToRight mirror images whose stored laterality is the other one.
enum class MirrorChoice { No, Yes, ToLeft, ToRight };

enum class PaddingChoice {
  Black,  ///< padding pixels are black in the end and stay out of percentiles
  Keep    ///< padding is treated as image
};

/// Contrast after everything else.
enum class LocalContrast {
  None,
  Clahe  ///< contrast-limited adaptive histogram equalisation (local_contrast.h) with `tiles` and `clipLimit`
};

/// The radiograph pixel pipeline as data: stored with the case, the checkpoint and the report.
///
/// The defaults are the policy for a study: every choice follows the file. `resolved()` says what that means for one image.
struct PixelPipelineSettings {
  VoiChoice voi = VoiChoice::Automatic;
  int index = 0;               ///< of the file's windows (Window) or VOI LUTs (Lut)
  VoiWindow window = {};       ///< Custom only; in values of the modality
  double lowPercentile = 0.5;  ///< Percentile only, 0 .. 100
  double highPercentile = 99.5;
  PolarityChoice polarity = PolarityChoice::Automatic;
  MirrorChoice mirror = MirrorChoice::No;
  PaddingChoice padding = PaddingChoice::Black;
  LocalContrast localContrast = LocalContrast::None;
  int tiles = 8;         ///< Clahe only, 1 .. 64: along each side
  double clipLimit = 2;  ///< Clahe only, at least 1: of a bin, in means

  bool operator==(const PixelPipelineSettings&) const = default;
};

/// What a person may choose for a whole study: voi (automatic, percentile, full-range), low_percentile, high_percentile, polarity,
/// padding, local_contrast, tiles, clip_limit. Resolved values are entries of the JSON below.
std::vector<ParamSpec> pixelPipelineParams();

Json toJson(const PixelPipelineSettings& settings);
/// Missing entries take their defaults. Throws Error(BadInput, "bad-pixel-pipeline").
PixelPipelineSettings pixelPipelineFromJson(const Json& json);

/// The settings with every automatic choice made for this image. Applying them gives the same picture, and they may be stored
/// with the case. Throws Error(BadInput, "bad-pixel-pipeline") where they name a window or table that the file does not have.
PixelPipelineSettings resolved(const PixelPipelineSettings& settings, const StoredImage& image);

/// What the file itself asks for: resolved({}, image). Volumes (more than one slice): no VOI, modality transform only.
PixelPipelineSettings defaultSettings(const StoredImage& image);

/// Stored value -> modality LUT -> VOI -> polarity -> local contrast -> laterality: one and the same for display, generalist and trainer.
///
/// - Modality: slope and intercept, or the table. A slope of 0 or one that is no number is passed over.
/// - VOI: DICOM PS3.3 C.11.2.1.2.1 (linear; a width below 1 is taken as linear exact), C.11.2.1.3.2 (linear exact),
///   C.11.2.1.3.1 (sigmoid), VOI LUT (output / (2^bits - 1)), percentiles (linear interpolation between ranks) or full range.
///   Plain 8-bit pictures come out as value / 255 (ALGORITHMS 6.2). 16-bit pictures without a window use percentiles, because
///   most fill a small part of their range.
/// - Polarity: after the VOI, grey becomes 1 - grey. Photometric interpretation decides alone; a presentation LUT shape that
///   says the same (MONOCHROME1 with INVERSE) does not invert twice.
/// - Colour: luminance 0.299 r + 0.587 g + 0.114 b of the stored values, then as above.
/// - Padding and NaN become black; infinities take the end of the range that they lie beyond.
/// - Local contrast: of the grey picture, padding (black) included; not with VoiChoice::None.
/// The result is grey in [0, 1], except with VoiChoice::None: values of the modality, no polarity; padding and NaN take the
/// smallest finite value. `geometry` is the image's, mirrored where the image is.
/// Throws Error(BadInput, "bad-image" | "bad-pixel-pipeline").
Image applyPixelPipeline(const StoredImage& image, const PixelPipelineSettings& settings);

/// Whether applyPixelPipeline mirrors this image.
bool mirrors(const PixelPipelineSettings& settings, const StoredImage& image);

/// Left-right mirror along x: at import, and the way back at export. Each undoes itself.
Mask mirrored(const Mask& mask);
Image mirrored(const Image& image);
/// Pixels only; the classes keep their places (left and right of the patient do not change with the picture).
Prediction mirrored(const Prediction& prediction);
/// The same points of the world, columns counted from the other side.
Geometry mirrored(const Geometry& geometry);

std::string toString(VoiChoice choice);
std::string toString(PolarityChoice choice);
std::string toString(MirrorChoice choice);
std::string toString(PaddingChoice choice);
std::string toString(LocalContrast choice);

}  // namespace roundel
