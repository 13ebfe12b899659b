#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>

#include "cli/commands/commands.h"
#include "cli/commands/decode_access.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/label_map.h"
#include "prompts/cleaning.h"
#include "prompts/prompt_extractor.h"
#include "weights/safetensors.h"

namespace roundel::cli {
namespace {

struct PromptsFlags {
  std::string prediction;
  std::string tensor;
  std::string out;
  std::string extractor = "sctb";
  std::vector<std::string> settings;
};

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& sentence, const std::string& remedy) {
  throw Error(ErrorKind::BadInput, "bad-prediction", sentence, {.path = displayPath(path), .remedy = remedy});
}

/// The tensor that was asked for, else `probabilities`, else the only one with three axes.
std::string tensorOf(const SafetensorsFile& file, const std::string& asked) {
  if (!asked.empty()) return asked;
  if (file.has("probabilities")) return "probabilities";
  std::string found;
  for (const auto& [name, tensor] : file.tensors()) {
    if (tensor.shape.size() != 3) continue;
    if (!found.empty())
      refuse(file.path(), "The file holds several tensors with three axes and none is named probabilities.",
             "Say which with --tensor NAME.");
    found = name;
  }
  if (found.empty())
    refuse(file.path(), "The file holds no tensor of probabilities [classes, height, width].", "Write one named probabilities.");
  return found;
}

Prediction readPrediction(const std::filesystem::path& path, const std::string& asked) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  const std::string name = tensorOf(file, asked);
  const auto& shape = file.tensor(name).shape;
  if (shape.size() != 3 || file.tensor(name).elementCount() == 0 || shape[0] > 65535)
    refuse(path, "The tensor " + name + " is no stack of pictures [classes, height, width].", "Give it three axes, none of them empty.");
  Prediction prediction{{shape[2], shape[1], 1}, static_cast<int>(shape[0]), file.floats(name)};
  for (const float value : prediction.probabilities)
    if (!(value >= 0 && value <= 1))
      refuse(path, "The tensor " + name + " holds values that are no probabilities between 0 and 1.",
             "If they are logits, apply the sigmoid first.");
  return prediction;
}

/// What the prompts are made of: a cleaned mask a class, and the names of the classes where the file or its table says them.
struct CleanedPrediction {
  Size size;
  LabelSet classes = {};
  std::vector<CleanedClass> cleaned = {};
  std::vector<Warning> warnings = {};
};

/// An indexed PNG (or another label map), by the classes.json beside it, else by its numbers: FDI where they are such. Class by
/// class, so that 32 classes of a large picture need the memory of one.
CleanedPrediction cleanedLabelMap(const std::filesystem::path& path, const CleaningOptions& options) {
  DecodeAccess images;
  const LabelMap map = readLabelMap(path, images);
  if (map.size.z != 1) refuse(path, displayPath(path) + " is a volume.", "Prompts are made of 2-D predictions.");
  ClassTable table = readClassTable(path.has_parent_path() ? path.parent_path() : ".").value_or(ClassTable{});
  if (table.classes.empty() && map.colours)
    refuse(path, displayPath(path) + " holds colours, not numbers.",
           "Save it with a palette, or put a classes.json with the classes' colours beside it.");
  if (table.classes.empty()) {
    std::vector<std::int64_t> numbers;
    for (const auto& [number, mask] : map.masks) numbers.push_back(number);
    table.classes = classesOfNumbers(numbers);
  }
  if (table.classes.empty())
    refuse(path, displayPath(path) + " holds no class: all its pixels are 0.",
           "Put a classes.json beside it if the classes are absent there.");
  CleanedPrediction result{.size = map.size, .classes = table.classes};
  std::map<std::int64_t, std::int64_t> unknown;
  const Annotation annotation = annotationFrom(map, table, path.stem().string(), MissingClass::Absent, unknown);
  for (const auto& [number, pixels] : unknown)
    result.warnings.push_back({"unknown-class", "",
                               "The number " + std::to_string(number) + " (" + std::to_string(pixels) +
                                   " pixels) is no class of the class table; it was left out."});
  std::vector<float> probabilities(static_cast<std::size_t>(map.size.count()));
  for (const auto& one : annotation.classes) {
    std::fill(probabilities.begin(), probabilities.end(), 0.0f);
    for (const auto& run : one.mask.runs()) std::fill_n(probabilities.begin() + run.start, run.length, 1.0f);
    result.cleaned.push_back(cleanedClass(probabilities, map.size, options));
  }
  return result;
}

CleanedPrediction cleanedPrediction(const PromptsFlags& flags, const CleaningOptions& options, int threads) {
  if (isLabelMapName(flags.prediction)) return cleanedLabelMap(flags.prediction, options);
  const Prediction prediction = readPrediction(flags.prediction, flags.tensor);
  return {.size = prediction.size, .cleaned = cleaned(prediction, options, threads)};
}

