#include "train/strategies/semisam_plus.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "train/generalist_panel.h"
#include "train/schedules.h"
#include "train/strategies/mean_teacher.h"
#include "train/strategies/patch_advice.h"
#include "train/strategies/unlabelled_terms.h"
#include "train/volume_panel.h"

namespace roundel {
namespace {

using torch::Tensor;

/// How much a pixel counts, from the variance U of the answers (at most 0.25).
enum class Confidence {
  Linear,       ///< 1 - U / 0.25
  Exponential,  ///< exp(-U / tau)
  Released      ///< the published code: one number for all pixels, and a loss divided by itself, which teaches nothing
};

struct AdviceOptions {
  PanelOptions panel;
  Confidence confidence = Confidence::Linear;
  double tau = 0.05, weight = 1, warmup = 0.1;
  std::int64_t every = 1;
  int slices = 8;
};

constexpr std::int64_t kWeighedCases = 8, kWeighedVolumes = 2;

class AdviceTerm : public UnlabelledTerm {
 public:
  explicit AdviceTerm(const AdviceOptions& options) : m_options(options) {}

  void begin(TrainingContext& context) override {
    if (context.generalists.empty())
      throw Error(ErrorKind::Usage, "no-generalist", "This strategy asks a generalist, and none was named.",
                  {.remedy = "Name one with --generalist."});
    if (context.set.ofVolumes()) m_options.panel.keep = KeptComponent::All;  // one component of the volume may be two on a slice
    std::vector<std::shared_ptr<const Generalist>> ofPictures, ofVolumes;
    for (const auto& one : context.generalists) (one->traits().dimensions == 3 ? ofVolumes : ofPictures).push_back(one);
    if (!ofPictures.empty()) m_panel = std::make_unique<GeneralistPanel>(ofPictures, m_options.panel);
    if (!ofVolumes.empty()) m_volumes = std::make_unique<VolumePanel>(ofVolumes, m_options.panel);
    if (m_volumes && !context.set.ofVolumes()) requireForPictures(*ofVolumes.front());
    if (context.generalists.size() == 1) return;
    if (m_volumes) m_volumes->weigh(context.set.labelled, kWeighedVolumes, context.recipe.seed);
    if (!m_panel) return;
    if (context.set.ofVolumes()) return weighOnVolumes(*m_panel, context.set.labelled, kWeighedCases, context.recipe.seed);
    const auto count = std::min<std::int64_t>(kWeighedCases, static_cast<std::int64_t>(context.set.labelled.size()));
    for (std::int64_t i = 0; i < count; ++i) {
      const TrainingCase& one = context.set.labelled[static_cast<std::size_t>(i)];
      m_panel->weigh(-1 - i, imageOf(context, one), one.classes, context.recipe.seed);
    }
  }

