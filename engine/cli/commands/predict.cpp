#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "cli/checkpoint_choice.h"
#include "cli/commands/commands.h"
#include "cli/prediction_writer.h"
#include "cli/run_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "exchange/image_names.h"
#include "exchange/study_mapping.h"
#include "imaging/decode_client.h"
#include "imaging/image_source.h"
#include "models/specialist.h"
#include "models/volume_prediction.h"
#include "project/project.h"
#include "refine/builtin_generalists.h"
#include "rounds/evaluate.h"
#include "rounds/labeller.h"
#include "rounds/volume_labeller.h"

namespace roundel::cli {
namespace {

struct PredictFlags {
  std::string model;
  std::vector<std::string> images;
  std::string out;
  std::vector<std::string> refine;    ///< generalists
  std::vector<std::string> settings;  ///< key=value of the generalist, or name.key=value
  std::string mirror = "auto";
  bool augment = false;
};

/// Files as they are; folders as the images in them, subfolders too, in the order of an import. A file that is named twice counts once.
std::vector<std::filesystem::path> imagesFrom(const std::vector<std::string>& given) {
  std::vector<std::filesystem::path> files;
  std::set<std::filesystem::path> seen;
  const auto add = [&](const std::filesystem::path& file) {
    std::error_code code;
    if (seen.insert(std::filesystem::weakly_canonical(file, code)).second) files.push_back(file);
  };
  for (const auto& one : given) {
    std::error_code code;
    if (!std::filesystem::is_directory(one, code)) add(one);  // what is no image is refused when it is opened
    else
      for (const auto& file : filesUnder(one))
        if (isImageName(file)) add(file);
  }
  if (files.empty())
    throw Error(ErrorKind::BadInput, "empty-folder", "There is no image to predict on in " + displayPath(given.front()) + ".",
                {.path = displayPath(given.front()), .remedy = "Give image files or folders of them."});
  return files;
}

/// The settings that new images go through. Several in one checkpoint mean that each image follows its own file, as at import.
struct Settings {
  PixelPipelineSettings pipeline;
  bool learntMirrored = false;  ///< images that the specialist learnt from were mirrored, all or those of one side
};

Settings settingsOf(const Json& pipeline) {
  if (!pipeline.is_object()) return {};
  if (!pipeline.contains("several")) {
    const PixelPipelineSettings only = pixelPipelineFromJson(pipeline);
    return {only, only.mirror == MirrorChoice::Yes};
  }
  const auto& all = pipeline["several"];
  return {{}, std::any_of(all.begin(), all.end(), [](const Json& one) { return pixelPipelineFromJson(one).mirror == MirrorChoice::Yes; })};
}

/// The image as the specialist knows images: mirrored where --mirror names its side.
LoadedImage loadFor(DecodeClient& client, const std::filesystem::path& file, PixelPipelineSettings settings, const std::string& mirror,
                    const std::string& stem) {
  const DecodedImage decoded = client.decode(file);
  if (mirror == "auto") return renderImage(decoded, settings);
  const std::string side = sideOf(stem, decoded.image.laterality);
  settings.mirror = mirrorsSide(mirror, side) ? MirrorChoice::Yes : MirrorChoice::No;
  LoadedImage loaded = renderImage(decoded, settings);
  if (mirror != "none" && side != "L" && side != "R")
    loaded.warnings.push_back({.code = "side-unknown",
                               .caseName = stem,
                               .message = "It does not say whether it is of the left or the right side; it was not mirrored."});
  return loaded;
}

/// A volume by a specialist that learnt from volumes, written on the volume's own grid.
void addVolume(DecodeClient& client, const Specialist& specialist, const Labeller& labeller, const std::filesystem::path& file,
               const std::string& stem, PredictionWriter& writer, Context& context) {
  const DecodedImage decoded = client.decode(file);
  const LoadedImage loaded = renderImage(decoded, {});
  const std::string& modality = decoded.image.modalityWord;
  const auto refine = [&](const Image& prepared, const Prediction& prediction) {
    std::vector<Mask> masks;
    for (auto& one : refineVolume(labeller, stem, prepared, prediction, labeller.clean(prediction), context.job).classes)
      masks.push_back(std::move(one.mask));
    return masks;
  };
  const auto masks = labeller.refines() ? predictVolume(specialist, loaded.image, modality, refine, context.job)
                                        : predictVolume(specialist, loaded.image, modality, context.job);
  writer.addVolume(stem, displayPath(file), loaded.image.geometry, masks, context.job);
  for (const auto& one : loaded.warnings) context.job.warning({.code = one.code, .caseName = stem, .message = one.message});
}

/// The generalists that refine and what was set of each. With one, its name may be left out of a setting.
Labeller::Options refinersOf(const PredictFlags& flags) {
  if (flags.refine.empty() && !flags.settings.empty())
    throw Error(ErrorKind::Usage, "unused-parameter", "--set is for the generalist that refines, and none was named.",
                {.remedy = "Name one, for example --refine random-walker."});
  std::map<std::string, std::vector<std::string>> settings;
  for (const auto& setting : flags.settings) {
    const auto of =
        std::find_if(flags.refine.begin(), flags.refine.end(), [&](const auto& name) { return setting.starts_with(name + "."); });
    if (of != flags.refine.end()) settings[*of].push_back(setting.substr(of->size() + 1));
    else if (flags.refine.size() == 1) settings[flags.refine.front()].push_back(setting);
    else
      throw Error(ErrorKind::Usage, "unused-parameter", "--set " + setting + " does not say which of the generalists it is for.",
                  {.remedy = "For example: --set " + flags.refine.front() + "." + setting});
  }
  Labeller::Options options{.generalists = flags.refine};
  for (const auto& [name, values] : settings)
    options.generalistParams[name] = parseSettings(values, generalistRegistry().find(name).params);
  return options;
}

Outcome predict(const PredictFlags& flags, Context& context) {
  const Specialist specialist =
      Specialist::load(checkpointFrom(flags.model), {.augmentation = flags.augment ? TestTimeAugmentation::Yes : TestTimeAugmentation::No,
                                                     .device = context.options.device,
                                                     .threads = context.options.threads});
  const Settings settings = learntFromVolumes(specialist) ? Settings{} : settingsOf(specialist.pixelPipeline());
  Labeller::Options options = refinersOf(flags);
  options.device = context.options.device;
  options.kind = learntFromVolumes(specialist) ? StudyKind::Volumes : StudyKind::Pictures;
  const Labeller labeller(options);
  PredictionWriter writer(flags.out, specialist.classes());
  DecodeClient client;
  Outcome outcome;
  const auto images = imagesFrom(flags.images);
  if (settings.learntMirrored && flags.mirror == "auto")
    context.job.warning({.code = "mirror-unknown",
                         .caseName = {},
                         .message = "The specialist learnt from images that were mirrored at import. Say which side with --mirror "
                                    "left or --mirror right, as there, or its answers on that side are of no use."});
  std::size_t refused = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    context.job.throwIfStopped();
    const std::string stem = writer.nameFor(images[i]);
    try {
      if (learntFromVolumes(specialist)) {
        addVolume(client, specialist, labeller, images[i], stem, writer, context);
        context.job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(images.size()), "predicting");
        continue;
      }
      const LoadedImage loaded = loadFor(client, images[i], settings.pipeline, flags.mirror, stem);
      if (loaded.image.geometry.size.z != 1)
        throw Error(ErrorKind::BadInput, "not-2d", displayPath(images[i]) + " is a volume; this specialist works on pictures.",
                    {.caseName = stem, .path = displayPath(images[i])});
      const Prediction prediction = specialist.predict(std::span(&loaded.image, 1), context.job).front();
      std::vector<Mask> masks;
      if (flags.refine.empty()) masks = masksOf(prediction, loaded.image.geometry.size);
      else
        for (auto& one : labeller.label(stem, loaded.image, prediction, context.job).classes) masks.push_back(std::move(one.mask));
      if (loaded.settings.mirror == MirrorChoice::Yes)
        for (auto& mask : masks) mask = mirrored(mask);  // back to the file's own side
      writer.add(stem, displayPath(images[i]), masks, context.job);
      for (const auto& one : loaded.warnings) context.job.warning({.code = one.code, .caseName = stem, .message = one.message});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      ++refused;
      context.job.warning({.code = error.code(), .caseName = stem, .message = error.what()});
    }
    context.job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(images.size()), "predicting");
  }
  if (writer.count() == 0)
    throw Error(ErrorKind::BadInput, "nothing-predicted", "None of the " + std::to_string(refused) + " files could be predicted on.",
                {.remedy = "The warnings say why for each."});
  outcome.result = writer.finish();
  outcome.text = std::to_string(writer.count()) + " images predicted, written to " + flags.out + "\n";
  if (refused > 0) outcome.exitCode = 6;
  return outcome;
}

}  // namespace

