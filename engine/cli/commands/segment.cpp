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

struct SegmentFlags {
  std::string generalist = "random-walker";
  std::string image;
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
                {.remedy = "Write --box x0,y0,x1,y1 and --point x,y,+ or x,y,-."});
  return value;
}

PromptBox boxFrom(const std::string& text) {
  const auto parts = pieces(text);
  if (parts.size() != 4)
    throw Error(ErrorKind::Usage, "bad-prompt", "The box " + text + " does not have four numbers.",
                {.remedy = "Write --box x0,y0,x1,y1 with x1 and y1 exclusive."});
  const auto at = [&](std::size_t i) { return number(parts[i], "--box", text); };
  const PromptBox box{at(0), at(1), at(2), at(3)};
  if (box.x1 <= box.x0 || box.y1 <= box.y0)
    throw Error(ErrorKind::Usage, "bad-prompt", "The box " + text + " has no area.",
                {.remedy = "x1 and y1 are exclusive and lie right of and below x0 and y0."});
  return box;
}

PromptPoint pointFrom(const std::string& text) {
  const auto parts = pieces(text);
  if (parts.size() != 3 || (parts[2] != "+" && parts[2] != "-"))
    throw Error(ErrorKind::Usage, "bad-prompt", "The point " + text + " is not of the form x,y,+ or x,y,-.",
                {.remedy = "For example --point 120,88,+."});
  return {.x = number(parts[0], "--point", text), .y = number(parts[1], "--point", text), .positive = parts[2] == "+"};
}

std::vector<Prompt> promptsFrom(const SegmentFlags& flags) {
  if (flags.boxes.empty() && flags.points.empty())
    throw Error(ErrorKind::Usage, "empty-prompt", "Nothing says where to segment.", {.remedy = "Give --box x0,y0,x1,y1 or --point x,y,+."});
  std::vector<PromptBox> boxes;
  std::vector<PromptPoint> points;
  for (const auto& text : flags.boxes) boxes.push_back(boxFrom(text));
  for (const auto& text : flags.points) points.push_back(pointFrom(text));
  auto prompts = promptsOf(0, boxes, points);
  for (std::size_t i = 0; i < prompts.size(); ++i) prompts[i].classIndex = static_cast<int>(i);
  return prompts;
}

/// M for one prompt; M-1.png, M-2.png ... for several.
std::filesystem::path outputPath(const std::string& out, std::size_t index, std::size_t count) {
  std::filesystem::path path = out;
  if (path.extension().empty()) path += ".png";
  if (count == 1) return path;
  return path.parent_path() / (path.stem().string() + "-" + std::to_string(index + 1) + path.extension().string());
}

void writeMask(const std::filesystem::path& path, const Mask& mask) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(mask.size().count()), 0);
  mask.paintInto(pixels, 255);
  writeGreyPng(path, mask.size().x, mask.size().y, pixels);
}

Outcome segmentVerb(const SegmentFlags& flags, Context& context) {
  const auto registry = generalistRegistry(context.options.device, context.options.threads);
  const auto& entry = registry.find(flags.generalist);
  const auto generalist = registry.create(flags.generalist, parseSettings(flags.settings, entry.params));
  const auto prompts = promptsFrom(flags);
  DecodeClient client;
  const LoadedImage loaded = loadImage(client, {.files = {flags.image}});
  const auto embedding = generalist->embed(loaded.image, context.job);
  const auto answers = generalist->segment(*embedding, prompts, SoftMasks::No, context.job);
  Outcome outcome{.warnings = loaded.warnings};
  outcome.result = {
      {"image", displayPath(flags.image)}, {"generalist", generalist->name()}, {"generalist_sha256", generalist->contentHash()},
      {"width", loaded.image.width()},     {"height", loaded.image.height()},  {"masks", Json::array()}};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    // Prompts are given in the file's own pixels, and so are the masks.
    const auto& mask = answers[i].mask;
    const PixelBox box = mask.bounds();
    Json one = {{"prompt", toJson(prompts[i])},
                {"area", mask.area()},
                {"score", std::isfinite(answers[i].score) ? Json(answers[i].score) : Json(nullptr)},
                {"bounds", mask.empty() ? Json(nullptr) : Json{box.x0, box.y0, box.x1, box.y1}},
                {"file", nullptr}};
    std::string line = "prompt " + std::to_string(i + 1) + ": ";
    if (mask.empty()) line += "nothing found";
    else
      line += std::to_string(mask.area()) + " pixels in " + std::to_string(box.x0) + "," + std::to_string(box.y0) + "," +
              std::to_string(box.x1) + "," + std::to_string(box.y1);
    if (!flags.out.empty()) {
      const auto path = outputPath(flags.out, i, answers.size());
      writeMask(path, mask);
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
  return {
      .name = "segment",
      .sentence = "Ask a generalist for masks from boxes and points on one image",
      .examples = {"segment --generalist random-walker --image tooth.png --box 120,40,180,190 --out tooth-mask.png",
                   "segment --generalist graph-cut --image hand.dcm --point 210,330,+ --point 180,300,- --out bone.png",
                   "--json segment --generalist random-walker --image tooth.png --box 3,3,8,8 --box 20,3,31,18"},
      .declare =
          [](CLI::App& app) {
            auto flags = std::make_shared<SegmentFlags>();
            app.add_option("--generalist", flags->generalist, "Which one (see models list)")->capture_default_str();
            app.add_option("--image", flags->image, "Image file")->required();
            app.add_option("--box", flags->boxes, "x0,y0,x1,y1 in pixels, x1 and y1 exclusive; one mask a box")->allow_extra_args(false);
            app.add_option("--point", flags->points, "x,y,+ inside or x,y,- outside")->allow_extra_args(false);
            app.add_option("--set", flags->settings, "key=value of the generalist's parameters")->allow_extra_args(false);
            app.add_option("--out", flags->out, "PNG of the mask, 0 and 255; numbered where there are several boxes");
            return [flags](Context& context) { return segmentVerb(*flags, context); };
          },
      .computes = true};
}

}  // namespace roundel::cli
