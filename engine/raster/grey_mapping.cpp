#include "raster/grey_mapping.h"

#include <algorithm>
#include <cmath>

namespace roundel {

double lookedUp(const LookupTable& table, double value) {
  const double place = value - static_cast<double>(table.firstMapped);
  if (!(place > 0)) return table.entries.front();
  if (place >= static_cast<double>(table.entries.size() - 1)) return table.entries.back();
  return table.entries[static_cast<std::size_t>(std::lround(place))];
}

double modalityValue(const ModalityTransform& transform, double stored) {
  if (const auto* line = std::get_if<Rescale>(&transform)) {
    const bool usable = std::isfinite(line->slope) && line->slope != 0 && std::isfinite(line->intercept);
    return usable ? line->slope * stored + line->intercept : stored;
  }
  if (const auto* table = std::get_if<LookupTable>(&transform)) return std::isnan(stored) ? stored : lookedUp(*table, stored);
  return stored;
}

bool isUsable(const VoiWindow& window) { return std::isfinite(window.center) && std::isfinite(window.width) && window.width > 0; }

double windowed(const VoiWindow& window, double value) {
  const double c = window.center, w = window.width;
  if (std::isnan(value)) return value;
  if (window.function == WindowFunction::Sigmoid) return 1.0 / (1.0 + std::exp(-4.0 * (value - c) / w));
  // The formula of LINEAR is defined for widths of 1 and more; below, files mean LINEAR_EXACT.
  if (window.function == WindowFunction::LinearExact || w < 1) {
    if (value <= c - w / 2) return 0;
    if (value > c + w / 2) return 1;
    return (value - c) / w + 0.5;
  }
  if (value <= c - 0.5 - (w - 1) / 2) return 0;
  if (value > c - 0.5 + (w - 1) / 2) return 1;
  return (value - (c - 0.5)) / (w - 1) + 0.5;
}

ValueRange possibleRange(const StoredImage& image) {
  if (const auto* table = std::get_if<LookupTable>(&image.modality); table != nullptr && image.channels == 1)
    return {0, std::ldexp(1.0, table->bitsPerEntry) - 1};
  const int typeBits = std::visit([](const auto& typed) { return 8 * static_cast<int>(sizeof(typed[0])); }, image.values);
  const int bits = std::clamp(image.bitsStored, 1, typeBits);
  const double full = std::ldexp(1.0, bits);
  ValueRange range = isSigned(image.values) ? ValueRange{-full / 2, full / 2 - 1} : ValueRange{0, full - 1};
  if (image.channels == 1) range = {modalityValue(image.modality, range.low), modalityValue(image.modality, range.high)};
  if (range.low > range.high) std::swap(range.low, range.high);
  return range;
}

}  // namespace roundel