/// What `--set` says, split between cleaning and extractor by who declares the name.
struct PromptSettings {
  Params cleaning = Json::object();
  Params extractor = Json::object();
};

PromptSettings settingsOf(const PromptsFlags& flags) {
  const auto cleaning = cleaningParams(), extractor = promptExtractors().find(flags.extractor).params;
  std::vector<ParamSpec> all = cleaning;
  all.insert(all.end(), extractor.begin(), extractor.end());
  PromptSettings settings;
  const Json given = parseSettings(flags.settings, all);
  for (const auto& [name, value] : given.items()) {
    const bool cleans = std::any_of(cleaning.begin(), cleaning.end(), [&](const ParamSpec& each) { return each.name == name; });
    (cleans ? settings.cleaning : settings.extractor)[name] = value;
  }
  settings.cleaning = resolveParams(cleaning, settings.cleaning);
  settings.extractor = resolveParams(extractor, settings.extractor);
  return settings;
}

std::string shownPoint(const PromptPoint& point) {
  return std::to_string(static_cast<std::int64_t>(point.x)) + "," + std::to_string(static_cast<std::int64_t>(point.y));
}

std::string shownClass(const std::string& name, const CleanedClass& cleaned, const ClassPrompts& prompts) {
  std::string line = (name.starts_with("class") ? "" : "class ") + name + ": ";
  if (!prompts.present) return line + "absent\n";
  const PixelBox box = cleaned.mask.bounds();
  line += std::to_string(cleaned.mask.area()) + " pixels in " + std::to_string(box.x0) + "," + std::to_string(box.y0) + "," +
          std::to_string(box.x1) + "," + std::to_string(box.y1);
  if (!prompts.seed) return line + "; no prompt, because every pixel belongs to another class too\n";
  line += ", positive " + shownPoint(*prompts.seed) + ", negative";
  for (const auto& point : prompts.negatives) line += " " + shownPoint(point);
  return line + (prompts.negatives.empty() ? " none\n" : "\n");
}

Outcome promptsVerb(const PromptsFlags& flags, Context& context) {
  const PromptSettings settings = settingsOf(flags);
  CleanedPrediction prediction = cleanedPrediction(flags, cleaningOptions(settings.cleaning), context.options.threads);
  const auto& classes = prediction.cleaned;
  const auto prompts = promptExtractors().create(flags.extractor, settings.extractor)->extract(masksOf(classes));
  Outcome outcome{.warnings = std::move(prediction.warnings)};
  outcome.result = {{"prediction", displayPath(flags.prediction)},
                    {"width", prediction.size.x},
                    {"height", prediction.size.y},
                    {"extractor", flags.extractor},
                    {"cleaning", settings.cleaning},
                    {"settings", settings.extractor},
                    {"classes", Json::array()}};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    Json entry = toJson(prompts[i]);
    entry["area"] = classes[i].mask.area();
    entry["components"] = classes[i].componentCount;
    entry["mean_probability"] = prompts[i].present ? Json(classes[i].meanProbability) : Json(nullptr);
    const bool named = !prediction.classes.empty();
    const std::string name = named ? prediction.classes[static_cast<int>(i)].name : std::to_string(prompts[i].classIndex);
    entry["name"] = named ? Json(name) : Json(nullptr);
    outcome.result["classes"].push_back(std::move(entry));
    outcome.text += shownClass(name, classes[i], prompts[i]);
  }
  if (!flags.out.empty()) {
    writeJsonAtomically(flags.out, outcome.result);
    outcome.text += "Written to " + displayPath(flags.out) + "\n";
  }
  return outcome;
}

}  // namespace

Command promptsCommand() {
  return {
      .name = "prompts",
      .sentence = "Clean a prediction and make prompts of it",
      .examples = {"prompts --prediction prediction.safetensors",
                   "prompts --prediction teeth.png   (indexed: a number a class, named by the classes.json beside it, else FDI)",
                   "prompts --prediction prediction.safetensors --set seed=nearest-inside --out prompts.json"},
      .declare = [](CLI::App& app) {
        auto flags = std::make_shared<PromptsFlags>();
        app.add_option(
               "--prediction", flags->prediction,
               "A safetensors file with the tensor probabilities [classes, height, width], or a label map: an indexed PNG, for instance")
            ->required();
        app.add_option("--tensor", flags->tensor, "Its name, where the file holds several");
        app.add_option("--out", flags->out, "Where the prompts are written as JSON");
        app.add_option("--extractor", flags->extractor, "How prompts are made of the cleaned masks (see describe)");
        app.add_option("--set", flags->settings, "A parameter of cleaning or extractor as key=value; may be repeated");
        return [flags](Context& context) { return promptsVerb(*flags, context); };
      }};
}

}  // namespace roundel::cli
