#include "cli/commands/prepare_volumes.h"

#include <map>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "imaging/image_source.h"
#include "raster/pixel_pipeline.h"
#include "rounds/left_out.h"
#include "train/prepared_study.h"

namespace roundel::cli {
namespace {

constexpr std::array<SplitPart, 4> kParts{SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test};

/// The cases of a split with their parts, and how to open them.
class VolumeStudy {
 public:
  VolumeStudy(const Project& project, const std::string& name) : m_project(project) {
    const auto split = project.split(name);
    if (!split)
      throw Error(ErrorKind::BadInput, "no-split", "The project has no split named " + sanitisedUtf8(name) + " yet.",
                  {.remedy = "Draw one: roundel split STUDY --labelled 5 --unlabelled rest --validation 10 --test 20."});
    for (const SplitPart part : kParts)
      for (const auto& one : split->part(part)) m_cases.emplace_back(project.findCase(one).value(), toString(part));
    if (m_cases.empty()) throw Error(ErrorKind::BadInput, "no-cases", "The split " + sanitisedUtf8(name) + " has no cases.");
  }

  std::size_t size() const { return m_cases.size(); }
  const Case& caseAt(std::size_t i) const { return m_cases[i].first; }
  const std::string& partAt(std::size_t i) const { return m_cases[i].second; }
  std::string modalityAt(std::size_t i) const {
    const Json& facts = caseAt(i).facts;
    return facts.is_object() ? facts.value("modality", std::string()) : std::string();
  }
  Image imageAt(std::size_t i, Job& job) {
    const Case& one = caseAt(i);
    Image image = loadImage(m_client, {.files = {m_project.imagePath(one)}}, pixelPipelineFromJson(one.pixelPipeline), stopOf(job)).image;
    if (image.geometry.size != one.geometry.size)
      throw Error(ErrorKind::BadInput, "size-mismatch",
                  "The image of the case " + one.name + " does not have the size it had when it was imported.",
                  {.caseName = one.name, .remedy = "Import the image again."});
    return image;
  }
  std::optional<Annotation> labelsAt(std::size_t i) const {
    auto annotation = m_project.latest(caseAt(i).id);
    if (annotation && !annotation->anyAnnotated()) annotation.reset();
    return annotation;
  }

