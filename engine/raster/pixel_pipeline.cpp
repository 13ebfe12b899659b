#include "raster/pixel_pipeline.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "core/error.h"
#include "raster/grey_mapping.h"
#include "raster/local_contrast.h"
#include "raster/percentile.h"

namespace roundel {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Which stored values are padding; an empty interval where there is none.
struct PaddingInterval {
  double low = 1;
  double high = 0;
  bool holds(double stored) const { return stored >= low && stored <= high; }
};

PaddingInterval paddingOf(const StoredImage& image, PaddingChoice choice) {
  if (choice == PaddingChoice::Keep || !image.padding || image.channels != 1) return {};
  const double other = image.padding->limit.value_or(image.padding->value);
  return {std::min(image.padding->value, other), std::max(image.padding->value, other)};
}

/// Everything between the value of the modality and the result, for one image.
struct Toning {
  VoiChoice voi = VoiChoice::None;
  const VoiWindow* window = nullptr;
  const LookupTable* table = nullptr;
  ValueRange range = {};  ///< Percentile, FullRange: what becomes black and white. None: the finite range
  bool invert = false;

  /// NaN stands for padding and for values that are no number.
  float operator()(double value) const {
    if (voi == VoiChoice::None) return static_cast<float>(std::isnan(value) ? range.low : std::clamp(value, range.low, range.high));
    if (std::isnan(value)) return 0;
    const double grey = std::clamp(greyOf(value), 0.0, 1.0);
    return static_cast<float>(invert ? 1 - grey : grey);
  }

