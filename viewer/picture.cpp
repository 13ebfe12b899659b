#include "viewer/picture.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>
#include <type_traits>

#include "raster/grey_mapping.h"
#include "raster/parallel.h"
#include "raster/percentile.h"

namespace roundel {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kSmallestLevel = 256;

void mirrorRows(std::vector<std::uint16_t>& codes, std::int64_t width) {
  for (auto row = codes.begin(); codes.end() - row >= width; row += width) std::reverse(row, row + width);
}

bool isPadding(const StoredImage& image, double stored) {
  if (!image.padding || image.channels != 1) return false;
  const double other = image.padding->limit.value_or(image.padding->value);
  return stored >= std::min(image.padding->value, other) && stored <= std::max(image.padding->value, other);
}

/// The image with these values in one row, so that the pipeline says what becomes of each.
StoredImage rampOf(const StoredImage& image, PixelValues values) {
  StoredImage ramp = image;
  ramp.geometry = {};
  ramp.geometry.size = {static_cast<std::int64_t>(valueCount(values)), 1, 1};
  ramp.values = std::move(values);
  return ramp;
}

/// work(from, to) for pieces of 0 .. count, beside each other.
void inPieces(std::size_t count, const std::function<void(std::size_t, std::size_t)>& work) {
  constexpr int kPieces = 4;
  parallelFor(kPieces, 0, [&](int piece) {
    const auto at = [count](int one) { return count * static_cast<std::size_t>(one) / kPieces; };
    work(at(piece), at(piece + 1));
  });
}

}  // namespace

Picture::Picture(StoredImage image, const PixelPipelineSettings& settings) {
  requireConsistent(image);
  m_settings = resolved(settings, image);
  m_geometry = m_settings.mirror == MirrorChoice::Yes ? mirrored(image.geometry) : image.geometry;
  if (!isFloat(image.values)) {
    const ValueRange range = possibleRange(image);
    m_possible = {range.low, range.high};
  }
  const bool local = m_settings.localContrast != LocalContrast::None && m_settings.voi != VoiChoice::None;
  if (local) {
    // Local contrast looks at the neighbourhood: its result is shown as it comes, and windows are laid over that.
    Image grey = applyPixelPipeline(image, m_settings);
    m_possible.reset();
    m_facts = std::move(image);
    m_facts.values = std::vector<std::uint8_t>();
    m_facts.photometric = m_facts.channels == 3 ? m_facts.photometric : Photometric::Monochrome2;
    m_settings = {.voi = VoiChoice::Custom,
                  .window = {.center = 0.5, .width = 1, .function = WindowFunction::LinearExact},
                  .polarity = PolarityChoice::Keep,
                  .mirror = MirrorChoice::No};
    spread(std::move(grey.values));
    halve();
    return;
  }
  const bool narrow = image.channels == 1 && std::visit([](const auto& values) { return sizeof(values[0]) <= 2; }, image.values);
  if (narrow) {
    std::visit(
        [&](auto& values) {
          if constexpr (sizeof(values[0]) <= 2) takeCodes(std::move(values));
        },
        image.values);
    image.values = std::vector<std::uint8_t>();  // the codes hold them now
    m_facts = std::move(image);
    m_ramp = rampOf(m_facts, std::move(m_ramp.values));
    m_codeValues.resize(m_histogram.size());
    for (std::size_t code = 0; code < m_codeValues.size(); ++code) {
      const double stored = roundel::valueAt(m_ramp.values, code);
      const bool padding = m_settings.padding == PaddingChoice::Black && isPadding(m_facts, stored);
      m_codeValues[code] = padding ? kNaN : modalityValue(m_facts.modality, stored);
    }
  } else {
    PixelPipelineSettings plain = m_settings;
    plain.voi = VoiChoice::None, plain.mirror = MirrorChoice::No;
    std::vector<float> values = applyPixelPipeline(image, plain).values;
    m_facts = std::move(image);
    spread(std::move(values));
  }
  m_facts.values = std::vector<std::uint8_t>();
  if (m_settings.mirror == MirrorChoice::Yes) {
    mirrorRows(m_levels[0].codes, size().x);
    for (auto row = m_exact.begin(); m_exact.end() - row >= size().x; row += size().x) std::reverse(row, row + size().x);
  }
  m_settings.mirror = MirrorChoice::No;
  // What depends on all pixels is decided here, once: the ramp has other statistics than the image.
  if (m_settings.voi == VoiChoice::None || m_settings.voi == VoiChoice::Percentile ||
      (m_settings.voi == VoiChoice::FullRange && !m_exact.empty())) {
    const VoiWindow window = windowOf(m_settings);
    m_settings.voi = VoiChoice::Custom, m_settings.window = window;
  }
  halve();
}

