// Golden cases of kind "urpc": the losses of both training scripts with their gradients, and the network with four heads.
#include "golden/specialist_networks.h"
#include "train/consistency_losses.h"
#include "train/losses.h"
#include "train/schedules.h"

namespace roundel {
namespace {

using golden::Case;
using golden::Comparison;
using torch::Tensor;

constexpr golden::Tolerance kUrpcMap{.maxOverRms = 2e-5};

/// A scalar that the case holds, to 1e-5 of itself.
void checkScalar(const Case& test, Comparison& comparison, const std::string& name, const Tensor& value) {
  if (!golden::holds(test.file, name)) return;
  comparison.check(name, value, {});
  EXPECT_NEAR(value.item<double>() / golden::reference(test.file, name).values.at(0), 1.0, 1e-5) << test.name << " " << name;
}

/// The losses of one script; batch item 0 is labelled, the rest is not.
void checkLosses(const Case& test, const std::string& script, const Json& description, Comparison& comparison) {
  const auto shape = description["shape"].get<std::vector<std::int64_t>>();
  const std::int64_t classes = shape[1];
  std::vector<std::int64_t> space(shape);
  space.erase(space.begin() + 1);
  std::int64_t count = 1, pixels = 1;
  for (const auto side : shape) count *= side;
  for (const auto side : space) pixels *= side;
  std::vector<std::int64_t> drawn(static_cast<std::size_t>(pixels));
  const std::uint64_t key = fnv1a(description["label_key"].get<std::string>());
  for (std::size_t j = 0; j < drawn.size(); ++j)
    drawn[j] = static_cast<std::int64_t>(static_cast<double>(classes) * golden::uniform(key, j));
  const Tensor label = torch::tensor(drawn).view(space);
  comparison.check("in." + script + "label", label, {.maxOverRms = 0});
  const Tensor oneHot = torch::one_hot(label, classes).movedim(-1, 1).to(torch::kFloat);

  std::vector<Tensor> logits, unlabelled;
  Tensor supervised = torch::zeros({});
  for (int i = 1; i <= 4; ++i) {
    const std::string number = std::to_string(i);
    logits.push_back(
        golden::tensorOf(
            golden::input(description["logits_key"].get<std::string>() + number, count, description["low"], description["high"]), shape)
            .requires_grad_());
    comparison.check("in." + script + "logits" + number, logits.back(), kUrpcMap);
    const Tensor entropy = torch::cross_entropy_loss(logits.back().slice(0, 0, 1), label.slice(0, 0, 1));
    const Tensor dice = diceLoss(torch::softmax(logits.back().slice(0, 0, 1), 1), oneHot.slice(0, 0, 1));
    checkScalar(test, comparison, script + "ce" + number, entropy);
    checkScalar(test, comparison, script + "dice" + number, dice);
    supervised = supervised + (entropy + dice) / 8;
    unlabelled.push_back(logits.back().slice(0, 1));
  }
  checkScalar(test, comparison, script + "supervised", supervised);
  const PyramidConsistency found = pyramidConsistency(unlabelled, OutputForm::Softmax);
  for (std::size_t i = 0; i < 4; ++i) {
    comparison.check(script + "variance" + std::to_string(i + 1), found.variance[i], kUrpcMap);
    checkScalar(test, comparison, script + "consistency" + std::to_string(i + 1), found.each[i]);
  }
  checkScalar(test, comparison, script + "consistency", found.loss);
  const auto t = test.description.at("iteration").get<std::int64_t>();
  const double weight = test.description.at("consistency").get<double>() *
                        sigmoidRampUp(static_cast<double>(t / 150), description["ramp_length"].get<double>());
  checkScalar(test, comparison, script + "weight", torch::full({}, weight));
  const Tensor total = supervised + weight * found.loss;
  checkScalar(test, comparison, script + "total", total);
  const auto ofConsistency = torch::autograd::grad({found.loss}, logits, {}, true);
  const auto ofTotal = torch::autograd::grad({total}, logits);
  for (std::size_t i = 0; i < 4; ++i) {
    comparison.check(script + "consistency.grad" + std::to_string(i + 1), ofConsistency[i], kUrpcMap);
    comparison.check(script + "total.grad" + std::to_string(i + 1), ofTotal[i], kUrpcMap);
  }
}

void checkNetwork(const Case& test, Comparison& comparison) {
  const Tensor image = golden::inputOf(test, "in.image");
  if (!image.defined()) return;
  int outputs = 0;
  if (golden::holds(test.file, "out.dsv1")) outputs = static_cast<int>(golden::reference(test.file, "out.dsv1").shape.at(1));
  const auto known = golden::knownNetwork(test.description.value("network", ""), outputs);
  ASSERT_TRUE(known) << test.name;
  golden::fillFromFormula(*known->module);
  comparison.check("in.image", image, kUrpcMap);
  nn::Trace trace = golden::traceOf(test, "mid.");
  const auto results = known->run(image, nn::Pass::judging(&trace));
  for (const auto& [name, value] : trace.tensors()) comparison.check("mid." + name, value, {.maxOverRms = 5e-4});
  for (const auto& [name, value] : results) comparison.check("out." + name, value, {.maxOverRms = 5e-4});
}

TEST(UrpcGolden, AgreesWithThePublishedScripts) {
  const auto cases = golden::casesOfKind("urpc");
  if (cases.empty()) GTEST_SKIP() << "no golden cases of kind urpc in " << golden::folder();
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    Comparison comparison(test);
    const Json scripts = test.description.value("losses", Json::object());
    for (const auto& [script, description] : scripts.items()) checkLosses(test, script + ".", description, comparison);
    checkNetwork(test, comparison);
    comparison.requireComplete();
  }
}

/// The script takes the logarithm of a softmax that can underflow; from the log-softmax the loss stays a number.
TEST(UrpcGolden, StaysFiniteWhereProbabilitiesUnderflow) {
  for (const OutputForm form : {OutputForm::Softmax, OutputForm::Sigmoid}) {
    std::vector<Tensor> logits;
    for (const double gap : {-300.0, 300.0, 0.0, 120.0})
      logits.push_back(torch::tensor({gap, 0.0, 0.0, gap}, torch::kFloat).view({1, 2, 1, 2}).requires_grad_());
    const Tensor loss = pyramidConsistency(logits, form).loss;
    EXPECT_TRUE(std::isfinite(loss.item<double>()));
    for (const Tensor& gradient : torch::autograd::grad({loss}, logits)) EXPECT_TRUE(torch::isfinite(gradient).all().item<bool>());
  }
}

}  // namespace
}  // namespace roundel
