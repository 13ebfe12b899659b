#include <array>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/param_spec.h"
#include "raster/grey_mapping.h"
#include "raster/pixel_pipeline.h"

namespace roundel {
namespace {

template <class Choice, std::size_t Count>
using Words = std::array<std::pair<Choice, const char*>, Count>;

constexpr Words<VoiChoice, 7> kVoiWords{{{VoiChoice::Automatic, "automatic"},
                                         {VoiChoice::Window, "window"},
                                         {VoiChoice::Lut, "lut"},
                                         {VoiChoice::Custom, "custom"},
                                         {VoiChoice::Percentile, "percentile"},
                                         {VoiChoice::FullRange, "full-range"},
                                         {VoiChoice::None, "none"}}};
constexpr Words<PolarityChoice, 3> kPolarityWords{
    {{PolarityChoice::Automatic, "automatic"}, {PolarityChoice::Keep, "keep"}, {PolarityChoice::Invert, "invert"}}};
constexpr Words<MirrorChoice, 4> kMirrorWords{
    {{MirrorChoice::No, "no"}, {MirrorChoice::Yes, "yes"}, {MirrorChoice::ToLeft, "to-left"}, {MirrorChoice::ToRight, "to-right"}}};
constexpr Words<PaddingChoice, 2> kPaddingWords{{{PaddingChoice::Black, "black"}, {PaddingChoice::Keep, "keep"}}};
constexpr Words<LocalContrast, 2> kContrastWords{{{LocalContrast::None, "none"}, {LocalContrast::Clahe, "clahe"}}};
constexpr Words<WindowFunction, 3> kFunctionWords{
    {{WindowFunction::Linear, "linear"}, {WindowFunction::LinearExact, "linear-exact"}, {WindowFunction::Sigmoid, "sigmoid"}}};

[[noreturn]] void refuse(const std::string& sentence, const std::string& remedy = {}) {
  throw Error(ErrorKind::BadInput, "bad-pixel-pipeline", sentence, {.remedy = remedy});
}

template <class Choice, std::size_t Count>
std::string wordOf(const Words<Choice, Count>& words, Choice choice) {
  for (const auto& [known, word] : words)
    if (known == choice) return word;
  return {};
}

template <class Choice, std::size_t Count>
Choice choiceOf(const Words<Choice, Count>& words, const Json& json, const char* key, Choice fallback) {
  if (!json.contains(key)) return fallback;
  const auto text = json.at(key).get<std::string>();
  std::vector<std::string> known;
  for (const auto& [choice, word] : words) {
    if (text == word) return choice;
    known.emplace_back(word);
  }
  const std::string near = nearestName(text, known);
  refuse("The pixel pipeline's " + std::string(key) + " is " + text + ", which is none of its choices.",
         near.empty() ? std::string() : "Did you mean " + near + "?");
}

void requirePercentiles(const PixelPipelineSettings& settings) {
  if (!(settings.lowPercentile >= 0 && settings.lowPercentile < settings.highPercentile && settings.highPercentile <= 100))
    refuse("The pixel pipeline's percentiles must rise and lie between 0 and 100.");
}

void requireContrast(const PixelPipelineSettings& settings) {
  if (settings.tiles < 1 || settings.tiles > 64) refuse("The pixel pipeline's tiles must lie between 1 and 64.");
  if (!(settings.clipLimit >= 1 && settings.clipLimit <= 1000)) refuse("The pixel pipeline's clip limit must lie between 1 and 1000.");
}

VoiChoice automaticVoi(const StoredImage& image, int& index) {
  index = 0;
  if (image.geometry.size.z > 1) return VoiChoice::None;
  for (std::size_t i = 0; i < image.windows.size(); ++i)
    if (isUsable(image.windows[i])) {
      index = static_cast<int>(i);
      return VoiChoice::Window;
    }
  if (!image.voiLuts.empty()) return VoiChoice::Lut;
  return !isFloat(image.values) && image.bitsStored <= 8 ? VoiChoice::FullRange : VoiChoice::Percentile;
}

void requireVoi(const PixelPipelineSettings& settings, const StoredImage& image) {
  const auto index = static_cast<std::size_t>(settings.index);
  const bool negative = settings.index < 0;
  if (settings.voi == VoiChoice::Window && (negative || index >= image.windows.size()))
    refuse("The image has " + std::to_string(image.windows.size()) + " windows; number " + std::to_string(settings.index) +
               " (counted from 0) is not among them.",
           "Choose another window or the automatic choice.");
  if (settings.voi == VoiChoice::Lut && (negative || index >= image.voiLuts.size()))
    refuse("The image has " + std::to_string(image.voiLuts.size()) + " VOI tables; number " + std::to_string(settings.index) +
               " (counted from 0) is not among them.",
           "Choose another table or the automatic choice.");
  if ((settings.voi == VoiChoice::Window && !isUsable(image.windows[index])) ||
      (settings.voi == VoiChoice::Custom && !isUsable(settings.window)))
    refuse("The chosen window has no width above 0.", "Choose another window or the automatic choice.");
  if (settings.voi == VoiChoice::Percentile) requirePercentiles(settings);
}

}  // namespace

std::string toString(VoiChoice choice) { return wordOf(kVoiWords, choice); }
std::string toString(PolarityChoice choice) { return wordOf(kPolarityWords, choice); }
std::string toString(MirrorChoice choice) { return wordOf(kMirrorWords, choice); }
std::string toString(PaddingChoice choice) { return wordOf(kPaddingWords, choice); }
std::string toString(LocalContrast choice) { return wordOf(kContrastWords, choice); }

std::vector<ParamSpec> pixelPipelineParams() {
  const PixelPipelineSettings standard;
  return {
      {.name = "voi",
       .type = ParamType::Choice,
       .defaultValue = toString(standard.voi),
       .choices = {"automatic", "percentile", "full-range"},
       .sentence = "How values become grey: as the file says, between two percentiles, or over the whole range of its bits."},
      {.name = "low_percentile",
       .type = ParamType::Real,
       .defaultValue = standard.lowPercentile,
       .minimum = 0,
       .maximum = 100,
       .sentence = "What becomes black, where percentiles decide."},
      {.name = "high_percentile",
       .type = ParamType::Real,
       .defaultValue = standard.highPercentile,
       .minimum = 0,
       .maximum = 100,
       .sentence = "What becomes white, where percentiles decide."},
      {.name = "polarity",
       .type = ParamType::Choice,
       .defaultValue = toString(standard.polarity),
       .choices = {"automatic", "keep", "invert"},
       .sentence = "Whether dark and bright are exchanged; automatic follows the file."},
      {.name = "padding",
       .type = ParamType::Choice,
       .defaultValue = toString(standard.padding),
       .choices = {"black", "keep"},
       .sentence = "What becomes of pixels that the file calls padding."},
      {.name = "local_contrast",
       .type = ParamType::Choice,
       .defaultValue = toString(standard.localContrast),
       .choices = {"none", "clahe"},
       .sentence = "Contrast-limited adaptive histogram equalisation of the grey picture."},
      {.name = "tiles",
       .type = ParamType::Integer,
       .defaultValue = standard.tiles,
       .minimum = 1,
       .maximum = 64,
       .sentence = "Tiles along each side, for clahe."},
      {.name = "clip_limit",
       .type = ParamType::Real,
       .defaultValue = standard.clipLimit,
       .minimum = 1,
       .maximum = 1000,
       .sentence = "How far a grey may stand out in a tile, in means of its histogram, for clahe."},
  };
}

Json toJson(const PixelPipelineSettings& settings) {
  return {{"voi", toString(settings.voi)},
          {"index", settings.index},
          {"window",
           {{"center", settings.window.center},
            {"width", settings.window.width},
            {"function", toString(settings.window.function)},
            {"explanation", settings.window.explanation}}},
          {"low_percentile", settings.lowPercentile},
          {"high_percentile", settings.highPercentile},
          {"polarity", toString(settings.polarity)},
          {"mirror", toString(settings.mirror)},
          {"padding", toString(settings.padding)},
          {"local_contrast", toString(settings.localContrast)},
          {"tiles", settings.tiles},
          {"clip_limit", settings.clipLimit}};
}

PixelPipelineSettings pixelPipelineFromJson(const Json& json) {
  if (!json.is_object()) refuse("The pixel pipeline's settings are no JSON object.");
  PixelPipelineSettings settings;
  try {
    settings.voi = choiceOf(kVoiWords, json, "voi", settings.voi);
    settings.index = json.value("index", settings.index);
    if (json.contains("window")) {
      const Json& window = json.at("window");
      settings.window.center = window.value("center", 0.0);
      settings.window.width = window.value("width", 0.0);
      settings.window.function = choiceOf(kFunctionWords, window, "function", WindowFunction::Linear);
      settings.window.explanation = window.value("explanation", std::string());
    }
    settings.lowPercentile = json.value("low_percentile", settings.lowPercentile);
    settings.highPercentile = json.value("high_percentile", settings.highPercentile);
    settings.polarity = choiceOf(kPolarityWords, json, "polarity", settings.polarity);
    settings.mirror = choiceOf(kMirrorWords, json, "mirror", settings.mirror);
    settings.padding = choiceOf(kPaddingWords, json, "padding", settings.padding);
    settings.localContrast = choiceOf(kContrastWords, json, "local_contrast", settings.localContrast);
    settings.tiles = json.value("tiles", settings.tiles);
    settings.clipLimit = json.value("clip_limit", settings.clipLimit);
  } catch (const Json::exception&) {
    refuse("An entry of the pixel pipeline's settings has the wrong type.");
  }
  requirePercentiles(settings);
  requireContrast(settings);
  return settings;
}

bool mirrors(const PixelPipelineSettings& settings, const StoredImage& image) {
  switch (settings.mirror) {
    case MirrorChoice::No: return false;
    case MirrorChoice::Yes: return true;
    case MirrorChoice::ToLeft: return image.laterality == "R";
    case MirrorChoice::ToRight: return image.laterality == "L";
  }
  return false;
}

PixelPipelineSettings resolved(const PixelPipelineSettings& settings, const StoredImage& image) {
  PixelPipelineSettings result = settings;
  if (result.voi == VoiChoice::Automatic) result.voi = automaticVoi(image, result.index);
  requireVoi(result, image);
  if (result.polarity == PolarityChoice::Automatic)
    result.polarity = image.photometric == Photometric::Monochrome1 ? PolarityChoice::Invert : PolarityChoice::Keep;
  result.mirror = mirrors(settings, image) ? MirrorChoice::Yes : MirrorChoice::No;
  return result;
}

PixelPipelineSettings defaultSettings(const StoredImage& image) { return resolved({}, image); }

}  // namespace roundel
