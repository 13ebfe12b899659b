#include "train/strategies/semi_supervised.h"

#include <algorithm>
#include <numeric>

#include "core/random.h"
#include "train/schedules.h"
#include "train/strategies/belief_term.h"

namespace roundel {
namespace {

using torch::Tensor;

std::vector<std::int64_t> permuted(std::int64_t cases, std::uint64_t seed, const std::string& stage, std::int64_t epoch,
                                   std::int64_t pass) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(cases));
  std::iota(order.begin(), order.end(), 0);
  Random random(seed, stage, static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(pass));
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
  return order;
}

/// Positions `first` ... of an endless stream that passes over all cases, each time in a new order.
std::vector<std::int64_t> drawnFrom(std::int64_t cases, std::int64_t first, std::int64_t count, std::uint64_t seed,
                                    const std::string& stage, std::int64_t epoch) {
  std::vector<std::int64_t> drawn;
  for (std::int64_t at = first; at < first + count; ++at)
    drawn.push_back(permuted(cases, seed, stage, epoch, at / cases)[static_cast<std::size_t>(at % cases)]);
  return drawn;
}

}  // namespace

TwoStreamIndices twoStreamIndices(const Params& params, std::int64_t trueLabels, std::int64_t labelled, std::int64_t unlabelled,
                                  std::uint64_t seed, std::int64_t step) {
  const auto batch = params.at("batch").get<std::int64_t>();
  const std::int64_t ofLabelled = std::max<std::int64_t>(batch / 2, 1), ofUnlabelled = std::max<std::int64_t>(batch - ofLabelled, 1);
  const std::int64_t stepsAnEpoch = std::max<std::int64_t>(labelled / ofLabelled, 1), epoch = step / stepsAnEpoch, at = step % stepsAnEpoch;
  TwoStreamIndices indices{.labelled = drawnFrom(labelled, at * ofLabelled, ofLabelled, seed, "labelled stream", epoch),
                           .unlabelled = drawnFrom(unlabelled, at * ofUnlabelled, ofUnlabelled, seed, "unlabelled stream", epoch)};
  if (trueLabels < labelled) {  // the machine's labels are among them
    Params half = params;
    half["batch"] = ofLabelled;
    indices.labelled = mixedIndices(half, trueLabels, labelled, seed, step);
  }
  return indices;
}

void SemiSupervised::begin(TrainingContext& context) {
  if (context.unlabelled.anyBeliefs) m_terms.push_back(beliefTerm());
  for (const auto& term : m_terms) term->begin(context);
}

StepLoss SemiSupervised::loss(TrainingContext& context, std::int64_t step) {
  const bool hasUnlabelled = context.unlabelled.size() > 0;
  const CaseTensors& others = hasUnlabelled ? context.unlabelled : context.labelled;
  const TwoStreamIndices indices = twoStreamIndices(context.params, static_cast<std::int64_t>(context.set.labelled.size()),
                                                    context.labelled.size(), others.size(), context.recipe.seed, step);
  TwoStreamStep now{.step = step,
                    .share = static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(context.steps, 1)),
                    .labelled = makeBatch(context.labelled, indices.labelled, context.recipe, "augment", step),
                    .unlabelled = makeBatch(others, indices.unlabelled, context.recipe, "augment unlabelled", step),
                    .unlabelledCases = hasUnlabelled ? context.recipe.share.ownOf(indices.unlabelled) : std::vector<std::int64_t>(),
                    .output = {},
                    .labelledWhole = static_cast<std::int64_t>(indices.labelled.size()),
                    .unlabelledWhole = static_cast<std::int64_t>(indices.unlabelled.size())};
  now.firstUnlabelled = context.recipe.share.of(now.unlabelledWhole).first;
  now.consistency =
      context.params.at("consistency").get<double>() * sigmoidRampUp(now.share, context.params.at("consistency_ramp").get<double>());
  now.output = context.network.run(now.images().to(context.type), context.pass("student", step, {now.labelledWhole, now.unlabelledWhole}));
  std::vector<Tensor> heads;
  for (const Tensor& head : now.output.logits) heads.push_back(now.ofLabelled(head));
  HeadWeights weights = HeadWeights::Halving;
  for (const auto& term : m_terms)
    if (term->headWeights() == HeadWeights::Equal) weights = HeadWeights::Equal;
  StepLoss loss = supervisedLoss(context, heads, now.labelled.target, weights);
  for (const auto& term : m_terms) term->add(context, now, loss);
  return loss;
}

void SemiSupervised::afterUpdate(TrainingContext& context, std::int64_t step) {
  for (const auto& term : m_terms) term->afterUpdate(context, step);
}

NamedParameters SemiSupervised::state() {
  NamedParameters all;
  for (const auto& term : m_terms)
    for (auto& entry : term->state()) all.push_back(std::move(entry));
  return all;
}

SpecialistNetwork* SemiSupervised::finalNetwork() {
  for (const auto& term : m_terms)
    if (SpecialistNetwork* network = term->finalNetwork(); network != nullptr) return network;
  return nullptr;
}

void Teacher::begin(TrainingContext& context) {
  const torch::NoGradGuard guard;
  m_network = context.builder.build(context.set.classes.size());
  m_network->module().to(context.device());
  const auto student = stateOf(context.network);
  auto own = stateOf(*m_network);
  for (std::size_t i = 0; i < own.size(); ++i) own[i].second.copy_(student[i].second);
}

void Teacher::follow(TrainingContext& context, std::int64_t step, double decay) { average(context, cappedDecay(step, decay)); }

void Teacher::average(TrainingContext& context, double decay) {
  std::vector<Tensor> average, student;
  for (auto& [name, tensor] : parametersOf(*m_network)) average.push_back(tensor);
  for (auto& [name, tensor] : parametersOf(context.network)) student.push_back(tensor);
  updateAverage(average, student, decay);
}

Tensor Teacher::disturbed(const TrainingContext& context, const Tensor& images, const std::string& name, std::int64_t step,
                          std::initializer_list<std::int64_t> streams) const {
  const torch::NoGradGuard guard;
  const std::uint64_t seed = Random(context.recipe.seed, name + " noise", static_cast<std::uint64_t>(step)).next();
  const auto draw = [&](torch::IntArrayRef all) {
    return torch::randn(all, nn::generatorOf(seed, context.device()), images.options()).mul_(0.1).clamp_(-0.2, 0.2);
  };
  const Tensor noise = context.recipe.share.rows(streams).drawn(images.sizes(), draw);
  return m_network->run((images + noise).to(context.type), context.pass(name, step, streams)).logits.front();
}

NamedParameters Teacher::state() {
  NamedParameters all;
  for (auto& [name, tensor] : stateOf(*m_network)) all.emplace_back("teacher." + name, tensor);
  return all;
}

std::vector<ParamSpec> semiSupervisedParams() {
  return {{.name = "consistency",
           .type = ParamType::Real,
           .defaultValue = 0.1,
           .minimum = 0.0,
           .maximum = 1000.0,
           .sentence = "largest weight of what cases without labels teach by agreement (ua-mt, dan, dtc, urpc)"},
          {.name = "consistency_ramp",
           .type = ParamType::Real,
           .defaultValue = 1.0,
           .minimum = 0.0,
           .maximum = 1.0,
           .sentence = "share of the training over which that weight rises; 1 in the papers"},
          {.name = "teacher_limit",
           .type = ParamType::Real,
           .defaultValue = 0.99,
           .minimum = 0.0,
           .maximum = 0.99999,
           .sentence = "decay of the teacher's average in ua-mt, once it has its length"}};
}

}  // namespace roundel
