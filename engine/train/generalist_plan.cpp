#include "train/generalist_plan.h"

#include <algorithm>

#include "core/error.h"
#include "core/hash.h"

namespace roundel {
namespace {

ParamSpec integer(const char* name, std::int64_t value, double low, double high, const char* unit, const char* sentence) {
  return {
      .name = name, .type = ParamType::Integer, .defaultValue = value, .minimum = low, .maximum = high, .unit = unit, .sentence = sentence};
}
ParamSpec real(const char* name, double value, double low, double high, const char* sentence) {
  return {.name = name, .type = ParamType::Real, .defaultValue = value, .minimum = low, .maximum = high, .sentence = sentence};
}

}  // namespace

std::vector<ParamSpec> generalistParams() {
  return {
      integer("dimensions", 2, 2, 3, "", "2: crops of pictures; 3: cubes of volumes"),
      integer("side", 96, 16, 256, "px", "side of a crop or cube; a multiple of 2^levels"),
      integer("width", 16, 4, 128, "channels", "channels at full resolution, in sixteens; of cubes in twelves"),
      integer("levels", 3, 2, 5, "", "halvings of the encoder"),
      integer("deep", 1, 1, 8, "", "double convolutions at the coarsest level"),
      integer("depth", 2, 1, 8, "", "layers of the two-way transformer"),
      integer("heads", 4, 1, 32, "", "attention heads"),
      integer("mlp_dim", 256, 16, 4096, "", "width of the transformer's perceptrons"),
      integer("steps", 12000, 1, 10'000'000, "steps", "how many"),
      integer("batch", 24, 1, 1024, "crops", "crops in a step"),
      integer("per_scene", 4, 1, 64, "crops", "crops from one scene"),
      real("learning_rate", 1.5e-3, 1e-8, 1, "after the warm-up, of AdamW"),
      real("final_learning_rate", 1e-5, 0, 1, "at the last step"),
      integer("warmup", 200, 0, 100'000, "steps", "the learning rate rises from 0"),
      real("fall", 0.3, 0, 1, "share of the steps, at the end, over which the learning rate falls as a cosine"),
      real("weight_decay", 0.01, 0, 1, "of AdamW"),
      real("clip", 1, 0, 1e6, "largest L2 norm of the gradient; 0: no limit"),
      real("average", 0.999, 0, 0.99999, "decay of the moving average of the weights that becomes the result"),
      real("second_round", 0.6, 0, 1,
           "chance that a step asks again, with a click where the first answer was wrong and the answer as a mask"),
      real("third_round", 0.4, 0, 1, "chance of a third round after a second"),
      real("bce_weight", 1, 0, 1000, "weight of the binary cross-entropy"),
      real("dice_weight", 1, 0, 1000, "weight of the Dice term"),
      real("iou_weight", 0.3, 0, 1000, "weight of the predicted IoU's cross-entropy"),
      real("margin", 0.3, 0, 2, "of windows around boxes, share of the mean of the box's sides"),
      real("box_and_clicks", 0.15, 0, 1, "share of prompts: a box and clicks"),
      real("clicks_alone", 0.22, 0, 1, "share of prompts: clicks without a box"),
      real("masks", 0.15, 0, 1, "share of prompts: a wrong mask, with clicks, a box or neither"),
      real("small_jitter", 0.04, 0, 1, "of most boxes' sides, over their length"),
      real("large_jitter", 0.2, 0, 1, "of boxes as wrong as a weak specialist's"),
      real("large_share", 0.3, 0, 1, "how many those are"),
      real("loose_share", 0.1, 0, 1, "how many boxes are drawn too wide"),
      real("squeeze", 0.7, 0, 2, "pictures are stretched along one axis by up to exp(squeeze)"),
      integer("validate_every", 1000, 1, 1'000'000, "steps", "look at scenes that are not trained on"),
      integer("validation_scenes", 12, 1, 1000, "scenes", "of each family"),
      real("checkpoint_seconds", 60, 1, 600, "state is written at least so often"),
      {.name = "precision",
       .type = ParamType::Choice,
       .defaultValue = "auto",
       .choices = {"auto", "float32", "bfloat16"},
       .sentence = "arithmetic of convolutions; auto: bfloat16 where the device is good at it"},
  };
}

PromptSimulation GeneralistPlan::simulation() const {
  return {.side = at<int>("side"),
          .margin = at<double>("margin"),
          .boxAndClicks = at<double>("box_and_clicks"),
          .clicksAlone = at<double>("clicks_alone"),
          .masks = at<double>("masks"),
          .smallJitter = at<double>("small_jitter"),
          .largeJitter = at<double>("large_jitter"),
          .largeShare = at<double>("large_share"),
          .looseShare = at<double>("loose_share"),
          .squeeze = at<double>("squeeze")};
}

GeneralistPlan makeGeneralistPlan(std::uint64_t seed, const Json& params, const Json& families) {
  GeneralistPlan plan{.seed = seed, .params = resolveParams(generalistParams(), params)};
  const int dimensions = plan.at<int>("dimensions"), unit = dimensions == 3 ? 12 : 16;
  if (plan.at<int>("side") % (1 << plan.at<int>("levels")) != 0 || plan.at<int>("width") % unit != 0)
    throw Error(ErrorKind::Usage, "bad-parameter",
                "The side of a crop or cube must be a multiple of 2^levels, the width one of " + std::to_string(unit) + ".");
  if (plan.at<int>("batch") % plan.at<int>("per_scene") != 0)
    throw Error(ErrorKind::Usage, "bad-parameter", "The batch must be a multiple of per_scene.");
  for (const auto& family : sceneFamilies(dimensions))
    if (!family.heldOut) plan.families[family.name] = families.is_object() && !families.empty() ? 0 : 1;
  if (families.is_object())
    for (const auto& [name, weight] : families.items()) {
      const SceneFamily& family = findSceneFamily(name);
      if (family.dimensions != dimensions)
        throw Error(ErrorKind::Usage, "bad-parameter",
                    "The family " + name + " is one of " + (family.dimensions == 3 ? "volumes" : "pictures") + ", and the plan is for " +
                        (dimensions == 3 ? "volumes." : "pictures."));
      if (family.heldOut)
        throw Error(ErrorKind::Usage, "held-out-family", "The family " + name + " is held out: it is measured on and never trained on.");
      if (!weight.is_number() || weight.get<double>() < 0)
        throw Error(ErrorKind::Usage, "bad-parameter", "The weight of the family " + name + " must be a number from 0 on.");
      plan.families[name] = weight.get<double>();
    }
  double sum = 0;
  for (const auto& [name, weight] : plan.families) sum += weight;
  if (sum <= 0) throw Error(ErrorKind::Usage, "bad-parameter", "All families have the weight 0: there would be nothing to learn from.");
  return plan;
}

Json toJson(const GeneralistPlan& plan) {
  Json families = Json::object();
  for (const auto& [name, weight] : plan.families) families[name] = weight;
  return {{"name", plan.name}, {"seed", plan.seed}, {"params", plan.params}, {"families", families}};
}

GeneralistPlan generalistPlanFromJson(const Json& json) {
  try {
    GeneralistPlan plan = makeGeneralistPlan(json.value("seed", std::uint64_t{1}), json.value("params", Json::object()),
                                             json.value("families", Json::object()));
    plan.name = json.value("name", plan.name);
    return plan;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-document", "A generalist's plan is an object with name, seed, params and families.");
  }
}

std::string identityHash(const GeneralistPlan& plan) {
  Json identity = toJson(plan);
  if (plan.at<int>("dimensions") == 2) identity["params"].erase("dimensions");  // of trainings from before there were volumes
  for (const char* other : {"steps", "fall", "final_learning_rate", "checkpoint_seconds", "validate_every", "validation_scenes"})
    identity["params"].erase(other);
  return sha256Hex(identity.dump());
}

std::int64_t fallBegins(const GeneralistPlan& plan) {
  const auto steps = plan.at<std::int64_t>("steps");
  return steps - static_cast<std::int64_t>(plan.at<double>("fall") * static_cast<double>(steps));
}

double learningRate(const GeneralistPlan& plan, std::int64_t step) {
  const double rate = plan.at<double>("learning_rate"), warmup = plan.at<double>("warmup");
  if (static_cast<double>(step) < warmup) return rate * (static_cast<double>(step) + 1) / warmup;
  const std::int64_t begin = fallBegins(plan), length = plan.at<std::int64_t>("steps") - begin;
  if (step < begin || length <= 0) return rate;
  const double last = plan.at<double>("final_learning_rate"), part = static_cast<double>(step - begin) / static_cast<double>(length);
  return last + (rate - last) * 0.5 * (1 + std::cos(3.141592653589793 * part));
}

}  // namespace roundel
