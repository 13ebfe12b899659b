#pragma once
#include "raster/pixel_pipeline.h"

namespace roundel {

/// Stored value -> value of the modality.
double modalityValue(const ModalityTransform& transform, double stored);

/// Whether the window can be applied: finite centre, finite width above 0.
bool isUsable(const VoiWindow& window);

/// Value of the modality -> grey in [0, 1] before polarity. NaN stays NaN. DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3.
double windowed(const VoiWindow& window, double value);

/// Output of a look-up table for one input.
double lookedUp(const LookupTable& table, double value);

/// Smallest and largest value of the modality that the image's stored bits can give. Integers only.
struct ValueRange {
  double low = 0;
  double high = 0;
};
ValueRange possibleRange(const StoredImage& image);

}  // namespace roundel