Command predictCommand() {
  return {
      .name = "predict",
      .sentence = "Apply a trained specialist to new images, with or without refinement by a generalist",
      .examples = {"predict --model STUDY/runs/r0001 new1.png new2.dcm --out PREDICTED",
                   "predict --model STUDY new1.png --out PREDICTED   (the round that was promoted)",
                   "predict --model MODEL --refine graph-cut IMAGES --out PREDICTED",
                   "predict --model MODEL --refine builtin-2d --refine random-walker --set random-walker.beta=20 IMAGES --out PREDICTED",
                   "predict --model MODEL --augment IMAGES --out PREDICTED   (test-time augmentation)"},
      .declare =
          [](CLI::App& app) {
            auto flags = std::make_shared<PredictFlags>();
            app.add_option("--model", flags->model,
                           "Checkpoint file, folder of a training or of a run (its last round), or a study (its promoted round)")
                ->required();
            app.add_option("images", flags->images, "Image files or folders")->required();
            app.add_option("--out", flags->out, "Folder to write to")->required();
            app.add_option("--refine", flags->refine, "Generalist that refines (see models list); may be repeated")
                ->allow_extra_args(false);
            app.add_option("--set", flags->settings,
                           "key=value of that generalist's parameters (see describe), of several NAME.key=value; may be repeated")
                ->allow_extra_args(false);
            app.add_option("--mirror", flags->mirror,
                           "Mirror images of this side, as at import (undone in what is written); auto: as the checkpoint says")
                ->check(CLI::IsMember({"auto", "none", "right", "left"}));
            app.add_flag("--augment", flags->augment,
                         "Average over shifted views, and mirrored ones where classes name mirrors: five or six times as slow");
            return [flags](Context& context) { return predict(*flags, context); };
          },
      .computes = true};
}

}  // namespace roundel::cli