template <class Values>
void Picture::takeCodes(Values values) {
  using T = typename Values::value_type;
  constexpr auto kCodes = std::size_t{1} << (8 * sizeof(T));
  constexpr int kLowest = std::numeric_limits<T>::min();
  Level level{size().x, size().y, {}};
  if constexpr (std::is_same_v<T, std::uint16_t>) level.codes = std::move(values);  // they are the codes
  else {
    level.codes.resize(values.size());
    inPieces(values.size(), [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) level.codes[i] = static_cast<std::uint16_t>(values[i] - kLowest);
    });
  }
  m_histogram.assign(kCodes, 0);
  std::mutex adding;
  inPieces(level.codes.size(), [&](std::size_t from, std::size_t to) {
    std::vector<std::uint32_t> counts(kCodes);
    for (std::size_t i = from; i < to; ++i) ++counts[level.codes[i]];
    const std::scoped_lock lock(adding);
    for (std::size_t code = 0; code < kCodes; ++code) m_histogram[code] += counts[code];
  });
  Values ramp(kCodes);
  for (std::size_t i = 0; i < kCodes; ++i) ramp[i] = static_cast<T>(static_cast<int>(i) + kLowest);
  m_ramp.values = std::move(ramp);
  m_levels.push_back(std::move(level));
}

void Picture::spread(std::vector<float> values) {
  constexpr std::size_t kCodes = 65536;
  // The ends are those of nearly all values, with twice as much on each side: a few wild ones must not make the steps coarse.
  std::vector<double> sample;
  const std::size_t step = 1 + values.size() / 400000;
  for (std::size_t i = 0; i < values.size(); i += step)
    if (std::isfinite(values[i])) sample.push_back(values[i]);
  double low = 0, high = 1;
  if (!sample.empty()) {
    low = percentile(sample, 0.5), high = percentile(sample, 99.5);
    const double beside = std::max(high - low, 1e-6 * std::max(1.0, std::abs(high)));
    const auto [smallest, largest] = std::minmax_element(sample.begin(), sample.end());
    low = std::max(*smallest, low - 2 * beside), high = std::min(*largest, high + 2 * beside);
    if (!(high > low)) low -= 0.5, high += 0.5;
  }
  Level level{size().x, size().y, std::vector<std::uint16_t>(values.size())};
  m_histogram.assign(kCodes, 0);
  const double scale = static_cast<double>(kCodes - 1) / (high - low);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = std::isnan(values[i]) ? low : values[i];
    level.codes[i] = static_cast<std::uint16_t>(std::clamp((value - low) * scale + 0.5, 0.0, static_cast<double>(kCodes - 1)));
    ++m_histogram[level.codes[i]];
  }
  std::vector<double> ramp(kCodes);
  for (std::size_t code = 0; code < kCodes; ++code) ramp[code] = low + static_cast<double>(code) / scale;
  m_codeValues = ramp;
  StoredImage shown = m_facts;
  shown.channels = 1, shown.modality = {}, shown.padding = {}, shown.bitsStored = 64;
  if (shown.photometric == Photometric::Rgb) shown.photometric = Photometric::Monochrome2;
  m_ramp = rampOf(shown, std::move(ramp));
  m_exact = std::move(values);
  m_levels.push_back(std::move(level));
}