 private:
  double greyOf(double value) const {
    if (window != nullptr) return windowed(*window, value);
    if (table != nullptr) return lookedUp(*table, value) / (std::ldexp(1.0, table->bitsPerEntry) - 1);
    if (value <= range.low) return 0;
    if (value >= range.high) return 1;
    // Halved, because the ends may be as far apart as doubles go.
    return (value / 2 - range.low / 2) / (range.high / 2 - range.low / 2);
  }
};

bool needsStatistics(const StoredImage& image, VoiChoice voi) {
  return voi == VoiChoice::Percentile || voi == VoiChoice::None || (voi == VoiChoice::FullRange && isFloat(image.values));
}

/// Percentile ends for Percentile, extremes otherwise. `percentileOf` answers for the image's finite values.
template <class PercentileOf>
ValueRange measuredRange(const PixelPipelineSettings& settings, PercentileOf percentileOf) {
  if (settings.voi != VoiChoice::Percentile) return {percentileOf(0.0), percentileOf(100.0)};
  return {percentileOf(settings.lowPercentile), percentileOf(settings.highPercentile)};
}

Toning toningOf(const StoredImage& image, const PixelPipelineSettings& settings) {
  Toning toning{.voi = settings.voi, .invert = settings.polarity == PolarityChoice::Invert};
  if (settings.voi == VoiChoice::Window) toning.window = &image.windows[static_cast<std::size_t>(settings.index)];
  if (settings.voi == VoiChoice::Custom) toning.window = &settings.window;
  if (settings.voi == VoiChoice::Lut) toning.table = &image.voiLuts[static_cast<std::size_t>(settings.index)];
  if (settings.voi == VoiChoice::FullRange && !isFloat(image.values)) toning.range = possibleRange(image);
  return toning;
}

/// Up to 16 bits the whole pipeline is a table from stored value to result: exact, and one pass over the pixels.
template <class T>
void applyByTable(const StoredImage& image, const std::vector<T>& stored, const PixelPipelineSettings& settings, std::vector<float>& out) {
  constexpr auto kEntries = std::size_t{1} << (8 * sizeof(T));
  constexpr std::int64_t kLowest = std::numeric_limits<T>::min();
  const PaddingInterval padding = paddingOf(image, settings.padding);
  std::vector<double> values(kEntries);
  for (std::size_t i = 0; i < kEntries; ++i) {
    const auto value = static_cast<double>(kLowest + static_cast<std::int64_t>(i));
    values[i] = padding.holds(value) ? kNaN : modalityValue(image.modality, value);
  }
  const auto entryOf = [](T value) { return static_cast<std::size_t>(static_cast<std::int64_t>(value) - kLowest); };
  Toning toning = toningOf(image, settings);
  if (needsStatistics(image, settings.voi)) {
    std::vector<std::int64_t> counts(kEntries, 0);
    for (const T value : stored) ++counts[entryOf(value)];
    std::vector<ValueCount> histogram;
    for (std::size_t i = 0; i < kEntries; ++i)
      if (counts[i] > 0 && std::isfinite(values[i])) histogram.push_back({values[i], counts[i]});
    std::sort(histogram.begin(), histogram.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
    if (!histogram.empty()) toning.range = measuredRange(settings, [&](double percent) { return percentile(histogram, percent); });
  }
  std::vector<float> results(kEntries);
  for (std::size_t i = 0; i < kEntries; ++i) results[i] = toning(values[i]);
  for (std::size_t i = 0; i < stored.size(); ++i) out[i] = results[entryOf(stored[i])];
}

/// `valueOf(i)`: the value of the modality of pixel i, NaN for padding.
template <class ValueOf>
void applyDirectly(const StoredImage& image, const PixelPipelineSettings& settings, ValueOf valueOf, std::vector<float>& out) {
  Toning toning = toningOf(image, settings);
  if (needsStatistics(image, settings.voi)) {
    std::vector<double> finite;
    finite.reserve(out.size());
    for (std::size_t i = 0; i < out.size(); ++i)
      if (const double value = valueOf(i); std::isfinite(value)) finite.push_back(value);
    if (!finite.empty()) toning.range = measuredRange(settings, [&](double percent) { return percentile(finite, percent); });
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = toning(valueOf(i));
}

double luminance(double r, double g, double b) { return r == g && g == b ? r : 0.299 * r + 0.587 * g + 0.114 * b; }

/// Rows of `width` values, each turned round in place.
template <class T>
void mirrorRows(std::vector<T>& values, std::int64_t width) {
  if (width < 1) return;
  for (auto row = values.begin(); values.end() - row >= width; row += width) std::reverse(row, row + width);
}

}  // namespace

Image applyPixelPipeline(const StoredImage& image, const PixelPipelineSettings& settings) {
  requireConsistent(image);
  const PixelPipelineSettings exact = resolved(settings, image);
  Image result{image.geometry, std::vector<float>(static_cast<std::size_t>(image.geometry.size.count()))};
  std::visit(
      [&](const auto& stored) {
        using T = typename std::decay_t<decltype(stored)>::value_type;
        if (image.channels == 3) {
          applyDirectly(
              image, exact,
              [&](std::size_t i) {
                return luminance(static_cast<double>(stored[3 * i]), static_cast<double>(stored[3 * i + 1]),
                                 static_cast<double>(stored[3 * i + 2]));
              },
              result.values);
        } else if constexpr (sizeof(T) <= 2) {
          applyByTable(image, stored, exact, result.values);
        } else {
          const PaddingInterval padding = paddingOf(image, exact.padding);
          applyDirectly(
              image, exact,
              [&](std::size_t i) {
                const auto value = static_cast<double>(stored[i]);
                return padding.holds(value) ? kNaN : modalityValue(image.modality, value);
              },
              result.values);
        }
      },
      image.values);
  if (exact.localContrast == LocalContrast::Clahe && exact.voi != VoiChoice::None) {
    const Size& size = result.geometry.size;
    // Slice by slice: a picture whose values a person windows is one slice, a series of them several.
    const auto pixels = static_cast<std::ptrdiff_t>(size.x * size.y);
    for (auto slice = result.values.begin(); slice != result.values.end(); slice += pixels) {
      std::vector<float> picture(slice, slice + pixels);
      equaliseLocally(picture, size.x, size.y, exact.tiles, exact.clipLimit);
      std::copy(picture.begin(), picture.end(), slice);
    }
  }
  if (exact.mirror == MirrorChoice::Yes) return mirrored(result);
  return result;
}

Mask mirrored(const Mask& mask) {
  const std::int64_t width = mask.size().x;
  std::vector<Mask::Run> runs;
  runs.reserve(mask.runs().size());
  for (const auto& run : mask.runs()) {
    // A run may go on over the end of a row; each row's piece is turned round by itself.
    for (std::int64_t at = run.start; at < run.start + run.length;) {
      const std::int64_t row = at / width, end = std::min((row + 1) * width, run.start + run.length);
      runs.push_back({row * width + (row + 1) * width - end, end - at});
      at = end;
    }
  }
  return Mask(mask.size(), std::move(runs));
}

Geometry mirrored(const Geometry& geometry) {
  Geometry result = geometry;
  const double length = static_cast<double>(geometry.size.x - 1) * geometry.spacingMm[0];
  for (std::size_t axis = 0; axis < 3; ++axis) {
    result.originMm[axis] += length * geometry.direction[3 * axis];
    result.direction[3 * axis] = 0.0 - geometry.direction[3 * axis];
  }
  return result;
}

Image mirrored(const Image& image) {
  Image result{mirrored(image.geometry), image.values};
  mirrorRows(result.values, image.geometry.size.x);
  return result;
}

Prediction mirrored(const Prediction& prediction) {
  Prediction result = prediction;
  mirrorRows(result.probabilities, prediction.size.x);
  return result;
}

}  // namespace roundel
