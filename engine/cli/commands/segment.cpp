#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>

#include "cli/commands/commands.h"
#include "core/error.h"
#include "core/files.h"
#include "imaging/image_source.h"
#include "imaging/image_writer.h"
#include "refine/builtin_generalists.h"

namespace roundel::cli {
namespace {

/// What the generalist looks at, and so how points and masks are written.
enum class Grid { Picture, Volume };

struct SegmentFlags {
  std::string generalist = "random-walker";
  std::string image, study;
  std::vector<std::string> boxes, points, settings;
  std::string out;
};

/// Splits at commas; empty pieces stay, so that they are refused.
std::vector<std::string> pieces(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == ',') out.emplace_back();
    else out.back() += c;
  }
  return out;
}

double number(const std::string& text, const std::string& flag, const std::string& whole) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || !std::isfinite(value))
    throw Error(ErrorKind::Usage, "bad-prompt",
                "In " + flag + " " + whole + ", " + (text.empty() ? "a number is missing" : text + " is no number") + ".",
                {.remedy = "Write --box x0,y0,x1,y1 and --point x,y,+ or x,y,-; in a volume --point x,y,z,+."});
  return value;
}

PromptBox boxFrom(const std::string& text, bool volume) {
  const auto parts = pieces(text);
  if (parts.size() != (volume ? 6 : 4))
    throw Error(
        ErrorKind::Usage, "bad-prompt",
        "The box " + text + (volume ? " does not have six numbers; the generalist looks at volumes." : " does not have four numbers."),
        {.remedy =
             volume ? "Write --box x0,y0,z0,x1,y1,z1 with x1, y1 and z1 exclusive." : "Write --box x0,y0,x1,y1 with x1 and y1 exclusive."});
  const auto at = [&](std::size_t i) { return number(parts[i], "--box", text); };
  const PromptBox box = volume ? PromptBox{.x0 = at(0), .y0 = at(1), .x1 = at(3), .y1 = at(4), .z0 = at(2), .z1 = at(5)}
                               : PromptBox{.x0 = at(0), .y0 = at(1), .x1 = at(2), .y1 = at(3)};
  if (box.x1 <= box.x0 || box.y1 <= box.y0 || box.z1 <= box.z0)
    throw Error(ErrorKind::Usage, "bad-prompt", "The box " + text + " has no area.",
                {.remedy = "The second corner is exclusive and lies beyond the first."});
  return box;
}

PromptPoint pointFrom(const std::string& text, Grid grid) {
  const auto parts = pieces(text);
  const bool volume = grid == Grid::Volume;
  const std::string form = volume ? "x,y,z,+ or x,y,z,-" : "x,y,+ or x,y,-";
  if (parts.size() != (volume ? 4 : 3) || (parts.back() != "+" && parts.back() != "-"))
    throw Error(ErrorKind::Usage, "bad-prompt",
                "The point " + text + " is not of the form " + form + (volume ? ", as the generalist looks at volumes." : "."),
                {.remedy = volume ? "For example --point 120,88,40,+; slices are counted from 0." : "For example --point 120,88,+."});
  const auto at = [&](std::size_t i) { return number(parts[i], "--point", text); };
  return {.x = at(0), .y = at(1), .z = volume ? at(2) : 0, .positive = parts.back() == "+"};
}

std::vector<Prompt> promptsFrom(const SegmentFlags& flags, Grid grid, bool takesBox) {
  if (flags.boxes.empty() && flags.points.empty())
    throw Error(
        ErrorKind::Usage, "empty-prompt", "Nothing says where to segment.",
        {.remedy = grid == Grid::Volume ? "Give --box x0,y0,z0,x1,y1,z1 or --point x,y,z,+." : "Give --box x0,y0,x1,y1 or --point x,y,+."});
  std::vector<PromptBox> boxes;
  std::vector<PromptPoint> points;
  for (const auto& text : flags.boxes) boxes.push_back(boxFrom(text, grid == Grid::Volume && takesBox));
  for (const auto& text : flags.points) points.push_back(pointFrom(text, grid));
  auto prompts = promptsOf(0, boxes, points);
  for (std::size_t i = 0; i < prompts.size(); ++i) prompts[i].classIndex = static_cast<int>(i);
  return prompts;
}

