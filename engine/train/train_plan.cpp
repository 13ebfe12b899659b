#include "train/train_plan.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/hash.h"
#include "models/specialists/specialists.h"
#include "train/training_strategies.h"

namespace roundel {
namespace {

ParamSpec integer(const char* name, std::int64_t value, double low, double high, const char* unit, const char* sentence) {
  return {
      .name = name, .type = ParamType::Integer, .defaultValue = value, .minimum = low, .maximum = high, .unit = unit, .sentence = sentence};
}
ParamSpec real(const char* name, double value, double low, double high, const char* unit, const char* sentence) {
  return {
      .name = name, .type = ParamType::Real, .defaultValue = value, .minimum = low, .maximum = high, .unit = unit, .sentence = sentence};
}
ParamSpec choice(const char* name, const char* value, std::vector<std::string> choices, const char* sentence) {
  return {.name = name, .type = ParamType::Choice, .defaultValue = value, .choices = std::move(choices), .sentence = sentence};
}

std::vector<ParamSpec> commonParams() {
  return {
      integer("steps", 0, 0, 10'000'000, "steps", "how many; 0: a budget that follows the number of cases"),
      integer("batch", 6, 1, 256, "pictures", "pictures in a step, of all ranks together"),
      integer("ranks", 1, 1, 4096, "processes", "that share every batch; set by whoever starts them (docs/DISTRIBUTED.md)"),
      choice("sampling", "bootstrap", {"bootstrap", "shuffle"}, "draw pictures with replacement, or each once an epoch"),
      real("labelled_share", 0.5, 0, 1, "",
           "share of every batch drawn from true labels where there are machine's too; 0: as many as there are"),
      choice("optimiser", "adamw", {"adamw", "sgd"}, "adamw, or SGD with Nesterov momentum"),
      real("learning_rate", 4e-3, 1e-8, 10, "", "at the first step; narrow networks bear more than the paper's 0.001"),
      integer("warmup", 20, 0, 100'000, "steps", "the learning rate rises from 0 over the first steps; 0: it does not"),
      real("final_learning_rate", 1e-5, 0, 10, "", "at the last step (cosine)"),
      choice("schedule", "cosine", {"cosine", "polynomial", "constant"}, "how the learning rate falls"),
      integer("schedule_every", 1, 1, 1'000'000, "steps", "the learning rate changes every so many steps; 3 in the paper, an epoch"),
      real("momentum", 0.99, 0, 0.9999, "", "of SGD"),
      {.name = "nesterov",
       .type = ParamType::Flag,
       .defaultValue = true,
       .sentence = "SGD looks ahead (nnU-Net); the SSL4MIS scripts do not"},
      real("weight_decay", 0, 0, 1, "", "pulls weights towards zero"),
      real("clip", 1.0, 0, 1e6, "", "largest L2 norm of the gradient; 0: no limit"),
      real("bce_weight", 1, 0, 1000, "", "weight of the binary cross-entropy"),
      real("dice_weight", 1, 0, 1000, "", "weight of the Dice term"),
      choice("positive_weights", "computed", {"computed", "none"}, "positives count more, by the ratio of pixels without and with a class"),
      real("positive_weight_limit", 4, 0, 1e6, "", "largest computed positive weight; 0: no limit (the paper)"),
      {.name = "positive_weight_values",
       .type = ParamType::Text,
       .defaultValue = "",
       .sentence = "given positive weights, one a class, separated by commas, instead of computed ones"},
      real("affine", 0.03, 0, 0.5, "", "random affine maps: I + affine * N(0, 1)"),
      real("flip", -1, -1, 1, "", "probability of a horizontal flip; classes change to their mirrors; -1: half where classes name mirrors"),
      real("intensity", 0, 0, 3, "", "strength of random brightness, contrast and gamma"),
      real("noise", 0, 0, 3, "", "largest deviation of random noise, in deviations of the grey values"),
      real("blur", 0, 0, 10, "px", "largest sigma of random blur"),
      real("average", 0, 0, 0.99999, "", "decay of a moving average of the weights that becomes the result; 0: none"),
      {.name = "patch",
       .type = ParamType::Text,
       .defaultValue = "auto",
       .sentence =
           "volumes: columns, rows and slices that are learnt at once, for instance 96,96,64; auto: the labelled cases' median, as the "
           "preset bears it"},
      {.name = "turns",
       .type = ParamType::Flag,
       .defaultValue = true,
       .sentence = "volumes: quarter turns in the plane of the slices and one flip, as published"},
      real("foreground_share", 0.33, 0, 1, "",
           "volumes: share of labelled patches centred on a class; 0 in the papers, a third in nnU-Net"),
      choice("epoch", "last", {"last", "best"}, "keep the last weights, or those with the best validation Dice"),
      integer("validate_every", 0, 0, 1'000'000, "steps", "look at the validation cases; 0: about ten times a training"),
      integer("patience", 0, 0, 1'000'000, "validations", "stop after so many validations without a better Dice; 0: never"),
      choice("precision", "auto", {"auto", "float32", "bfloat16"},
             "arithmetic of convolutions; auto: bfloat16 where the device is good at it"),
      real("checkpoint_seconds", 60, 0, 60, "s", "state is written at least so often"),
  };
}

/// What a preset changes of the declared defaults.
Json presetValues(const std::string& preset) {
  if (preset == "quick") return Json::object();
  if (preset == "standard") return {{"width", 32}, {"batch", 8}, {"intensity", 0.3}, {"learning_rate", 2e-3}};
  if (preset == "paper")
    return {{"width", 64},           {"batch", 16}, {"dice_weight", 0.0}, {"positive_weight_limit", 0.0}, {"schedule_every", 3},
            {"learning_rate", 1e-3}, {"warmup", 0}, {"flip", 0.0},        {"labelled_share", 0.0}};
  throw Error(ErrorKind::Usage, "unknown-preset", "There is no preset named " + preset + ".", {.remedy = "Known: quick, standard, paper."});
}

/// What learning from volumes changes. The preset "paper" is the plan of SemiSAM+ and O1 (ALGORITHMS.md 4.2): SGD 0.01, 30,000 steps, batch
/// 1 + 1, softmax, whole crops at random.
Json volumeValues(const std::string& preset) {
  if (preset != "paper") return {{"batch", 2}, {"learning_rate", 2e-3}};
  return {{"batch", 2},
          {"steps", 30'000},
          {"width", 16},
          {"optimiser", "sgd"},
          {"nesterov", false},
          {"momentum", 0.9},
          {"weight_decay", 1e-4},
          {"learning_rate", 0.01},
          {"schedule", "polynomial"},
          {"schedule_every", 1},
          {"clip", 0.0},
          {"dice_weight", 1.0},
          {"outputs", "exclusive"},
          {"foreground_share", 0.0},
          {"epoch", "best"}};
}

/// What nnU-Net's rules change (ALGORITHMS.md 6.7).
Json nnunetValues() {
  return {{"optimiser", "sgd"}, {"learning_rate", 0.01}, {"schedule", "polynomial"},
          {"momentum", 0.99},   {"weight_decay", 3e-5},  {"positive_weights", "none"},
          {"intensity", 1.0},   {"noise", 0.3},          {"blur", 1.0},
          {"affine", 0.1},      {"clip", 12.0}};
}

void overlay(Json& values, const Json& more) {
  for (const auto& [key, value] : more.items()) values[key] = value;
}

}  // namespace

std::vector<ParamSpec> trainParams() {
  std::vector<ParamSpec> all = commonParams();
  // Members of a family may share a parameter: it is listed once.
  const auto add = [&](const std::vector<ParamSpec>& params) {
    for (const ParamSpec& one : params)
      if (std::none_of(all.begin(), all.end(), [&](const ParamSpec& known) { return known.name == one.name; })) all.push_back(one);
  };
  for (const auto& entry : specialists().entries()) add(entry.params);
  for (const auto& entry : trainingStrategies().entries()) add(entry.params);
  return all;
}

TrainPlan makeTrainPlan(const std::string& preset, std::uint64_t seed, const Json& overrides, const std::string& specialist,
                        const std::string& strategy) {
  TrainPlan plan{.preset = preset, .seed = seed};
  if (!specialist.empty()) plan.specialist = specialists().find(specialist).name;
  if (!strategy.empty()) plan.strategy = trainingStrategies().find(strategy).name;
  Json values = presetValues(preset);
  if (dimensionsOf(plan.specialist) == 3) overlay(values, volumeValues(preset));
  if (plan.specialist.starts_with("nnunet-like")) overlay(values, nnunetValues());
  values["heads"] = headsNeeded(plan.strategy, overrides.is_object() ? overrides : Json::object());
  if (overrides.is_object()) overlay(values, overrides);
  plan.params = resolveParams(trainParams(), values);
  if (plan.params["bce_weight"].get<double>() + plan.params["dice_weight"].get<double>() <= 0)
    throw Error(ErrorKind::Usage, "bad-parameter", "bce_weight and dice_weight are both 0: there would be nothing to learn from.");
  return plan;
}

Json toJson(const TrainPlan& plan) {
  return {{"preset", plan.preset}, {"specialist", plan.specialist}, {"strategy", plan.strategy}, {"seed", plan.seed},
          {"params", plan.params}, {"device", plan.device},         {"threads", plan.threads}};
}

TrainPlan trainPlanFromJson(const Json& json) {
  try {
    TrainPlan plan = makeTrainPlan(json.at("preset").get<std::string>(), json.at("seed").get<std::uint64_t>(), json.at("params"),
                                   json.at("specialist").get<std::string>(), json.at("strategy").get<std::string>());
    plan.device = json.value("device", "auto");
    plan.threads = json.value("threads", 0);
    return plan;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "A training plan lacks a part, or a part has the wrong type.");
  }
}

std::string identityHash(const TrainPlan& plan) {
  Json identity = toJson(plan);
  identity.erase("device");
  identity.erase("threads");
  identity["params"].erase("checkpoint_seconds");
  if (identity["params"].at("ranks") == 1) identity["params"].erase("ranks");  // plans that are older than it keep their identity
  return sha256Hex(identity.dump());
}

std::int64_t plannedSteps(const TrainPlan& plan, const TrainingSet& set, StartKind start) {
  const auto given = plan.params.at("steps").get<std::int64_t>();
  if (given > 0) return given;
  const auto cases = static_cast<double>(set.labelled.size() + set.pseudoLabelled.size());
  if (plan.preset == "paper") {
    const double batch = plan.params.at("batch").get<double>();
    const double perEpoch = set.pseudoLabelled.empty() ? 3.0 : std::max(1.0, std::floor(cases / batch));
    return static_cast<std::int64_t>(350 * perEpoch);
  }
  const double base = plan.preset == "standard" ? 2000 : 800;
  const double all = cases + static_cast<double>(set.unlabelled.size());  // Mean Teacher learns from pictures alone, too
  const double scratch = base * std::sqrt(std::max(all, 1.0) / 20.0);
  const double steps = start == StartKind::FromScratch ? scratch : std::max(0.3 * scratch, base / 3);
  return static_cast<std::int64_t>(std::llround(std::clamp(steps, base / 4, 10 * base)));
}

}  // namespace roundel
