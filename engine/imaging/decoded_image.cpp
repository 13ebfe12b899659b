#include "imaging/decoded_image.h"

#include <cmath>
#include <span>

#include "core/error.h"

namespace roundel {
namespace {

template <class T>
PixelValues zeros(std::size_t count) {
  return std::vector<T>(count);
}

Json numberOrNull(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json tableJson(const LookupTable& table) {
  return {{"first", table.firstMapped}, {"bits", table.bitsPerEntry}, {"entries", table.entries}, {"explanation", table.explanation}};
}

LookupTable tableFromJson(const Json& json) {
  return {.firstMapped = json.at("first").get<std::int64_t>(),
          .bitsPerEntry = json.at("bits").get<int>(),
          .entries = json.at("entries").get<std::vector<std::uint16_t>>(),
          .explanation = json.at("explanation").get<std::string>()};
}

Json modalityJson(const ModalityTransform& modality) {
  if (const auto* rescale = std::get_if<Rescale>(&modality)) return {{"slope", rescale->slope}, {"intercept", rescale->intercept}};
  if (const auto* table = std::get_if<LookupTable>(&modality)) return {{"lut", tableJson(*table)}};
  return nullptr;
}

ModalityTransform modalityFromJson(const Json& json) {
  if (json.is_null()) return {};
  if (json.contains("lut")) return tableFromJson(json.at("lut"));
  return Rescale{.slope = json.at("slope").get<double>(), .intercept = json.at("intercept").get<double>()};
}

Json windowsJson(const std::vector<VoiWindow>& windows) {
  Json list = Json::array();
  for (const auto& window : windows)
    list.push_back(
        {{"center", window.center}, {"width", window.width}, {"function", toString(window.function)}, {"explanation", window.explanation}});
  return list;
}

std::vector<VoiWindow> windowsFromJson(const Json& json) {
  std::vector<VoiWindow> windows;
  for (const auto& entry : json)
    windows.push_back({.center = entry.at("center").get<double>(),
                       .width = entry.at("width").get<double>(),
                       .function = windowFunctionFromString(entry.at("function").get<std::string>()),
                       .explanation = entry.at("explanation").get<std::string>()});
  return windows;
}

std::string presentationName(PresentationShape shape) {
  switch (shape) {
    case PresentationShape::NotStated: return "";
    case PresentationShape::Identity: return "IDENTITY";
    case PresentationShape::Inverse: return "INVERSE";
  }
  return {};
}

PresentationShape presentationFromName(const std::string& name) {
  if (name == "IDENTITY") return PresentationShape::Identity;
  return name == "INVERSE" ? PresentationShape::Inverse : PresentationShape::NotStated;
}

Photometric photometricFromName(const std::string& name) {
  if (name == "MONOCHROME1") return Photometric::Monochrome1;
  return name == "RGB" ? Photometric::Rgb : Photometric::Monochrome2;
}

Json paddingJson(const std::optional<PixelPadding>& padding) {
  if (!padding) return nullptr;
  return {{"value", numberOrNull(padding->value)}, {"limit", padding->limit ? numberOrNull(*padding->limit) : Json(nullptr)}};
}

std::optional<PixelPadding> paddingFromJson(const Json& json) {
  if (json.is_null() || json.at("value").is_null()) return {};
  PixelPadding padding{.value = json.at("value").get<double>()};
  if (!json.at("limit").is_null()) padding.limit = json.at("limit").get<double>();
  return padding;
}

Json patientJson(const PatientFacts& patient) { return {{"has_patient_id", patient.hasPatientId}, {"key", patient.patientKey}}; }

PatientFacts patientFromJson(const Json& json) {
  return {.hasPatientId = json.at("has_patient_id").get<bool>(), .patientKey = json.at("key").get<std::string>()};
}

template <class Function>
auto parsed(Function function) {
  try {
    return function();
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::BadInput, "bad-document", std::string("The description of a decoded image is damaged: ") + error.what());
  }
}

}  // namespace

std::string valueTypeName(const PixelValues& values) {
  static constexpr const char* kNames[] = {"uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"};
  return kNames[values.index()];
}

PixelValues makeValues(const std::string& name, std::size_t count) {
  if (name == "uint8") return zeros<std::uint8_t>(count);
  if (name == "int8") return zeros<std::int8_t>(count);
  if (name == "uint16") return zeros<std::uint16_t>(count);
  if (name == "int16") return zeros<std::int16_t>(count);
  if (name == "uint32") return zeros<std::uint32_t>(count);
  if (name == "int32") return zeros<std::int32_t>(count);
  if (name == "float32") return zeros<float>(count);
  if (name == "float64") return zeros<double>(count);
  throw Error(ErrorKind::BadInput, "bad-image", "Pixels of the type " + name + " cannot be read.");
}

std::span<const std::byte> valueBytes(const PixelValues& values) {
  return std::visit([](const auto& typed) { return std::as_bytes(std::span(typed)); }, values);
}

std::span<std::byte> valueBytes(PixelValues& values) {
  return std::visit([](auto& typed) { return std::as_writable_bytes(std::span(typed)); }, values);
}

Json toJson(const DecodedImage& decoded) {
  const StoredImage& image = decoded.image;
  const Size& size = image.geometry.size;
  Json luts = Json::array();
  for (const auto& table : image.voiLuts) luts.push_back(tableJson(table));
  Json warnings = Json::array();
  for (const auto& warning : decoded.warnings)
    warnings.push_back({{"code", warning.code}, {"case", warning.caseName}, {"message", warning.message}});
  return {
      {"schema", "roundel.image/1"},
      {"format", decoded.format},
      {"size", {size.x, size.y, size.z}},
      {"channels", image.channels},
      {"volumes", decoded.volumes},
      {"values",
       {{"type", valueTypeName(image.values)}, {"count", valueCount(image.values)}, {"bits_stored", image.bitsStored}, {"file", nullptr}}},
      {"geometry", toJson(image.geometry)},
      {"photometric", toString(image.photometric)},
      {"modality", modalityJson(image.modality)},
      {"windows", windowsJson(image.windows)},
      {"voi_luts", std::move(luts)},
      {"presentation", presentationName(image.presentation)},
      {"padding", paddingJson(image.padding)},
      {"modality_word", image.modalityWord},
      {"laterality", image.laterality},
      {"body_part", image.bodyPart},
      {"burned_in_annotation", image.burnedInAnnotation},
      {"source", image.source},
      {"patient", patientJson(decoded.patient)},
      {"series_key", decoded.seriesKey},
      {"warnings", std::move(warnings)}};
}

DecodedImage decodedImageFromJson(const Json& json) {
  return parsed([&json] {
    DecodedImage decoded;
    StoredImage& image = decoded.image;
    image.geometry = geometryFromJson(json.at("geometry"));
    image.channels = json.at("channels").get<int>();
    const Json& values = json.at("values");
    image.values = makeValues(values.at("type").get<std::string>(), values.at("count").get<std::size_t>());
    image.bitsStored = values.at("bits_stored").get<int>();
    image.photometric = photometricFromName(json.at("photometric").get<std::string>());
    image.modality = modalityFromJson(json.at("modality"));
    image.windows = windowsFromJson(json.at("windows"));
    for (const auto& table : json.at("voi_luts")) image.voiLuts.push_back(tableFromJson(table));
    image.presentation = presentationFromName(json.at("presentation").get<std::string>());
    image.padding = paddingFromJson(json.at("padding"));
    image.modalityWord = json.at("modality_word").get<std::string>();
    image.laterality = json.at("laterality").get<std::string>();
    image.bodyPart = json.at("body_part").get<std::string>();
    image.burnedInAnnotation = json.at("burned_in_annotation").get<bool>();
    image.source = json.at("source");
    decoded.format = json.at("format").get<std::string>();
    decoded.volumes = json.at("volumes").get<int>();
    decoded.patient = patientFromJson(json.at("patient"));
    decoded.seriesKey = json.at("series_key").get<std::string>();
    for (const auto& warning : json.at("warnings"))
      decoded.warnings.push_back({.code = warning.at("code").get<std::string>(),
                                  .caseName = warning.at("case").get<std::string>(),
                                  .message = warning.at("message").get<std::string>()});
    return decoded;
  });
}

bool isOriented(const StoredImage& image) { return image.source.is_object() && image.source.value("oriented", false); }

Json toJson(const ImageProbe& probe) {
  return {{"format", probe.format},
          {"size", {probe.size.x, probe.size.y, probe.size.z}},
          {"channels", probe.channels},
          {"volumes", probe.volumes},
          {"turned", probe.turned},
          {"spacing_source", toString(probe.spacingSource)},
          {"spacing_mm", probe.spacingMm},
          {"origin_mm", probe.originMm},
          {"direction", probe.direction},
          {"oriented", probe.oriented},
          {"holds_labels", probe.holdsLabels},
          {"series_number", probe.seriesNumber},
          {"modality_word", probe.modalityWord},
          {"laterality", probe.laterality},
          {"body_part", probe.bodyPart},
          {"burned_in_annotation", probe.burnedInAnnotation},
          {"patient", patientJson(probe.patient)},
          {"series_key", probe.seriesKey}};
}

ImageProbe imageProbeFromJson(const Json& json) {
  return parsed([&json] {
    const auto size = json.at("size").get<std::array<std::int64_t, 3>>();
    return ImageProbe{.format = json.at("format").get<std::string>(),
                      .size = {size[0], size[1], size[2]},
                      .channels = json.at("channels").get<int>(),
                      .volumes = json.at("volumes").get<int>(),
                      .turned = json.at("turned").get<bool>(),
                      .spacingSource = spacingSourceFromString(json.at("spacing_source").get<std::string>()),
                      .spacingMm = json.at("spacing_mm").get<std::array<double, 3>>(),
                      .originMm = json.at("origin_mm").get<std::array<double, 3>>(),
                      .direction = json.at("direction").get<std::array<double, 9>>(),
                      .oriented = json.at("oriented").get<bool>(),
                      .holdsLabels = json.at("holds_labels").get<bool>(),
                      .modalityWord = json.at("modality_word").get<std::string>(),
                      .seriesNumber = json.at("series_number").get<int>(),
                      .laterality = json.at("laterality").get<std::string>(),
                      .bodyPart = json.at("body_part").get<std::string>(),
                      .burnedInAnnotation = json.at("burned_in_annotation").get<bool>(),
                      .patient = patientFromJson(json.at("patient")),
                      .seriesKey = json.at("series_key").get<std::string>()};
  });
}

}  // namespace roundel