/// M for one prompt; M-1.png, M-2.png ... for several.
std::filesystem::path outputPath(const std::string& out, Grid grid, std::size_t index, std::size_t count) {
  std::string start = out, ending = std::filesystem::path(out).extension().string();
  if (out.ends_with(".nii.gz")) ending = ".nii.gz";
  start.resize(start.size() - ending.size());
  if (ending.empty()) ending = grid == Grid::Volume ? ".nii.gz" : ".png";
  if (grid == Grid::Volume && ending != ".nii.gz" && ending != ".nii")
    throw Error(ErrorKind::Usage, "bad-format", "The mask of a volume cannot be written as " + displayPath(out) + ".",
                {.remedy = "Give --out a name that ends in .nii.gz or .nii."});
  return start + (count == 1 ? "" : "-" + std::to_string(index + 1)) + ending;
}

/// A picture's mask is 0 and 255, to be looked at; a volume's is a label map of 0 and 1.
void writeMask(const std::filesystem::path& path, const Mask& mask, const Geometry& geometry, Grid grid) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(mask.size().count()), 0);
  mask.paintInto(pixels, grid == Grid::Volume ? 1 : 255);
  if (grid == Grid::Volume) writeNifti(path, geometry, pixels);
  else writeGreyPng(path, mask.size().x, mask.size().y, pixels);
}

/// "812 pixels in 3,4,9,20", "812 voxels in 3,4,9,20, slices 7 to 12"
std::string sentenceOf(const Mask& mask, Grid grid) {
  if (mask.empty()) return "nothing found";
  const PixelBox box = mask.bounds();
  const bool volume = grid == Grid::Volume;
  std::string text = std::to_string(mask.area()) + (volume ? " voxels in " : " pixels in ") + std::to_string(box.x0) + "," +
                     std::to_string(box.y0) + "," + std::to_string(box.x1) + "," + std::to_string(box.y1);
  if (volume) text += ", slices " + std::to_string(box.z0) + " to " + std::to_string(box.z1 - 1);
  return text;
}

/// Negative points beside the picture: most likely given in other pixels than the file's own. Boxes and positive points there are refused.
std::vector<Warning> promptsOutside(const std::vector<Prompt>& prompts, const Image& image) {
  const auto width = static_cast<double>(image.width()), height = static_cast<double>(image.height());
  std::vector<Warning> warnings;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    bool outside = false;
    for (const auto& point : prompts[i].points)
      outside = outside || point.x < -0.5 || point.y < -0.5 || point.x > width - 0.5 || point.y > height - 0.5;
    if (outside)
      warnings.push_back({"prompt-outside", "",
                          "Prompt " + std::to_string(i + 1) + " lies outside the image, which has " + std::to_string(image.width()) +
                              " x " + std::to_string(image.height()) + " pixels."});
  }
  return warnings;
}

