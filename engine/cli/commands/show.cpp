#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "core/error.h"
#include "core/files.h"
#include "imaging/image_source.h"
#include "imaging/image_writer.h"
#include "refine/builtin_generalists.h"

namespace roundel::cli {
namespace {

struct ShowFlags {
  std::string image, generalist, out;
  std::vector<std::string> pixels;
};

Outcome showVerb(const ShowFlags& flags, Context& context) {
  // Asked for by name, it must exist, and it may refuse the image (a volume, for instance) just as it would at work.
  std::unique_ptr<Generalist> generalist;
  if (!flags.generalist.empty()) generalist = generalistRegistry(context.options.device, context.options.threads).create(flags.generalist);
  DecodeClient client;
  const LoadedImage loaded = loadImage(
      client, {.files = {flags.image}},
      pixelPipelineFromJson(resolveParams(pixelPipelineParams(), parseSettings(flags.pixels, pixelPipelineParams()))), stopOf(context.job));
  if (loaded.image.geometry.size.z != 1)
    throw Error(ErrorKind::BadInput, "not-2d", "The image " + displayPath(flags.image) + " is a volume; this shows single pictures.",
                {.path = displayPath(flags.image), .remedy = "Open volumes in the desktop, roundel-studio."});
  const Image seen = generalist ? generalist->view(*generalist->embed(loaded.image, context.job), loaded.image) : loaded.image;
  writeImagePng(flags.out, seen);
  Outcome outcome{.warnings = loaded.warnings};
  outcome.result = {{"image", displayPath(flags.image)}, {"generalist", generalist ? Json(generalist->name()) : Json(nullptr)},
                    {"file", displayPath(flags.out)},    {"width", seen.width()},
                    {"height", seen.height()},           {"pixel_pipeline", toJson(loaded.settings)}};
  outcome.text = "What " + (generalist ? generalist->name() : std::string("a generalist")) + " sees, " + std::to_string(seen.width()) +
                 " x " + std::to_string(seen.height()) + ", written to " + displayPath(flags.out) + "\n";
  return outcome;
}

}  // namespace

Command showCommand() {
  return {.name = "show",
          .sentence = "Write the 8-bit picture that a generalist sees of an image",
          .examples = {"show --image hand.dcm --out seen.png", "show --image tooth.png --generalist random-walker --out seen.png",
                       "show --image faint.dcm --pixels local_contrast=clahe --pixels clip_limit=3 --out seen.png"},
          .declare = [](CLI::App& app) {
            auto flags = std::make_shared<ShowFlags>();
            app.add_option("--image", flags->image, "Image file")->required();
            app.add_option("--generalist", flags->generalist, "Whose eyes; left out: the pixel pipeline alone");
            app.add_option("--pixels", flags->pixels, "key=value of the pixel pipeline, to try before import (see describe)")
                ->allow_extra_args(false);
            app.add_option("--out", flags->out, "PNG to write")->required();
            return [flags](Context& context) { return showVerb(*flags, context); };
          }};
}

}  // namespace roundel::cli
