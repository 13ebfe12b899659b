#pragma once
#include <functional>
#include <vector>

#include "raster/pixel_pipeline.h"

namespace roundel {

/// How often a value occurs; for percentiles.
struct ValueCount {
  double value = 0;
  std::int64_t count = 0;
};

/// Stored value -> value of the modality.
double modalityValue(const ModalityTransform& transform, double stored);

/// Whether the window can be applied: finite centre, finite width above 0.
bool isUsable(const VoiWindow& window);

/// Value of the modality -> grey in [0, 1] before polarity. NaN stays NaN. DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3.
double windowed(const VoiWindow& window, double value);

/// Output of a look-up table for one input.
double lookedUp(const LookupTable& table, double value);

/// The percentile (0..100) of a list of distinct values in ascending order with their counts: linear interpolation between the
/// neighbouring ranks, as numpy does by default. The list must not be empty.
double percentile(const std::vector<ValueCount>& ascending, double percent);
/// The same of a plain list, which is reordered. The list must not be empty and hold no NaN.
double percentile(std::vector<double>& values, double percent);

/// Smallest and largest value of the modality that the image's stored bits can give. Integers only.
struct ValueRange {
  double low = 0;
  double high = 0;
};
ValueRange possibleRange(const StoredImage& image);

}  // namespace roundel