 private:
  const Project& m_project;
  DecodeClient m_client;
  std::vector<std::pair<Case, std::string>> m_cases;
};

/// The window of a study of CT: from the values inside the labels of its labelled cases, and of no others.
IntensityWindow windowOf(VolumeStudy& study, Job& job) {
  std::vector<float> values;
  for (std::size_t i = 0; i < study.size(); ++i) {
    const auto labels = study.labelsAt(i);
    if (study.partAt(i) != "labelled" || !labels) continue;
    job.throwIfStopped();
    addValuesInside(study.imageAt(i, job), *labels, values);
  }
  return intensityOf(std::move(values));
}

bool wantsWindow(const VolumePreparation& preparation, const VolumeStudy& study) {
  if (preparation.window) return false;
  if (preparation.intensity == IntensityChoice::Window) return true;
  if (preparation.intensity != IntensityChoice::Automatic) return false;
  for (std::size_t i = 0; i < study.size(); ++i)
    if (study.modalityAt(i) == "CT") return true;
  return false;
}

PreparedVolume preparedCase(VolumeStudy& study, std::size_t i, const VolumePreparation& preparation, Job& job) {
  const Image image = study.imageAt(i, job);
  try {
    PreparedImage made = prepared(image, study.modalityAt(i), preparation);
    PreparedVolume one{.name = study.caseAt(i).name,
                       .split = study.partAt(i),
                       .modality = study.modalityAt(i),
                       .geometry = made.image.geometry,
                       .original = image.geometry,
                       .crop = made.crop,
                       .applied = made.applied};
    if (const auto labels = study.labelsAt(i)) {
      for (const auto& label : labels->classes)
        one.classes.push_back({label.state, label.state == ClassState::Present ? prepared(label.mask, made) : Mask(one.geometry.size)});
      if (!labels->ignore.empty()) one.ignore = prepared(labels->ignore, made);
    }
    one.image = std::move(made.image.values);
    return one;
  } catch (const Error& error) {
    throw Error(error.kind(), error.code(), study.caseAt(i).name + ": " + error.what(), {.caseName = study.caseAt(i).name});
  }
}

/// Voxels of labels that the crop cut away: they should not lie there.
std::int64_t labelsCutAway(const PreparedVolume& one, const Annotation& labels) {
  std::int64_t lost = 0;
  for (const auto& label : labels.classes)
    if (label.state == ClassState::Present) lost += label.mask.area() - cropped(label.mask, one.crop).area();
  return lost;
}

}  // namespace

Outcome prepareVolumes(const Project& project, const VolumeRequest& request, Context& context) {
  const auto specs = volumePreparationParams();
  const Params params = resolveParams(specs, parseSettings(request.settings, specs));
  VolumeStudy study(project, request.split);
  PreparedVolumes result{.classes = project.classes(), .preparation = volumePreparationFrom(params), .cases = {}};
  VolumePreparation& preparation = result.preparation;
  if (wantsWindow(preparation, study)) preparation.window = windowOf(study, context.job);
  if (params.at("spacing") == "median") {
    std::vector<std::array<double, 3>> spacings;
    for (std::size_t i = 0; i < study.size(); ++i)
      if (study.partAt(i) == "labelled") spacings.push_back(study.caseAt(i).geometry.spacingMm);
    preparation.spacingMm = commonSpacing(spacings);
  }
  Outcome outcome;
  std::map<std::string, int> parts;
  std::vector<LeftOutCase> leftOut;
  for (std::size_t i = 0; i < study.size(); ++i) {
    context.job.throwIfStopped();
    context.job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(study.size()), "preparing volumes");
    PreparedVolume one;
    try {
      one = preparedCase(study, i, preparation, context.job);
    } catch (const Error& error) {
      if (study.partAt(i) != "unlabelled" || error.kind() != ErrorKind::BadInput) throw;
      leftOut.push_back({.index = static_cast<int>(i), .name = study.caseAt(i).name, .code = error.code(), .message = error.what()});
      continue;
    }
    if (const auto labels = study.labelsAt(i))
      if (const std::int64_t lost = labelsCutAway(one, *labels); lost > 0)
        outcome.warnings.push_back(
            {"labels-cut", one.name,
             std::to_string(lost) + " labelled voxels of " + one.name +
                 " lie outside the foreground and were cut away; keep them with --set margin_mm=20 or --set crop=none."});
    ++parts[one.split];
    result.cases.push_back(std::move(one));
  }
  writePreparedVolumes(request.out, result);
  Json volumes = Json::array();
  for (const auto& one : result.cases)
    volumes.push_back({{"name", one.name},
                       {"split", one.split},
                       {"size", {one.geometry.size.x, one.geometry.size.y, one.geometry.size.z}},
                       {"spacing_mm", one.geometry.spacingMm}});
  outcome.result = {{"file", displayPath(request.out)},
                    {"sha256", sha256OfFile(request.out)},
                    {"kind", "volumes"},
                    {"cases", result.cases.size()},
                    {"splits", Json::object()},
                    {"classes", result.classes.size()},
                    {"volumes", std::move(volumes)},
                    {"preparation", toJson(preparation)}};
  for (const SplitPart part : kParts) outcome.result["splits"][toString(part)] = parts[toString(part)];
  outcome.result["left_out"] = toJson(leftOut);
  for (const auto& one : leftOut) outcome.warnings.push_back(warningOf(one));
  if (!leftOut.empty()) outcome.exitCode = 6;
  outcome.text = std::to_string(result.cases.size()) + " volumes with " + std::to_string(result.classes.size()) + " classes are in " +
                 displayPath(request.out) + "\n";
  return outcome;
}

}  // namespace roundel::cli
