#include <CLI/CLI.hpp>

#include <algorithm>

#include "cli/checkpoint_choice.h"
#include "cli/commands/commands.h"
#include "cli/commands/text_table.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "models/generalists/architectures.h"
#include "models/generalists/model_export.h"
#include "models/generalists/model_folder.h"
#include "models/generalists/shipped_models.h"
#include "refine/builtin_generalists.h"
#include "weights/refusal.h"

namespace roundel::cli {
namespace {

struct ModelsFlags {
  std::string action, given, name, architecture, licence, out;
  bool link = false, nonCommercial = false;
};

std::vector<std::string> takenBy(const GeneralistTraits& traits) {
  std::vector<std::string> takes;
  if (traits.takesBox) takes.emplace_back("box");
  if (traits.takesPoints) takes.emplace_back("points");
  if (traits.takesMask) takes.emplace_back("mask");
  return takes;
}

std::string joined(const std::vector<std::string>& words) {
  std::string list;
  for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

Outcome listModels() {
  Outcome outcome{.result = {{"models", Json::array()}, {"folder", displayPath(ModelFolder().path())}}};
  TextTable table({"name", "weights", "takes", "good for", "licence", "where"});
  for (const auto& facts : generalistFacts(&outcome.warnings)) {
    const auto takes = takenBy(facts.traits);
    outcome.result["models"].push_back({{"name", facts.name},
                                        {"architecture", facts.architecture},
                                        {"dimensions", facts.traits.dimensions},
                                        {"needs_weights", facts.traits.learnt},
                                        {"takes", takes},
                                        {"good_for", facts.goodFor},
                                        {"licence", facts.licence},
                                        {"non_commercial", facts.nonCommercial},
                                        {"recognised", facts.recognised.empty() ? Json(nullptr) : Json(facts.recognised)},
                                        {"where", facts.location},
                                        {"brought", facts.brought},
                                        {"sha256", facts.sha256}});
    table.add({facts.name, facts.traits.learnt ? "yes" : "none", joined(takes), facts.goodFor, facts.licence, facts.location});
  }
  outcome.text = table.text();
  return outcome;
}

Json described(const InstalledModel& model) {
  const Architecture& architecture = findArchitecture(model.architecture);
  Json json = toJson(model);
  json["licence"] = licenceOf(model).name;
  json["non_commercial"] = licenceOf(model).nonCommercial;
  json["good_for"] = architecture.goodFor;
  json["title"] = architecture.title;
  json["file"] = displayPath(model.weights);
  return json;
}

Outcome addModel(const ModelsFlags& flags, Context& context) {
  ModelFolder folder;
  for (const auto& facts : generalistFacts())
    if (!facts.brought && facts.name == flags.name)
      throw Error(ErrorKind::Usage, "model-exists", flags.name + " comes with Roundel; give the weights another name.");
  const InstalledModel model = folder.add(flags.given,
                                          {.name = flags.name,
                                           .architecture = flags.architecture,
                                           .takeIn = flags.link ? TakeIn::Link : TakeIn::Copy,
                                           .licence = flags.licence,
                                           .nonCommercial = flags.nonCommercial},
                                          context.job);
  const Architecture& architecture = findArchitecture(model.architecture);
  Outcome outcome{.result = {{"model", described(model)}}};
  outcome.text =
      "Taken in as " + model.name + ": " + architecture.title + ", " +
      (model.recognised.empty() ? "weights whose content is not among the published ones that are known here" : model.recognised) + ".\n" +
      licenceOf(model).sentence() + "\n";
  if (!model.unexpected.empty())
    outcome.text += "Of the file's tensors, some are not needed, the first: " + shownName(model.unexpected.front()) + ".\n";
  if (flags.architecture.empty() && model.recognised.empty())
    for (const auto& twin : architectures())
      if (twin.twinOf == architecture.name)
        outcome.warnings.push_back({"same-tensors", "",
                                    "Files of " + twin.title + " have the same tensors as " + architecture.title +
                                        ". If this is one, remove it and add it with --architecture " + twin.name +
                                        ": the pictures are prepared in another way."});
  outcome.text += "Use it with: --generalist " + model.name + "\n";
  return outcome;
}

Outcome verifyModel(const ModelsFlags& flags, Context& context) {
  for (const auto& facts : generalistFacts())
    if (facts.name == flags.given && !facts.traits.learnt)
      return {.result = {{"name", facts.name}, {"sound", true}}, .text = facts.name + " is built in and has no weights.\n"};
  for (const auto& shipped : shippedModels())
    if (shipped.name == flags.given) {
      if (sha256OfFile(shipped.weights) != shipped.sha256)
        throw Error(ErrorKind::BadInput, "bad-weights", displayPath(shipped.weights) + " is not the file that came with Roundel.",
                    {.path = displayPath(shipped.weights), .remedy = "Install Roundel again."});
      return {.result = {{"name", shipped.name}, {"sound", true}},
              .text = shipped.name + " is what came with Roundel: SHA-256 " + shipped.sha256 + ".\n"};
    }
  const InstalledModel model = ModelFolder().verify(flags.given, context.job);
  return {.result = {{"name", model.name}, {"sound", true}, {"model", described(model)}},
          .text = model.name + " is what was taken in: " + std::to_string(model.bytes) + " bytes, SHA-256 " + model.sha256 + ".\n"};
}

Outcome removeModel(const ModelsFlags& flags) {
  for (const auto& facts : generalistFacts())
    if (facts.name == flags.given && !facts.brought)
      throw Error(ErrorKind::Usage, "built-in", facts.name + " comes with Roundel and cannot be removed.");
  ModelFolder folder;
  const auto models = folder.list();
  const bool linked = std::any_of(models.begin(), models.end(), [&](const auto& one) { return one.name == flags.given && one.linked; });
  folder.remove(flags.given);
  return {.result = {{"name", flags.given}},
          .text = flags.given + " is removed." + (linked ? " The file it was linked to stays where it lies." : "") + "\n"};
}

bool isInstalled(const std::string& name) {
  const auto models = ModelFolder().list();
  return std::any_of(models.begin(), models.end(), [&](const auto& model) { return model.name == name; });
}

Outcome exportModel(const ModelsFlags& flags, Context& context) {
  const auto saying = [&](const ExportedModel& written) -> Outcome {
    return {.result = {{"name", flags.given}, {"weights", displayPath(written.weights)}, {"description", displayPath(written.description)}},
            .text = "Written: " + displayPath(written.weights) + " and " + displayPath(written.description) + "\n"};
  };
  const bool generalist = isInstalled(flags.given);
  const std::filesystem::path given = flags.given;
  if (!generalist && !std::filesystem::exists(given)) {
    for (const auto& shipped : shippedModels())
      if (shipped.name == flags.given) return saying(exportShipped(shipped, flags.out, context.job));
    for (const auto& facts : generalistFacts())
      if (facts.name == flags.given && !facts.traits.learnt)
        throw Error(ErrorKind::Usage, "no-weights", facts.name + " has no learnt weights: there is nothing to export.");
  }
  if (!generalist && !std::filesystem::exists(given)) ModelFolder().find(flags.given);  // throws with the nearest name
  const std::string name = given.filename().empty() ? given.parent_path().filename().string() : given.stem().string();
  return saying(generalist ? exportGeneralist(ModelFolder().find(flags.given), flags.out, context.job)
                           : exportSpecialist(checkpointFrom(given), name, flags.out, context.job));
}

Outcome modelsVerb(const ModelsFlags& flags, Context& context) {
  if (flags.action == "add") return addModel(flags, context);
  if (flags.action == "verify") return verifyModel(flags, context);
  if (flags.action == "remove") return removeModel(flags);
  if (flags.action == "export") return exportModel(flags, context);
  return listModels();
}

}  // namespace

Command modelsCommand() {
  return {
      .name = "models",
      .sentence = "The generalists: what they are, their weights, what they are good for",
      .examples = {"models list", "models add sam_vit_b_01ec64.pth", "models add medsam_vit_b.pth --architecture medsam",
                   "models verify sam_vit_b_01ec64", "models export runs/model.safetensors --out shared-model"},
      .declare = [](CLI::App& app) {
        auto flags = std::make_shared<ModelsFlags>();
        app.require_subcommand(1);
        const auto verb = [&](const std::string& action, const std::string& sentence) {
          auto* sub = app.add_subcommand(action, sentence);
          sub->callback([flags, action] { flags->action = action; });
          return sub;
        };
        verb("list", "Every generalist that can be used now");
        auto* add = verb("add", "Take in a weight file: a PyTorch checkpoint or safetensors");
        add->add_option("file", flags->given, "The file")->required();
        add->add_option("--name", flags->name, "What to call it");
        add->add_option("--architecture", flags->architecture, "Which one it is, where its tensors cannot tell (medsam)");
        add->add_option("--licence", flags->licence, "Under which its publishers give the weights, where that is not the architecture's");
        add->add_flag("--non-commercial", flags->nonCommercial, "That licence forbids commercial use: it is shown before the first use");
        add->add_flag("--link", flags->link, "Link to the file where it lies instead of copying it");
        verb("verify", "Read the weights again and compare them with what was taken in")
            ->add_option("name", flags->given, "The model")
            ->required();
        verb("remove", "Forget weights that were taken in")->add_option("name", flags->given, "The model")->required();
        auto* out = verb("export", "Write weights as safetensors with a description as JSON");
        out->add_option("name", flags->given, "A model of this list, or a specialist: its file or its run's folder")->required();
        out->add_option("--out", flags->out, "Folder to write to")->required();
        return [flags](Context& context) { return modelsVerb(*flags, context); };
      }};
}

}  // namespace roundel::cli
