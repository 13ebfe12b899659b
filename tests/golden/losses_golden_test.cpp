// Golden cases of kind "losses": every group that a case holds and that we have. Values, gradients, schedules, optimisers.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <charconv>
#include <functional>
#include <map>

#include "golden/golden_case.h"
#include "train/losses.h"
#include "train/optimiser.h"
#include "train/schedules.h"

namespace roundel {
namespace {

using golden::Case;
using torch::Tensor;

Tensor stored(const Case& test, const std::string& name) {
  const auto& view = test.file.tensor(name);
  if (view.dtype == "I64") return torch::tensor(test.file.integers(name)).view(view.shape);
  return torch::tensor(test.file.floats(name)).view(view.shape);
}

std::vector<float> flat(const Tensor& tensor) {
  const Tensor values = tensor.detach().to(torch::kFloat).contiguous();
  return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel()};
}

void expectClose(const Case& test, const std::string& name, const std::vector<float>& values, double relative) {
  const auto expected = golden::reference(test.file, name);
  ASSERT_EQ(values.size(), expected.values.size()) << name;
  EXPECT_LE(golden::deviation(expected, values).maxOverRms, relative) << test.name << " " << name;
}

/// The whole number that ends `text` after `prefix`, or -1.
std::int64_t numberAfter(const std::string& text, const std::string& prefix) {
  const auto at = text.rfind(prefix);
  if (at == std::string::npos) return -1;
  std::int64_t number = -1;
  std::from_chars(text.data() + at + prefix.size(), text.data() + text.size(), number);
  return number;
}

/// A loss and its gradient with respect to `logits`, compared with <name> and <name>.grad.
void checkLoss(const Case& test, const std::string& name, const std::string& gradient, const Tensor& logits,
               const std::function<Tensor(const Tensor&)>& loss) {
  if (!test.file.has(name)) return;
  const Tensor variable = logits.clone().requires_grad_();
  const Tensor value = loss(variable);
  EXPECT_NEAR(value.item<double>() / golden::reference(test.file, name).values.at(0), 1.0, 1e-5) << name;
  value.backward();
  if (test.file.has(gradient)) expectClose(test, gradient, flat(variable.grad()), 2e-5);
}

void checkSegmentationLosses(const Case& test) {
  if (!test.file.has("loss.logits")) return;
  const Tensor logits = stored(test, "loss.logits");
  const Tensor oneHot = torch::one_hot(stored(test, "loss.label"), logits.size(1)).movedim(-1, 1).to(torch::kFloat);
  const Tensor label = stored(test, "loss.label");
  const auto dice = [&](const Tensor& x) { return diceLoss(torch::softmax(x, 1), oneHot); };
  const auto entropy = [&](const Tensor& x) { return torch::cross_entropy_loss(x, label); };
  checkLoss(test, "loss.dice3_softmax", "loss.dice3_softmax.grad", logits, dice);
  checkLoss(test, "loss.dice3_weighted", "loss.dice3_weighted.grad", logits, [&](const Tensor& x) {
    return diceLoss(torch::softmax(x, 1), oneHot, torch::tensor({0.5f, 1.0f, 2.0f}));
  });
  checkLoss(test, "loss.half_ce_plus_dice", "loss.half_ce_plus_dice.grad", logits,
            [&](const Tensor& x) { return 0.5 * (entropy(x) + dice(x)); });
  checkLoss(test, "loss.dice_foreground1", "loss.dice_foreground1.grad", logits,
            [&](const Tensor& x) { return diceLoss(torch::softmax(x, 1).slice(1, 1, 2), oneHot.slice(1, 1, 2)); });
}

void checkBinaryCrossEntropy(const Case& test) {
  if (test.file.has("bce.logits")) {
    const Tensor logits = stored(test, "bce.logits"), labels = stored(test, "bce.target").to(torch::kByte);
    const LossTarget target{.planes = bitPlanes(labels), .classWeight = torch::ones({logits.size(0), logits.size(1)}), .ignored = {}};
    checkLoss(test, "bce.loss", "bce.grad", logits,
              [&](const Tensor& x) { return binaryCrossEntropy(x, target, stored(test, "bce.pos_weight")); });
  }
  if (!test.file.has("bce.extreme_logits")) return;
  const auto logits = test.file.floats("bce.extreme_logits");
  for (const int y : {0, 1}) {
    const std::string name = "bce.extreme_target" + std::to_string(y) + "_elementwise";
    std::vector<float> values;
    for (const float logit : logits) {
      const LossTarget target{
          .planes = bitPlanes(torch::full({1, 1, 1, 1}, y, torch::kByte)), .classWeight = torch::ones({1, 1}), .ignored = {}};
      values.push_back(binaryCrossEntropy(torch::full({1, 1, 1, 1}, logit), target, torch::full({1}, 100.0f)).item<float>());
    }
    expectClose(test, name, values, 1e-6);
  }
}

void checkRamps(const Case& test) {
  if (test.file.has("ramp.current")) {
    const auto current = test.file.floats("ramp.current");
    for (const auto& [name, view] : test.file.tensors()) {
      if (!name.starts_with("ramp.sigmoid_rampup_L")) continue;
      std::vector<float> values;
      for (const float x : current)
        values.push_back(static_cast<float>(sigmoidRampUp(static_cast<double>(x), static_cast<double>(numberAfter(name, "_L")))));
      expectClose(test, name, values, 1e-6);
    }
  }
}

void checkSchedules(const Case& test) {
  for (const auto& [name, view] : test.file.tensors()) {
    if (name.starts_with("schedule.cosine_lr_")) {
      const std::int64_t length = numberAfter(name, "cosine_lr_");
      std::vector<float> values;
      for (std::int64_t epoch = 0; epoch <= length; ++epoch)
        values.push_back(static_cast<float>(cosineRate(static_cast<double>(epoch), static_cast<double>(length), 1e-3, 1e-5)));
      expectClose(test, name, values, 1e-6);
      continue;
    }
    if (!name.starts_with("schedule.") || !test.file.has("schedule.iterations")) continue;
    std::function<double(std::int64_t)> schedule;
    if (name.find("consistency_weight") != std::string::npos)
      schedule = [length = numberAfter(name, "_L")](std::int64_t t) {
        return 0.1 * sigmoidRampUp(static_cast<double>(t / 150), static_cast<double>(length));
      };
    else if (name.ends_with("step_lr_uamt")) schedule = [](std::int64_t t) { return steppedRate(t, 2500, 0.01); };
    else if (name.find("poly_lr_") != std::string::npos)
      schedule = [length = numberAfter(name, "poly_lr_")](std::int64_t t) {
        return polynomialRate(static_cast<double>(t), static_cast<double>(length), 0.01);
      };
    else continue;
    std::vector<float> values;
    for (const auto iteration : test.file.integers("schedule.iterations")) values.push_back(static_cast<float>(schedule(iteration)));
    expectClose(test, name, values, 1e-6);
  }
}

void checkAverage(const Case& test) {
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> shapes{{"0.weight", {4, 5}}, {"0.bias", {4}},      {"1.weight", {4}},
                                                                              {"1.bias", {4}},      {"2.weight", {3, 4}}, {"2.bias", {3}}};
  const auto parameters = [&](const std::string& prefix) {
    std::vector<Tensor> tensors;
    for (const auto& [name, shape] : shapes) tensors.push_back(torch::tensor(golden::weight(prefix + name, shape)).view(shape));
    return tensors;
  };
  const auto average = parameters("ema.teacher.");
  for (int j = 0;; ++j) {
    std::string found;
    for (const auto& [name, view] : test.file.tensors())
      if (name.starts_with("ema.after_" + std::to_string(j) + "_step")) found = name;
    if (found.empty()) break;
    updateAverage(average, parameters("ema.student" + std::to_string(j) + "."), cappedDecay(numberAfter(found, "_step"), 0.99));
    std::vector<Tensor> all;
    for (const auto& tensor : average) all.push_back(tensor.flatten());
    expectClose(test, found, flat(torch::cat(all)), 1e-6);
  }
}

void checkOptimisers(const Case& test) {
  struct Known {
    const char* name;
    OptimiserOptions options;
    double rate;
  };
  for (const Known& known : {Known{"sgd", {.kind = OptimiserKind::Sgd, .momentum = 0.9, .weightDecay = 1e-4}, 0.01},
                             Known{"adam_dan", {.beta2 = 0.99}, 1e-4}, Known{"adamw", {}, 1e-3}}) {
    Tensor parameter = torch::tensor(golden::input("opt_param", 24, -1, 1)).view({4, 6}).requires_grad_();
    Optimiser optimiser({{"p", parameter}}, known.options);
    for (int step = 0;; ++step) {
      const std::string name = std::string("optimiser.") + known.name + ".after_" + std::to_string(step + 1);
      if (!test.file.has(name)) break;
      parameter.mutable_grad() = torch::tensor(golden::input("opt_grad" + std::to_string(step), 24, -0.5, 0.5)).view({4, 6});
      optimiser.step(known.rate);
      expectClose(test, name, flat(parameter), 1e-6);
    }
  }
}

TEST(LossesGolden, AgreeWithThePublishedCode) {
  const auto cases = golden::casesOfKind("losses");
  if (cases.empty()) GTEST_SKIP() << "no golden cases of kind losses in " << golden::folder();
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    checkSegmentationLosses(test);
    checkBinaryCrossEntropy(test);
    checkRamps(test);
    checkSchedules(test);
    checkAverage(test);
    checkOptimisers(test);
  }
}

}  // namespace
}  // namespace roundel
