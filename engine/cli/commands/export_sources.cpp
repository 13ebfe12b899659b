#include "cli/commands/export_sources.h"

#include <algorithm>

#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/image_names.h"
#include "exchange/study_mapping.h"
#include "imaging/image_source.h"
#include "models/volume_prediction.h"
#include "raster/pixel_pipeline.h"
#include "rounds/evaluate.h"
#include "rounds/left_out.h"
#include "rounds/probability_file.h"
#include "rounds/pseudo_label.h"
#include "rounds/volume_work.h"

namespace roundel::cli {
namespace {

bool isMirrored(const Json& pixelPipeline) { return pixelPipelineFromJson(pixelPipeline).mirror == MirrorChoice::Yes; }

ExportedCase turnedBack(ExportedCase one, const Json& pixelPipeline) {
  if (!isMirrored(pixelPipeline)) return one;
  one.annotation = mirrored(one.annotation);
  one.geometry = mirrored(one.geometry);
  return one;
}

/// The picture without its mirror: what the exported labels lie on.
Image pictureOf(const Json& pixelPipeline, const ExportedCase& one, DecodeClient& images) {
  PixelPipelineSettings settings = pixelPipelineFromJson(pixelPipeline);
  settings.mirror = MirrorChoice::No;
  return loadImage(images, {.files = {one.image}}, settings).image;
}

std::string modalityOf(const Case& one) { return one.facts.is_object() ? one.facts.value("modality", std::string()) : std::string(); }

/// Case -> its part in the split `main`.
std::map<std::string, std::string> partsOf(const Project& project) {
  std::map<std::string, std::string> parts;
  const auto split = project.split("main");
  for (const SplitPart part : {SplitPart::Labelled, SplitPart::Unlabelled, SplitPart::Validation, SplitPart::Test})
    for (const auto& name : split ? split->part(part) : std::vector<std::string>()) parts[name] = toString(part);
  return parts;
}

ExportSource labelsOf(const Project& project, DecodeClient& images) {
  const auto versions = project.latestVersions();
  auto cases = std::make_shared<std::vector<Case>>();
  for (const auto& one : project.cases())
    if (const auto found = versions.find(one.id); found != versions.end() && (found->second.anyAnnotated() || project.latest(one.id)))
      cases->push_back(one);
  if (cases->empty())
    throw Error(ErrorKind::BadInput, "no-labels", "No case of the study has labels.",
                {.path = displayPath(project.folder()), .remedy = "Import some, or export predictions with --what predictions."});
  std::vector<std::filesystem::path> paths;
  for (const auto& one : *cases) paths.push_back(project.imagePath(one));
  auto parts = std::make_shared<std::map<std::string, std::string>>(partsOf(project));
  return {.classes = project.classes(),
          .count = cases->size(),
          .load =
              [&project, cases, parts, references = imageReferences(paths)](std::size_t i) {
                const Case& one = (*cases)[i];
                const auto annotation = project.latest(one.id);
                const auto part = parts->find(one.name);
                return turnedBack({.name = one.name,
                                   .image = project.imagePath(one),
                                   .reference = references[i],
                                   .geometry = one.geometry,
                                   .annotation = annotation.value(),
                                   .modality = modalityOf(one),
                                   .part = part == parts->end() ? std::string() : part->second},
                                  one.pixelPipeline);
              },
          .picture =
              [&project, &images](const ExportedCase& exported) {
                const auto one = project.findCase(exported.name);
                return pictureOf(one.value().pixelPipeline, exported, images);
              },
          .dicom = [&images](const ExportedCase& exported) { return images.source({.paths = {exported.image}}); }};
}

/// The folder of the round's stage that holds what is asked for, and its round; newest first.
/// Of volumes the predictions of test cases are kept, too.
std::filesystem::path stageFolder(const std::filesystem::path& run, const ExportChoice& choice, bool ofVolumes) {
  std::vector<std::string> stages{"gate", "refine"};
  if (choice.what == "predictions") stages = {"propose"};
  if (choice.what == "predictions" && ofVolumes) stages.push_back("validate");
  const auto holdsCases = [](const std::filesystem::path& folder) {
    std::error_code code;
    for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
      if (at->path().filename().native().starts_with("case-")) return true;
    return false;
  };
  constexpr int kMostRounds = 1000;
  for (int round = choice.round >= 0 ? choice.round : kMostRounds; round >= std::max(choice.round, 0); --round)
    for (const auto& stage : stages)
      if (const auto folder = run / ("round-" + std::to_string(round)) / stage; holdsCases(folder)) return folder;
  throw Error(ErrorKind::BadInput, "no-predictions",
              "The run " + run.filename().string() + (choice.round >= 0 ? " has in round " + std::to_string(choice.round) : " has") +
                  " no " + (choice.what == "predictions" ? "predictions" : "pseudo-labels") + " yet.",
              {.path = displayPath(run), .remedy = "Let the run go on, or name another with --run and --round."});
}

Annotation annotationOfPseudoLabels(const CasePseudoLabels& labels, bool acceptedOnly) {
  Annotation annotation = Annotation::empty(labels.size, static_cast<int>(labels.classes.size()));
  for (std::size_t c = 0; c < labels.classes.size(); ++c)
    if (!acceptedOnly || labels.classes[c].verdict == Verdict::Accept) annotation.set(static_cast<int>(c), labels.classes[c].mask);
  return annotation;
}

/// `place`: of a volume.
Annotation annotationOfPrediction(const Prediction& prediction, Size size, const PlacedVolume* place) {
  Annotation annotation = Annotation::empty(size, prediction.classCount);
  auto masks = place != nullptr ? masksOnVolume(prediction, place->crop, size) : masksOf(prediction, size);
  for (int c = 0; c < prediction.classCount; ++c) annotation.set(c, std::move(masks[static_cast<std::size_t>(c)]));
  return annotation;
}

ExportSource machineLabelsOf(const Project& project, const ExportChoice& choice, DecodeClient& images) {
  const auto run = runFolderOf(project.folder(), choice.run);
  auto plan = std::make_shared<RunPlan>(readRunPlan(run));
  const auto folder = stageFolder(run, choice, plan->volumes);
  const bool predictions = folder.filename() == "propose", acceptedOnly = choice.verdict == "accepted";
  const std::string extension = predictions ? ".prob" : ".json";
  auto indices = std::make_shared<std::vector<int>>();
  for (int i = 0; i < static_cast<int>(plan->cases.size()); ++i)
    if (std::filesystem::exists(caseFile(folder, i, extension))) indices->push_back(i);
  std::vector<std::filesystem::path> paths;
  for (const int i : *indices) paths.emplace_back(plan->cases[static_cast<std::size_t>(i)].imagePath);
  const auto references = imageReferences(paths);
  const auto volumes =
      plan->volumes && predictions ? std::make_shared<VolumeWork>(readVolumeWork(volumeWorkPath(run))) : std::shared_ptr<VolumeWork>();
  const auto geometryOf = [&project](const PlannedCase& one) {
    const auto known = project.findCase(one.name);
    return known && known->geometry.size == one.size ? known->geometry : Geometry{.size = one.size};
  };
  return {.classes = plan->classes,
          .origin = LabelOrigin::Machine,
          .count = indices->size(),
          .load =
              [=, &project](std::size_t i) {
                const int index = (*indices)[i];
                const PlannedCase& one = plan->cases[static_cast<std::size_t>(index)];
                const auto file = caseFile(folder, index, extension);
                Annotation annotation =
                    predictions ? annotationOfPrediction(readProbabilities(file), one.size,
                                                         volumes ? &volumes->cases.at(static_cast<std::size_t>(index)) : nullptr)
                                : annotationOfPseudoLabels(casePseudoLabelsFromJson(readJson(file)), acceptedOnly);
                const auto known = project.findCase(one.name);
                return turnedBack({.name = one.name,
                                   .image = one.imagePath,
                                   .reference = references[i],
                                   .geometry = geometryOf(one),
                                   .annotation = std::move(annotation),
                                   .modality = known ? modalityOf(*known) : std::string(),
                                   .part = toString(one.part)},
                                  one.pixelPipeline);
              },
          .picture =
              [plan, &images](const ExportedCase& exported) {
                for (const auto& one : plan->cases)
                  if (one.name == exported.name) return pictureOf(one.pixelPipeline, exported, images);
                throw Error(ErrorKind::Defect, "defect", "A case of the export is not in the run's plan.", {.caseName = exported.name});
              },
          .dicom = [&images](const ExportedCase& exported) { return images.source({.paths = {exported.image}}); }};
}

}  // namespace

ExportSource exportSource(const Project& project, const ExportChoice& choice, DecodeClient& images) {
  return choice.what == "labels" ? labelsOf(project, images) : machineLabelsOf(project, choice, images);
}

}  // namespace roundel::cli
