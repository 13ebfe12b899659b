#include <charconv>

#include "core/error.h"
#include "core/files.h"
#include "raster/volume_preparation.h"

namespace roundel {
namespace {

/// Numbers separated by commas.
std::vector<double> numbersOf(const std::string& name, const std::string& text, std::size_t count) {
  std::vector<double> numbers;
  for (const char *at = text.data(), *end = text.data() + text.size(); at < end;) {
    double value = 0;
    const auto [next, code] = std::from_chars(at, end, value);
    if (code != std::errc() || (next != end && *next != ',')) break;
    numbers.push_back(value);
    at = next + 1;
  }
  if (numbers.size() != count)
    throw Error(
        ErrorKind::Usage, "bad-parameter",
        "The parameter " + name + " is " + std::to_string(count) + " numbers separated by commas, not " + sanitisedUtf8(text) + ".");
  return numbers;
}

}  // namespace

VolumePreparation volumePreparationFrom(const Params& params) {
  Json document = toJson(VolumePreparation{});
  document["intensity"] = params.at("intensity");
  document["crop"] = params.at("crop");
  document["margin_mm"] = params.at("margin_mm");
  document["coarser"] = params.at("coarser");
  VolumePreparation preparation = volumePreparationFromJson(document);
  if (const std::string window = params.at("window").get<std::string>(); window != "auto") {
    const auto ends = numbersOf("window", window, 2);
    if (!(ends[0] < ends[1]))
      throw Error(ErrorKind::Usage, "bad-parameter", "The window ends below its beginning: " + sanitisedUtf8(window) + ".");
    preparation.window =
        IntensityWindow{.low = ends[0], .high = ends[1], .mean = (ends[0] + ends[1]) / 2, .deviation = (ends[1] - ends[0]) / 2};
  }
  const std::string spacing = params.at("spacing").get<std::string>();
  if (spacing != "keep" && spacing != "median") {
    const auto values = numbersOf("spacing", spacing, 3);
    for (const double value : values)
      if (!(value >= 0.01 && value <= 100)) throw Error(ErrorKind::Usage, "bad-parameter", "A spacing lies between 0.01 and 100 mm.");
    preparation.spacingMm = std::array{values[0], values[1], values[2]};
  }
  return preparation;
}

void addValuesInside(const Image& volume, const Annotation& labels, std::vector<float>& values) {
  constexpr std::int64_t kMost = 200'000;  // enough of each case, and no more memory than that
  std::int64_t inside = 0;
  for (const auto& one : labels.classes) inside += one.mask.area();
  const std::int64_t step = std::max<std::int64_t>(inside / kMost, 1);
  std::int64_t at = 0;
  for (const auto& one : labels.classes)
    for (const auto& run : one.mask.runs())
      for (std::int64_t v = run.start; v < run.start + run.length; ++v)
        if (at++ % step == 0) values.push_back(volume.values[static_cast<std::size_t>(v)]);
}

}  // namespace roundel
