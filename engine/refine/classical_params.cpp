#include "refine/classical_params.h"

#include <cmath>

#include "core/error.h"

namespace roundel {

std::vector<ParamSpec> seedParams(const SeedSettings& defaults) {
  return {
      {.name = "band",
       .type = ParamType::Real,
       .defaultValue = defaults.band,
       .minimum = 0,
       .maximum = 1,
       .sentence = "How far the outline of a mask prompt may move each way, as a share of the square root of its area."},
      {.name = "box_core",
       .type = ParamType::Real,
       .defaultValue = defaults.boxCore,
       .minimum = 0,
       .maximum = 1,
       .sentence = "Diameter of the ellipse in the middle of a lone box that surely belongs to the object, as a share of the box."},
      {.name = "point_radius",
       .type = ParamType::Real,
       .defaultValue = defaults.pointRadius,
       .minimum = 0,
       .maximum = 1,
       .sentence = "Radius of the disk around a point, as a share of the square root of the object's expected area."},
      {.name = "unknowns",
       .type = ParamType::Integer,
       .defaultValue = defaults.maximumUnknowns,
       .minimum = 100,
       .maximum = 1'000'000,
       .unit = "px",
       .sentence = "Undecided pixels at most; larger objects are decided on a coarser grid."},
  };
}

SeedSettings seedSettingsFrom(const Params& params) {
  return {.band = params.at("band").get<double>(),
          .boxCore = params.at("box_core").get<double>(),
          .pointRadius = params.at("point_radius").get<double>(),
          .maximumUnknowns = params.at("unknowns").get<std::int64_t>()};
}

ParamSpec contrastParam() {
  return {.name = "contrast",
          .type = ParamType::Choice,
          .defaultValue = "as-is",
          .choices = {"as-is", "equalised"},
          .sentence = "Grey values as the pixel pipeline gives them, or with local histogram equalisation."};
}

Contrast contrastFrom(const Params& params) {
  return params.at("contrast").get<std::string>() == "equalised" ? Contrast::Equalised : Contrast::AsIs;
}

std::string fingerprint(std::initializer_list<double> values) { return Json(std::vector<double>(values)).dump(); }

std::string seedFingerprint(const SeedSettings& settings) {
  return fingerprint({settings.band, settings.boxCore, settings.pointRadius, static_cast<double>(settings.maximumUnknowns),
                      static_cast<double>(settings.maximumPixels)});
}

LowResLogits maskPromptFrom(const ClassicalEmbedding& embedding, std::span<const float> probability) {
  if (probability.size() != static_cast<std::size_t>(embedding.imageSize.count()))
    throw Error(ErrorKind::Defect, "size-mismatch", "A soft mask of another size than the image was given as a mask prompt.");
  Field field(embedding.grey.width, embedding.grey.height);
  for (std::size_t i = 0; i < probability.size(); ++i) field.values[i] = std::isfinite(probability[i]) ? probability[i] : 0.0F;
  return lowResFrom(field, embedding.imageSize);
}

}  // namespace roundel
