#include "raster/volume_preparation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "raster/grid_map.h"
#include "raster/resample.h"

namespace roundel {
namespace {

constexpr double kAir = -500;  // Hounsfield units
constexpr double kBackgroundShare = 0.01;

/// Rank `share` (0 .. 1) of the values, which are put in another order.
double ranked(std::vector<float>& values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(std::llround(share * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

struct Spread {
  double mean = 0, deviation = 0;
  std::int64_t count = 0;
};

template <class Values>
Spread spreadOf(const Values& values, double above) {
  double sum = 0, squares = 0;
  std::int64_t count = 0;
  for (const float value : values)
    if (std::isfinite(value) && value > above) {
      sum += value;
      ++count;
    }
  const double mean = count == 0 ? 0 : sum / static_cast<double>(count);
  for (const float value : values)
    if (std::isfinite(value) && value > above) squares += (value - mean) * (value - mean);
  return {.mean = mean, .deviation = count == 0 ? 0 : std::sqrt(squares / static_cast<double>(count)), .count = count};
}

PixelBox wholeOf(const Size& size) { return {0, 0, size.x, size.y, 0, size.z}; }

PixelBox foregroundBox(const Image& volume, double level, double marginMm) {
  const Size& size = volume.geometry.size;
  PixelBox box{size.x, size.y, 0, 0, size.z, 0};
  std::size_t at = 0;
  for (std::int64_t z = 0; z < size.z; ++z)
    for (std::int64_t y = 0; y < size.y; ++y)
      for (std::int64_t x = 0; x < size.x; ++x, ++at) {
        if (!(volume.values[at] > level)) continue;
        box = {std::min(box.x0, x),     std::min(box.y0, y), std::max(box.x1, x + 1),
               std::max(box.y1, y + 1), std::min(box.z0, z), std::max(box.z1, z + 1)};
      }
  if (box.empty()) return wholeOf(size);
  const auto margin = [&](std::size_t axis) { return static_cast<std::int64_t>(std::ceil(marginMm / volume.geometry.spacingMm[axis])); };
  return {std::max<std::int64_t>(box.x0 - margin(0), 0), std::max<std::int64_t>(box.y0 - margin(1), 0),
          std::min(box.x1 + margin(0), size.x),          std::min(box.y1 + margin(1), size.y),
          std::max<std::int64_t>(box.z0 - margin(2), 0), std::min(box.z1 + margin(2), size.z)};
}

Size sizeOf(const PixelBox& box) { return {box.x1 - box.x0, box.y1 - box.y0, box.z1 - box.z0}; }

Size resampledSize(const Geometry& geometry, const std::array<double, 3>& spacing) {
  const auto side = [&](std::int64_t old, std::size_t axis) {
    return std::max<std::int64_t>(std::llround(static_cast<double>(old) * geometry.spacingMm[axis] / spacing[axis]), 1);
  };
  return {side(geometry.size.x, 0), side(geometry.size.y, 1), side(geometry.size.z, 2)};
}

IntensityWindow windowFor(const Image& volume, const std::string& modality, const VolumePreparation& preparation, double level) {
  IntensityChoice choice = preparation.intensity;
  if (choice == IntensityChoice::Automatic) choice = modality == "CT" ? IntensityChoice::Window : IntensityChoice::Foreground;
  if (choice == IntensityChoice::None) return {.low = 0, .high = 0};
  if (choice == IntensityChoice::Window) return preparation.window.value_or(intensityOf({}));
  const double above = choice == IntensityChoice::Whole ? -std::numeric_limits<double>::infinity() : level;
  const Spread spread = spreadOf(volume.values, above);
  if (spread.count == 0 || !(spread.deviation > 0))
    throw Error(ErrorKind::BadInput, "bad-image", "The volume holds no values that differ from one another.");
  return {.low = 0, .high = 0, .mean = spread.mean, .deviation = spread.deviation};
}

std::string toString(IntensityChoice choice) {
  switch (choice) {
    case IntensityChoice::Automatic: return "auto";
    case IntensityChoice::Foreground: return "foreground";
    case IntensityChoice::Whole: return "whole";
    case IntensityChoice::Window: return "window";
    case IntensityChoice::None: return "none";
  }
  return "auto";
}

IntensityChoice intensityChoiceFrom(const std::string& text) {
  for (const auto choice :
       {IntensityChoice::Automatic, IntensityChoice::Foreground, IntensityChoice::Whole, IntensityChoice::Window, IntensityChoice::None})
    if (toString(choice) == text) return choice;
  throw Error(ErrorKind::BadInput, "bad-document", "Unknown normalisation of intensities: " + text + ".");
}

}  // namespace

std::vector<ParamSpec> volumePreparationParams() {
  return {{.name = "intensity",
           .type = ParamType::Choice,
           .defaultValue = "auto",
           .choices = {"auto", "foreground", "whole", "window", "none"},
           .sentence =
               "Values of volumes: auto is the study's window for CT and mean 0, deviation 1 of each volume's foreground for all others"},
          {.name = "window",
           .type = ParamType::Text,
           .defaultValue = "auto",
           .sentence = "Of intensity=window: auto, the values inside the labels of the labelled cases; or low,high, for instance -160,240"},
          {.name = "crop",
           .type = ParamType::Choice,
           .defaultValue = "foreground",
           .choices = {"foreground", "none"},
           .sentence = "Whether what lies around the foreground is cut away"},
          {.name = "margin_mm",
           .type = ParamType::Real,
           .defaultValue = 0,
           .minimum = 0,
           .maximum = 1000,
           .unit = "mm",
           .sentence = "What is kept around the foreground"},
          {.name = "spacing",
           .type = ParamType::Text,
           .defaultValue = "keep",
           .sentence = "keep: every volume its own; median: the study's; or three numbers in mm, for instance 1,1,2.5"},
          {.name = "coarser",
           .type = ParamType::Real,
           .defaultValue = 1,
           .minimum = 1,
           .maximum = 16,
           .sentence = "Voxels are made so many times as long on every axis: 2 learns eight times as fast, and sees less"}};
}

Json toJson(const VolumePreparation& preparation) {
  Json window = nullptr, spacing = nullptr;
  if (const auto& w = preparation.window) window = {{"low", w->low}, {"high", w->high}, {"mean", w->mean}, {"deviation", w->deviation}};
  if (preparation.spacingMm) spacing = *preparation.spacingMm;
  return {{"intensity", toString(preparation.intensity)},
          {"window", window},
          {"crop", preparation.crop == VolumeCrop::Foreground ? "foreground" : "none"},
          {"margin_mm", preparation.marginMm},
          {"spacing_mm", spacing},
          {"coarser", preparation.coarser}};
}

VolumePreparation volumePreparationFromJson(const Json& json) {
  try {
    VolumePreparation preparation{.intensity = intensityChoiceFrom(json.at("intensity").get<std::string>()),
                                  .crop = json.at("crop") == "none" ? VolumeCrop::None : VolumeCrop::Foreground,
                                  .marginMm = json.at("margin_mm").get<double>(),
                                  .coarser = json.value("coarser", 1.0)};  // older ones do not say it
    if (const Json& w = json.at("window"); !w.is_null())
      preparation.window = IntensityWindow{w.at("low").get<double>(), w.at("high").get<double>(), w.at("mean").get<double>(),
                                           w.at("deviation").get<double>()};
    if (const Json& spacing = json.at("spacing_mm"); !spacing.is_null()) preparation.spacingMm = spacing.get<std::array<double, 3>>();
    return preparation;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::BadInput, "bad-document", std::string("The preparation of volumes is damaged: ") + error.what());
  }
}

double foregroundLevel(const Image& volume, const std::string& modality) {
  if (modality == "CT") return kAir;
  float low = std::numeric_limits<float>::infinity();
  for (const float value : volume.values)
    if (value < low) low = value;
  const auto held = std::count(volume.values.begin(), volume.values.end(), low);
  const bool background = static_cast<double>(held) >= kBackgroundShare * static_cast<double>(volume.values.size());
  return background ? static_cast<double>(low) : -std::numeric_limits<double>::infinity();
}

IntensityWindow intensityOf(std::vector<float> values) {
  std::erase_if(values, [](float value) { return !std::isfinite(value); });
  if (values.empty()) return {.low = -1000, .high = 1000, .mean = 0, .deviation = 500};
  constexpr double kLow = 0.005, kHigh = 0.995;
  const Spread spread = spreadOf(values, -std::numeric_limits<double>::infinity());
  const double low = ranked(values, kLow), high = ranked(values, kHigh);
  if (!(high > low) || !(spread.deviation > 0)) return {.low = -1000, .high = 1000, .mean = 0, .deviation = 500};
  return {.low = low, .high = high, .mean = spread.mean, .deviation = spread.deviation};
}

std::array<double, 3> commonSpacing(const std::vector<std::array<double, 3>>& spacings) {
  std::array<double, 3> common{1, 1, 1};
  if (spacings.empty()) return common;
  std::array<std::vector<double>, 3> sorted;
  for (const auto& spacing : spacings)
    for (std::size_t axis = 0; axis < 3; ++axis) sorted[axis].push_back(spacing[axis]);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    auto& values = sorted[axis];
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    common[axis] = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  }
  const double finest = std::min({common[0], common[1], common[2]});
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (!(common[axis] > 3 * finest)) continue;
    const auto at = static_cast<std::size_t>(0.1 * static_cast<double>(sorted[axis].size() - 1));
    common[axis] = std::max(sorted[axis][at], finest);
  }
  return common;
}

Image cropped(const Image& image, const PixelBox& box) {
  const Size& size = image.geometry.size;
  Image part{.geometry = image.geometry};
  part.geometry.size = sizeOf(box);
  part.geometry.originMm =
      pointOfIndex(image.geometry, {static_cast<double>(box.x0), static_cast<double>(box.y0), static_cast<double>(box.z0)});
  part.values.reserve(static_cast<std::size_t>(part.geometry.size.count()));
  for (std::int64_t z = box.z0; z < box.z1; ++z)
    for (std::int64_t y = box.y0; y < box.y1; ++y) {
      const auto row = image.values.begin() + (z * size.y + y) * size.x;
      part.values.insert(part.values.end(), row + box.x0, row + box.x1);
    }
  return part;
}

PreparedImage prepared(const Image& volume, const std::string& modality, const VolumePreparation& preparation) {
  const double level = foregroundLevel(volume, modality);
  PreparedImage result{.crop = wholeOf(volume.geometry.size), .applied = windowFor(volume, modality, preparation, level)};
  if (preparation.crop == VolumeCrop::Foreground) result.crop = foregroundBox(volume, level, preparation.marginMm);
  result.image = cropped(volume, result.crop);
  const IntensityWindow& window = result.applied;
  const bool cut = window.low < window.high;
  for (float& value : result.image.values) {
    double number = std::isfinite(value) ? value : cut ? window.low : window.mean;
    if (cut) number = std::clamp(number, window.low, window.high);
    value = static_cast<float>((number - window.mean) / window.deviation);
  }
  if (!preparation.spacingMm && preparation.coarser == 1) return result;
  std::array<double, 3> spacing = preparation.spacingMm.value_or(result.image.geometry.spacingMm);
  for (auto& length : spacing) length *= preparation.coarser;
  const Size size = resampledSize(result.image.geometry, spacing);
  if (size != result.image.geometry.size) result.image = resampled(result.image, size, Interpolation::Antialiased);
  return result;
}

Mask prepared(const Mask& mask, const PreparedImage& volume) {
  const Mask part = cropped(mask, volume.crop);
  const Size size = volume.image.geometry.size;
  return part.size() == size ? part : resampled(part, size, MaskInterpolation::Coverage);
}

}  // namespace roundel
