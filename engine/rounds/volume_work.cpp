#include "rounds/volume_work.h"

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "rounds/run_strategy.h"

namespace roundel {
namespace {

bool wantsWindow(const RunPlan& plan, const VolumePreparation& preparation) {
  if (preparation.window) return false;
  if (preparation.intensity == IntensityChoice::Window) return true;
  return preparation.intensity == IntensityChoice::Automatic &&
         std::any_of(plan.cases.begin(), plan.cases.end(), [](const PlannedCase& one) { return one.modality == "CT"; });
}

/// What the run's parameters say, without their prefix.
Params volumeParamsOf(const RunPlan& plan) {
  Params params = Json::object();
  // A run of an older version may lack one.
  for (const auto& spec : volumePreparationParams()) params[spec.name] = plan.runParams.value("volume_" + spec.name, spec.defaultValue);
  return params;
}

VolumePreparation preparationOf(const RunPlan& plan, const VolumeOfCase& image, const LabelsOfCase& labels) {
  const Params params = volumeParamsOf(plan);
  VolumePreparation preparation = volumePreparationFrom(params);
  const auto labelled = plan.casesOf(SplitPart::Labelled);
  if (wantsWindow(plan, preparation)) {
    std::vector<float> values;
    for (const int index : labelled) addValuesInside(*image(index), *labels(index), values);
    preparation.window = intensityOf(std::move(values));
  }
  if (params.at("spacing") == "median") {
    std::vector<std::array<double, 3>> spacings;
    for (const int index : labelled)
      if (const auto volume = image(index); volume->geometry.hasSpacing()) spacings.push_back(volume->geometry.spacingMm);
    const bool byRule = findRunStrategy(plan.strategy).specialist == "nnunet-like";  // nobody has asked for it by hand
    if (!spacings.empty() || !byRule) preparation.spacingMm = commonSpacing(spacings);
  }
  return preparation;
}

Json boxToJson(const PixelBox& box) { return {box.x0, box.y0, box.z0, box.x1, box.y1, box.z1}; }

}  // namespace

PreparedImage preparedCase(const PlannedCase& planned, const Image& volume, const VolumePreparation& preparation) {
  if (preparation.spacingMm && !volume.geometry.hasSpacing())
    throw Error(ErrorKind::BadInput, "no-spacing",
                "The case " + planned.name + " does not say how large its voxels are, and all volumes are to be brought to one spacing.",
                {.caseName = planned.name, .remedy = "Leave out --set volume_spacing=..., or split again without the case."});
  try {
    return prepared(volume, planned.modality, preparation);
  } catch (const Error& error) {
    throw Error(error.kind(), error.code(), "The volume of the case " + planned.name + " cannot be used: " + error.what(),
                {.caseName = planned.name, .remedy = "Split again with lists that leave the case out."});
  }
}

VolumeWork findVolumeWork(const RunPlan& plan, const VolumeOfCase& image, const LabelsOfCase& labels) {
  VolumeWork work{.preparation = preparationOf(plan, image, labels)};
  std::vector<Size> labelled;
  for (std::size_t i = 0; i < plan.cases.size(); ++i) {
    const PlannedCase& planned = plan.cases[i];
    if (plan.leftOut.contains(static_cast<int>(i))) {
      work.cases.push_back({});
      continue;
    }
    const PreparedImage made = preparedCase(planned, *image(static_cast<int>(i)), work.preparation);
    work.cases.push_back({made.crop, made.image.geometry.size});
    if (planned.part == SplitPart::Labelled) labelled.push_back(made.image.geometry.size);
  }
  work.patch = patchOf(plan.trainParams, plan.preset, labelled);
  return work;
}

std::filesystem::path volumeWorkPath(const std::filesystem::path& runFolder) { return runFolder / "volumes.json"; }

void writeVolumeWork(const std::filesystem::path& path, const VolumeWork& work) {
  Json cases = Json::array();
  for (const auto& one : work.cases) cases.push_back({{"crop", boxToJson(one.crop)}, {"size", {one.size.x, one.size.y, one.size.z}}});
  writeJsonAtomically(
      path,
      {{"schema", "roundel.volumes/1"}, {"preparation", toJson(work.preparation)}, {"patch", work.patch}, {"cases", std::move(cases)}});
}

VolumeWork readVolumeWork(const std::filesystem::path& path) {
  const Json json = readJson(path);
  try {
    VolumeWork work{.preparation = volumePreparationFromJson(json.at("preparation")), .patch = json.at("patch").get<PatchSize>()};
    for (const auto& one : json.at("cases")) {
      const auto crop = one.at("crop").get<std::array<std::int64_t, 6>>();
      const auto size = one.at("size").get<std::array<std::int64_t, 3>>();
      work.cases.push_back({{crop[0], crop[1], crop[3], crop[4], crop[2], crop[5]}, {size[0], size[1], size[2]}});
    }
    return work;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "What is known of the run's volumes is damaged: " + displayPath(path) + ".",
                {.path = displayPath(path), .remedy = "Start a new run."});
  }
}

}  // namespace roundel
