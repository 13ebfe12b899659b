#include <CLI/CLI.hpp>

#include <algorithm>

#include "cli/commands/commands.h"
#include "exchange/format.h"
#include "models/specialists/specialists.h"
#include "prompts/cleaning.h"
#include "prompts/prompt_extractor.h"
#include "quality/case_ranking.h"
#include "quality/gate.h"
#include "raster/pixel_pipeline.h"
#include "raster/volume_preparation.h"
#include "refine/builtin_generalists.h"
#include "refine/label_refiner.h"
#include "rounds/preset.h"
#include "rounds/run_strategy.h"
#include "train/generalist_plan.h"
#include "train/train_plan.h"
#include "train/training_strategies.h"

namespace roundel::cli {
namespace {

Json describedParams(const std::vector<ParamSpec>& specs) {
  Json list = Json::array();
  for (const auto& spec : specs) list.push_back(toJson(spec));
  return list;
}

template <class Interface>
Json described(const Registry<Interface>& registry) {
  Json members = Json::array();
  for (const auto& entry : registry.entries())
    members.push_back({{"name", entry.name}, {"sentence", entry.sentence}, {"params", describedParams(entry.params)}});
  return members;
}

Json describedGeneralists() {
  const auto registry = generalistRegistry();
  Json members = described(registry);
  const auto facts = generalistFacts();
  for (std::size_t i = 0; i < facts.size(); ++i)
    members[i].update({{"architecture", facts[i].architecture},
                       {"good_for", facts[i].goodFor},
                       {"licence", facts[i].licence},
                       {"location", facts[i].location}});
  return members;
}

Json describedRunStrategies() {
  Json members = Json::array();
  for (const auto& one : runStrategies())
    members.push_back({{"name", one.name},
                       {"sentence", one.sentence},
                       {"generalist", one.generalist.empty() ? Json(nullptr) : Json(one.generalist)},
                       {"params", describedParams(one.params)}});
  return members;
}

Json describedPresets() {
  Json members = Json::array();
  for (const auto& one : presets()) {
    Json values = makeTrainPlan(one.name, 1).params;
    members.push_back({{"name", one.name}, {"sentence", one.sentence}, {"long_side", one.longSide}, {"training", std::move(values)}});
  }
  return members;
}

/// Every family that has a list: name of the family -> members with their parameters.
Json families() {
  return {{"strategies", describedRunStrategies()},
          {"generalists", describedGeneralists()},
          {"specialists", described(specialists())},
          {"training_strategies", described(trainingStrategies())},
          {"prompt_extractors", described(promptExtractors())},
          {"case_rankings", described(caseRankings())},
          {"import_formats", described(importFormats())},
          {"export_formats", described(exportFormats())},
          {"presets", describedPresets()}};
}

/// Parameters that belong to no single member, by what they steer.
Json commonParams() {
  return {{"run", describedParams(runParams())},
          {"training", describedParams(trainParams())},
          {"cleaning", describedParams(cleaningParams())},
          {"refining", describedParams(refinerParams())},
          {"gate", describedParams(gateParams())},
          {"pixels", describedParams(pixelPipelineParams())},
          {"volumes", describedParams(volumePreparationParams())},
          {"generalist train", describedParams(generalistParams())}};
}

Json describedFlags(CLI::App& app) {
  Json flags = Json::array();
  for (CLI::Option* option : app.get_options()) {
    if (option == app.get_help_ptr() || option->get_group().empty()) continue;  // without a group it is no business of a person's
    const bool takesNothing = option->get_items_expected_max() == 0;
    if (!takesNothing) option->capture_default_str();
    const std::string fallback = takesNothing ? "" : option->get_default_str();
    flags.push_back({{"name", option->get_name()},
                     {"sentence", option->get_description()},
                     {"type", takesNothing ? "FLAG" : option->get_type_name()},
                     {"default", fallback.empty() || fallback == "[]" ? Json(nullptr) : Json(fallback)},
                     {"required", option->get_required()},
                     {"positional", option->get_positional()}});
  }
  return flags;
}

Json describedVerb(const Command& command) {
  CLI::App app;
  const auto owner = command.declare(app);  // keeps the variables that the flags' defaults are read from
  Json verb = {{"name", command.name}, {"sentence", command.sentence}, {"examples", command.examples}, {"flags", describedFlags(app)}};
  for (CLI::App* action : app.get_subcommands([](CLI::App*) { return true; }))
    verb["actions"].push_back({{"name", action->get_name()}, {"sentence", action->get_description()}, {"flags", describedFlags(*action)}});
  return verb;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 1, ' ');
}

std::string rangeOf(const Json& param) {
  std::string range;
  if (param.contains("choices")) {
    for (const auto& one : param["choices"]) range += (range.empty() ? "" : "|") + one.get<std::string>();
  } else if (param.contains("minimum") || param.contains("maximum")) {
    range = (param.contains("minimum") ? param["minimum"].dump() : "") + ".." + (param.contains("maximum") ? param["maximum"].dump() : "");
  }
  return range.empty() ? "" : " [" + range + "]";
}

std::string paramLines(const Json& params, const std::string& indent) {
  std::string text;
  for (const auto& one : params)
    text += indent + padded(one["name"].get<std::string>() + "=" + one["default"].dump(), 30) + one["sentence"].get<std::string>() +
            rangeOf(one) + (one.contains("unit") ? " " + one["unit"].get<std::string>() : "") + "\n";
  return text;
}

std::string registryText(const Json& result) {
  std::string text = "Verbs\n";
  for (const auto& one : result["verbs"]) {
    text += "  " + padded(one["name"], 24) + one["sentence"].get<std::string>() + "\n";
    if (one.contains("actions"))
      for (const auto& action : one["actions"])
        text += "      " + padded(action["name"], 20) + action["sentence"].get<std::string>() + "\n";
  }
  for (const auto& [family, members] : result["registries"].items()) {
    std::string title = family;
    std::replace(title.begin(), title.end(), '_', ' ');
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
    if (family == "generalists") title += " (segment, predict --refine: --set parameter=value; run: --set NAME.parameter=value)";
    text += "\n" + title + "\n";
    for (const auto& one : members) {
      text += "  " + padded(one["name"], 24) + one["sentence"].get<std::string>() + "\n";
      if (one.contains("params")) text += paramLines(one["params"], "      ");
    }
  }
  for (const auto& [name, params] : result["parameters"].items())
    text += "\nParameters of " + name + " (--set name=value)\n" + paramLines(params, "  ");
  return text;
}

Outcome describeAll(Context&) {
  Outcome outcome;
  Json verbs = Json::array();
  for (const Command& command : builtinCommands()) verbs.push_back(describedVerb(command));
  outcome.result = {{"verbs", std::move(verbs)}, {"registries", families()}, {"parameters", commonParams()}};
  outcome.text = registryText(outcome.result);
  return outcome;
}

}  // namespace

Command describeCommand() {
  return {.name = "describe",
          .sentence = "Print every verb, registry and parameter",
          .examples = {"describe", "--json describe"},
          .declare = [](CLI::App&) { return describeAll; }};
}

}  // namespace roundel::cli