void Picture::halve() {
  if (isVolume()) return;
  while (std::min(m_levels.back().width, m_levels.back().height) >= 2 * kSmallestLevel) {
    const Level& from = m_levels.back();
    Level to{from.width / 2, from.height / 2, {}};
    to.codes.resize(static_cast<std::size_t>(to.width * to.height));
    inPieces(static_cast<std::size_t>(to.height), [&](std::size_t first, std::size_t end) {
      for (auto y = static_cast<std::int64_t>(first); y < static_cast<std::int64_t>(end); ++y) {
        const std::uint16_t* upper = from.codes.data() + 2 * y * from.width;
        const std::uint16_t* lower = upper + from.width;
        std::uint16_t* out = to.codes.data() + y * to.width;
        for (std::int64_t x = 0; x < to.width; ++x)
          out[x] = static_cast<std::uint16_t>(
              (static_cast<std::uint32_t>(upper[2 * x]) + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) >> 2);
      }
    });
    m_levels.push_back(std::move(to));
  }
}

std::size_t Picture::bytes() const {
  std::size_t sum = m_exact.size() * sizeof(float);
  for (const auto& level : m_levels) sum += level.codes.size() * sizeof(std::uint16_t);
  return sum;
}

double Picture::valueAt(std::int64_t x, std::int64_t y, std::int64_t z) const {
  const auto index = static_cast<std::size_t>((z * size().y + y) * size().x + x);
  return m_exact.empty() ? m_codeValues[m_levels[0].codes[index]] : static_cast<double>(m_exact[index]);
}

VoiWindow Picture::percentileWindow(double low, double high) const {
  std::vector<ValueCount> histogram;
  for (std::size_t code = 0; code < m_histogram.size(); ++code)
    if (m_histogram[code] > 0 && std::isfinite(m_codeValues[code])) histogram.push_back({m_codeValues[code], m_histogram[code]});
  if (histogram.empty()) return {.center = 0.5, .width = 1, .function = WindowFunction::LinearExact};
  std::sort(histogram.begin(), histogram.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  const double from = percentile(histogram, low), to = percentile(histogram, high);
  return {.center = (from + to) / 2, .width = std::max(to - from, 1e-6), .function = WindowFunction::LinearExact};
}

VoiWindow Picture::windowOf(const PixelPipelineSettings& settings) const {
  const auto between = [](double low, double high) {
    return VoiWindow{.center = (low + high) / 2, .width = std::max(high - low, 1e-6), .function = WindowFunction::LinearExact};
  };
  switch (settings.voi) {
    case VoiChoice::Custom: return settings.window;
    case VoiChoice::Window: return m_facts.windows[static_cast<std::size_t>(settings.index)];
    case VoiChoice::Lut: {
      const LookupTable& table = m_facts.voiLuts[static_cast<std::size_t>(settings.index)];
      const auto first = static_cast<double>(table.firstMapped);
      return between(first, first + static_cast<double>(table.entries.size()));
    }
    case VoiChoice::FullRange: return m_possible ? between(m_possible->first, m_possible->second) : percentileWindow(0, 100);
    case VoiChoice::None:  // volumes: the file's own window where it has one
      for (const auto& window : m_facts.windows)
        if (isUsable(window)) return window;
      return percentileWindow(0.5, 99.5);
    case VoiChoice::Automatic:
    case VoiChoice::Percentile: break;
  }
  return percentileWindow(settings.lowPercentile, settings.highPercentile);
}

std::vector<std::uint8_t> Picture::greyTable(const PixelPipelineSettings& settings) const {
  const Image grey = applyPixelPipeline(m_ramp, settings);
  std::vector<std::uint8_t> table(grey.values.size());
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(grey.values[i], 0.0F, 1.0F)));
  return table;
}

}  // namespace roundel