  void add(TrainingContext& context, const TwoStreamStep& step, StepLoss& loss) override {
    if (step.share < m_options.warmup || step.step % m_options.every != 0 || step.unlabelledCases.empty()) return;
    const auto begin = std::chrono::steady_clock::now();
    const Tensor logits = classLogits(step.ofUnlabelled(step.output.logits.front()), context.form()).to(torch::kFloat);
    const Tensor found = torch::sigmoid(logits);
    auto [target, variance, seen, mine] = context.set.ofVolumes() ? onPatches(context, step, found) : onPictures(context, step, found);
    const BatchShare& share = context.recipe.share;
    const double prompts = share.summed({static_cast<double>(mine)}).front();
    if (mine == 0) target = variance = seen = torch::zeros_like(found);
    loss.notes.emplace_back("generalist_prompts", prompts);
    if (prompts > 0) {
      const double ramp = sigmoidRampUp(1 - step.share, 1.0);  // strongest first, as published
      addTerm(loss, "generalist", taught(found, target, variance, seen, share), m_options.weight * ramp);
    }
    loss.notes.emplace_back("generalist_seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }

 private:
  /// Answers to a batch [B, C, (D,) H, W]: their mean, their variance, and where anybody was asked.
  struct Answers {
    Tensor target, variance, seen;
    int prompts = 0;
  };

  Answers onPictures(TrainingContext& context, const TwoStreamStep& step, const Tensor& found) {
    const torch::NoGradGuard guard;
    std::vector<Tensor> targets, variances, asked;
    int prompts = 0;
    const Tensor upright = warped(found.detach().contiguous(), inverted(step.unlabelled.thetas));
    for (std::int64_t i = 0; i < found.size(0); ++i) {
      const Advice advice = adviceOn(context, step, i, upright[i]);
      prompts += advice.prompts;
      const auto mapOf = [&](const std::vector<float>& values) {
        return torch::tensor(values).view({context.set.classes.size(), context.set.height, context.set.width});
      };
      targets.push_back(mapOf(advice.mean)), variances.push_back(mapOf(advice.variance));
      asked.push_back(torch::tensor(std::vector<float>(advice.asked.begin(), advice.asked.end())));
      if (isMirrored(step, i))
        for (auto* maps : {&targets, &variances, &asked}) maps->back() = maps->back().index_select(0, mirrorOf(context));
    }
    if (prompts == 0) return {};
    // Warped as the batch was; outside the picture nobody said anything.
    const auto placed = [&](const std::vector<Tensor>& maps) {
      return warped(torch::stack(maps).to(found.device()), step.unlabelled.thetas);
    };
    const Tensor target = placed(targets), whole = warped(torch::ones_like(target), step.unlabelled.thetas).ge(0.999).to(torch::kFloat);
    return {target, placed(variances), whole * torch::stack(asked).to(found.device()).unsqueeze(2).unsqueeze(3), prompts};
  }

  /// The patches as the student saw them, and slices of them.
  Answers onPatches(TrainingContext& context, const TwoStreamStep& step, const Tensor& found) {
    const torch::NoGradGuard guard;
    std::vector<Tensor> targets, variances, asked;
    int prompts = 0;
    const auto flat = [](const Tensor& map) {
      const Tensor plain = map.detach().to(torch::kCPU, torch::kFloat).contiguous();
      return std::vector<float>(plain.const_data_ptr<float>(), plain.const_data_ptr<float>() + plain.numel());
    };
    for (std::int64_t i = 0; i < found.size(0); ++i) {
      const Prediction prediction{.size = {found.size(4), found.size(3), found.size(2)},
                                  .classCount = static_cast<int>(found.size(1)),
                                  .probabilities = flat(found[i])};
      const std::vector<float> patch = flat(step.unlabelled.images[i]);
      PatchAdvice advice(prediction.classCount, prediction.size);
      if (m_panel)
        advice.add(adviceOnPatch(*m_panel, patch, prediction, m_options.slices, context.recipe.seed, step.step, step.firstUnlabelled + i));
      if (m_volumes) advice.add(m_volumes->ask(patch, prediction, context.recipe.seed, step.step, step.firstUnlabelled + i));
      prompts += advice.prompts;
      targets.push_back(torch::tensor(advice.mean).view(found[i].sizes()));
      variances.push_back(torch::tensor(advice.variance).view(found[i].sizes()));
      asked.push_back(torch::tensor(advice.seen()).view(found[i].sizes()));
    }
    const auto placed = [&](const std::vector<Tensor>& maps) { return torch::stack(maps).to(found.device()); };
    if (prompts == 0) return {};
    return {placed(targets), placed(variances), placed(asked), prompts};
  }

  static Image imageOf(const TrainingContext& context, const TrainingCase& one) {
    return {.geometry = {.size = {context.set.width, context.set.height, 1}}, .values = one.image};
  }
  static bool isMirrored(const TwoStreamStep& step, std::int64_t i) {
    const Tensor theta = step.unlabelled.thetas[i];
    return torch::det(theta.narrow(1, 0, 2)).item<double>() < 0;
  }
  static Tensor mirrorOf(const TrainingContext& context) {
    return torch::tensor(std::vector<std::int64_t>(context.recipe.mirror.begin(), context.recipe.mirror.end()));
  }

  /// The student's maps, warped back onto the picture as it is, are what the generalists are asked about: their embeddings serve every
  /// step.
  Advice adviceOn(const TrainingContext& context, const TwoStreamStep& step, std::int64_t i, const Tensor& upright) {
    Tensor maps = upright.cpu();
    if (isMirrored(step, i)) maps = maps.index_select(0, mirrorOf(context));
    maps = maps.contiguous();
    const Size size{context.set.width, context.set.height, 1};
    const Prediction prediction{.size = size,
                                .classCount = context.set.classes.size(),
                                .probabilities = {maps.const_data_ptr<float>(), maps.const_data_ptr<float>() + maps.numel()}};
    const std::int64_t index = step.unlabelledCases[static_cast<std::size_t>(i)];
    return m_panel->ask(index, imageOf(context, context.set.unlabelled[static_cast<std::size_t>(index)]), prediction, context.recipe.seed,
                        step.step);
  }

  Tensor taught(const Tensor& found, const Tensor& target, const Tensor& variance, const Tensor& seen, const BatchShare& share) const {
    if (m_options.confidence == Confidence::Released) {
      const Tensor asked = share.summed(seen.sum()).clamp_min(1), u = share.summed((variance * seen).sum()) / asked;
      const Tensor s = share.summed(((found - (target > 0.5).to(torch::kFloat)).square() * seen).sum()) / asked * u / (u + 1e-8) + u;
      return s / (s + 1e-16);
    }
    const Tensor weight =
        seen * (m_options.confidence == Confidence::Linear ? (1 - variance / 0.25).clamp(0, 1) : torch::exp(-variance / m_options.tau));
    return share.summed(((found - target).square() * weight).sum()) / (share.summed(weight.sum()) + 1e-8);
  }

  AdviceOptions m_options;
  std::unique_ptr<GeneralistPanel> m_panel;  ///< of those that look at pictures; none: nothing
  std::unique_ptr<VolumePanel> m_volumes;    ///< of those that look at volumes, likewise
};

AdviceOptions adviceOptions(const Params& params) {
  const std::string form = params.at("generalist_prompt"), confidence = params.at("generalist_confidence");
  return {.panel = {.form = form == "box"      ? PromptForm::Box
                            : form == "points" ? PromptForm::Points
                            : form == "mask"   ? PromptForm::Mask
                                               : PromptForm::Mixed,
                    .samples = params.at("generalist_prompts").get<int>()},
          .confidence = confidence == "linear"        ? Confidence::Linear
                        : confidence == "exponential" ? Confidence::Exponential
                                                      : Confidence::Released,
          .tau = params.at("generalist_tau"),
          .weight = params.at("generalist_weight"),
          .warmup = params.at("generalist_warmup"),
          .every = params.at("generalist_every").get<std::int64_t>(),
          .slices = params.at("generalist_slices").get<int>()};
}

std::vector<ParamSpec> ownParams() {
  const auto real = [](const char* name, double value, double low, double high, const char* sentence) {
    return ParamSpec{.name = name, .type = ParamType::Real, .defaultValue = value, .minimum = low, .maximum = high, .sentence = sentence};
  };
  return {
      {.name = "semisam_base",
       .type = ParamType::Choice,
       .defaultValue = "mean-teacher",
       .choices = {"supervised", "mean-teacher", "ua-mt", "dan", "dtc", "urpc"},
       .sentence = "what semisam-plus adds the generalists' advice to"},
      {.name = "generalist_prompt",
       .type = ParamType::Choice,
       .defaultValue = "mixed",
       .choices = {"mixed", "box", "points", "mask"},
       .sentence = "what the specialist's mask becomes: moved boxes and clicks in turn, one of them, or the mask itself"},
      {.name = "generalist_prompts",
       .type = ParamType::Integer,
       .defaultValue = 4,
       .minimum = 2,
       .maximum = 32,
       .unit = "prompts",
       .sentence = "different prompts a class and picture, from whose answers the uncertainty comes"},
      {.name = "generalist_confidence",
       .type = ParamType::Choice,
       .defaultValue = "linear",
       .choices = {"linear", "exponential", "released"},
       .sentence = "how the variance U of the answers lowers a pixel's weight: 1 - U / 0.25, exp(-U / tau), or as in the released code, "
                   "whose term teaches nothing"},
      real("generalist_tau", 0.05, 1e-6, 10, "of generalist_confidence=exponential"),
      real("generalist_weight", 1.0, 0, 1000, "largest weight of the generalists' advice; it falls over the training"),
      real("generalist_warmup", 0.1, 0, 1, "share of the training before the generalists are first asked"),
      {.name = "generalist_every",
       .type = ParamType::Integer,
       .defaultValue = 1,
       .minimum = 1,
       .maximum = 1000,
       .unit = "steps",
       .sentence = "the generalists are asked every so many steps"},
      {.name = "generalist_slices",
       .type = ParamType::Integer,
       .defaultValue = 8,
       .minimum = 1,
       .maximum = 4096,
       .unit = "slices",
       .sentence = "volumes: slices of a patch that generalists which look at pictures are asked about in a step, at most"}};
}

std::unique_ptr<UnlabelledTerm> baseTerm(const Params& params) {
  const std::string base = params.at("semisam_base");
  if (base == "mean-teacher") return meanTeacherTerm(params);
  if (base == "ua-mt") return uncertaintyAwareTerm(params);
  if (base == "dan") return adversarialTerm(params);
  if (base == "dtc") return dualTaskTerm(params);
  if (base == "urpc") return pyramidTerm(params);
  return nullptr;
}

}  // namespace

RegistryEntry<TrainingStrategy> semisamPlusStrategy() {
  std::vector<ParamSpec> params = ownParams();
  const auto add = [&](const std::vector<ParamSpec>& more) {
    for (const ParamSpec& one : more)
      if (std::none_of(params.begin(), params.end(), [&](const ParamSpec& known) { return known.name == one.name; })) params.push_back(one);
  };
  for (const auto& base : {meanTeacherStrategy(), uncertaintyAwareStrategy(), adversarialStrategy(), dualTaskStrategy(), pyramidStrategy()})
    add(base.params);
  return {.name = "semisam-plus",
          .sentence = "Another strategy, and generalists prompted with the specialist's masks, whose sure answers teach it (SemiSAM+)",
          .params = std::move(params),
          .create = [](const Params& given) -> std::unique_ptr<TrainingStrategy> {
            std::vector<std::unique_ptr<UnlabelledTerm>> terms;
            if (auto base = baseTerm(given)) terms.push_back(std::move(base));
            terms.push_back(std::make_unique<AdviceTerm>(adviceOptions(given)));
            return std::make_unique<SemiSupervised>(std::move(terms));
          }};
}

}  // namespace roundel