Outcome segmentVerb(const SegmentFlags& flags, Context& context) {
  const auto registry = generalistRegistry(context.options.device, context.options.threads, flags.study);
  const auto& entry = registry.find(flags.generalist);
  const auto generalist = registry.create(flags.generalist, parseSettings(flags.settings, entry.params));
  const Grid grid = generalist->traits().dimensions == 3 ? Grid::Volume : Grid::Picture;
  const auto prompts = promptsFrom(flags, grid, generalist->traits().takesBox);
  if (!flags.out.empty()) outputPath(flags.out, grid, 0, prompts.size());  // refuses a bad name before the work
  DecodeClient client;
  const LoadedImage loaded = loadImage(client, {.files = {flags.image}});
  for (const auto& prompt : prompts) {
    requireUsable(prompt, generalist->traits().dimensions);
    const bool isVolume = loaded.image.geometry.size.z > 1;
    if (isVolume == (grid == Grid::Volume)) requireOnImage(prompt, loaded.image.geometry.size);  // else embed() says what is wrong
  }
  const auto embedding = generalist->embed(loaded.image, context.job);
  const auto answers = generalist->segment(*embedding, prompts, SoftMasks::No, context.job);
  Outcome outcome{.warnings = loaded.warnings};
  for (auto& one : promptsOutside(prompts, loaded.image)) outcome.warnings.push_back(std::move(one));
  outcome.result = {{"image", displayPath(flags.image)},
                    {"generalist", generalist->name()},
                    {"generalist_sha256", generalist->contentHash()},
                    {"width", loaded.image.width()},
                    {"height", loaded.image.height()},
                    {"depth", loaded.image.geometry.size.z},
                    {"masks", Json::array()}};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    // Prompts are given in the file's own pixels, and so are the masks.
    const auto& mask = answers[i].mask;
    const PixelBox box = mask.bounds();
    Json one = {{"prompt", toJson(prompts[i])},
                {"area", mask.area()},
                {"score", std::isfinite(answers[i].score) ? Json(answers[i].score) : Json(nullptr)},
                {"stability_score", std::isfinite(answers[i].stability) ? Json(answers[i].stability) : Json(nullptr)},
                {"bounds", mask.empty() ? Json(nullptr) : Json{box.x0, box.y0, box.x1, box.y1}},
                {"slices", mask.empty() || grid == Grid::Picture ? Json(nullptr) : Json{box.z0, box.z1}},
                {"file", nullptr}};
    std::string line = "prompt " + std::to_string(i + 1) + ": " + sentenceOf(mask, grid);
    if (!flags.out.empty()) {
      const auto path = outputPath(flags.out, grid, i, answers.size());
      writeMask(path, mask, loaded.image.geometry, grid);
      one["file"] = displayPath(path);
      line += ", written to " + displayPath(path);
    }
    outcome.result["masks"].push_back(std::move(one));
    outcome.text += line + "\n";
  }
  return outcome;
}

}  // namespace

Command segmentCommand() {
  return {.name = "segment",
          .sentence = "Ask a generalist for masks from boxes and points on one image",
          .examples = {"segment --generalist random-walker --image tooth.png --box 120,40,180,190 --out tooth-mask.png",
                       "segment --generalist graph-cut --image hand.dcm --point 210,330,+ --point 180,300,- --out bone.png",
                       "segment --generalist sam_med3d_turbo --image liver.nii.gz --point 120,88,40,+ --out liver-mask.nii.gz",
                       "--json segment --generalist random-walker --image tooth.png --box 3,3,8,8 --box 20,3,31,18"},
          .declare =
              [](CLI::App& app) {
                auto flags = std::make_shared<SegmentFlags>();
                app.add_option("--generalist", flags->generalist, "Which one (see models list)")->capture_default_str();
                app.add_option("--study", flags->study, "Folder of a study: the generalists adapted to it can be named too");
                app.add_option("--image", flags->image, "Image file")->required();
                app.add_option("--box", flags->boxes,
                               "x0,y0,x1,y1 in pixels, in a volume x0,y0,z0,x1,y1,z1; x1, y1 and z1 exclusive; one mask a box")
                    ->allow_extra_args(false);
                app.add_option("--point", flags->points, "x,y,+ inside or x,y,- outside; in a volume x,y,z,+ and x,y,z,-")
                    ->allow_extra_args(false);
                app.add_option("--set", flags->settings, "key=value of the generalist's parameters")->allow_extra_args(false);
                app.add_option("--out", flags->out,
                               "PNG of the mask, 0 and 255; numbered where there are several boxes; of a volume NIfTI, 0 and 1");
                return [flags](Context& context) { return segmentVerb(*flags, context); };
              },
          .computes = true};
}

}  // namespace roundel::cli
