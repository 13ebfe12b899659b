// Golden cases of kind "losses": what teaches without labels. UA-MT, signed distances, DTC, the ramps of SemiSAM and O1.
#include "golden/network_golden.h"
#include "train/consistency_losses.h"
#include "train/losses.h"
#include "train/schedules.h"
#include "train/signed_distance.h"
#include "train/softmax_losses.h"

namespace roundel {
namespace {

using golden::Case;
using torch::Tensor;

constexpr golden::Tolerance kMap{.maxOverRms = 2e-5};

Tensor inputNamed(const Case& test, const std::string& name) { return golden::inputOf(test, name); }

void checkScalar(const Case& test, const std::string& name, const Tensor& value) {
  if (!golden::holds(test.file, name)) return;
  EXPECT_NEAR(value.item<double>() / golden::reference(test.file, name).values.at(0), 1.0, 1e-5) << test.name << " " << name;
}

std::int64_t numberAtEnd(const std::string& text, const std::string& prefix) {
  return std::stoll(text.substr(text.rfind(prefix) + prefix.size()));
}

void checkSoftmaxForms(const Case& test) {
  if (!test.file.has("loss.logits")) return;
  const Tensor label = inputNamed(test, "loss.label"), given = inputNamed(test, "loss.logits");
  const std::int64_t classes = given.size(1);
  // Our own target: classes without background, on pictures.
  const Tensor masks = torch::one_hot(label, classes).movedim(-1, 1).slice(1, 1).to(torch::kByte).flatten(2, 3);
  const LossTarget target{.planes = bitPlanes(masks), .classWeight = torch::ones({label.size(0), classes - 1}), .ignored = {}};
  const auto check = [&](const std::string& name, const auto& loss) {
    const Tensor logits = given.clone().requires_grad_();
    const Tensor value = loss(logits.flatten(2, 3), target);
    checkScalar(test, name, value);
    value.backward();
    golden::expectClose(test, name + ".grad", logits.grad(), kMap);
  };
  check("loss.ce", softmaxCrossEntropy);
  check("loss.dice" + std::to_string(classes) + "_softmax", softmaxDice);
  const Tensor other = inputNamed(test, "loss.logits2");
  const auto mean = [&](OutputForm form) {
    return [&, form](const Tensor& x) { return (probabilitiesOf(x, form) - probabilitiesOf(other, form)).square().mean(); };
  };
  for (const auto& [name, loss] :
       {std::pair{"loss.softmax_mse_mean", mean(OutputForm::Softmax)}, std::pair{"loss.sigmoid_mse_mean", mean(OutputForm::Sigmoid)}}) {
    const Tensor logits = given.clone().requires_grad_();
    const Tensor value = loss(logits);
    checkScalar(test, name, value);
    value.backward();
    golden::expectClose(test, std::string(name) + ".grad", logits.grad(), kMap);
  }
}

void checkUncertainty(const Case& test) {
  std::string passes;
  for (const auto& [name, tensor] : test.file.tensors())
    if (name.starts_with("uamt.teacher_logits_T")) passes = name;
  if (passes.empty()) return;
  const Tensor teachers = inputNamed(test, passes), student = inputNamed(test, "uamt.student_logits"),
               teacher = inputNamed(test, "uamt.ema_logits");
  const std::int64_t batch = student.size(0);
  const Tensor soft = probabilitiesOf(teachers, OutputForm::Softmax).unflatten(0, {teachers.size(0) / batch, batch});
  const Tensor mean = soft.mean(0);
  golden::expectClose(test, "uamt.mean_probability", mean, kMap);
  golden::expectClose(test, "uamt.uncertainty", entropyOf(mean, OutputForm::Softmax), kMap);
  std::int64_t last = 0;
  for (const auto& [name, tensor] : test.file.tensors())
    if (name.starts_with("uamt.mask_it")) last = std::max(last, numberAtEnd(name, "_it"));
  int compared = 0;
  for (const auto& [name, tensor] : test.file.tensors()) {
    if (!name.starts_with("uamt.mask_it")) continue;
    ++compared;
    const std::int64_t step = numberAtEnd(name, "_it");
    const Tensor mask = certainMask(mean, OutputForm::Softmax, sigmoidRampUp(static_cast<double>(step), static_cast<double>(last)));
    golden::expectClose(test, name, mask, {.absolute = 0});
    const Tensor logits = student.clone().requires_grad_();
    const Tensor loss = maskedSquares(torch::softmax(logits, 1), torch::softmax(teacher, 1), mask);
    checkScalar(test, "uamt.loss_it" + std::to_string(step), loss);
    loss.backward();
    golden::expectClose(test, "uamt.grad_it" + std::to_string(step), logits.grad(), kMap);
  }
  EXPECT_GT(compared, 0) << test.name;
}

/// The same mask for one class on its own as for softmax over it and its background: their entropies are equal.
TEST(SemiLosses, AClassOnItsOwnIsJudgedAsSoftmaxOverTwo) {
  torch::manual_seed(3);
  const Tensor logit = torch::randn({2, 1, 6, 7}), two = torch::cat({torch::zeros_like(logit), logit}, 1);
  const Tensor own = probabilitiesOf(logit, OutputForm::Sigmoid), both = probabilitiesOf(two, OutputForm::Softmax);
  EXPECT_LT((own - both.slice(1, 1)).abs().max().item<double>(), 1e-6);
  EXPECT_LT((classLogits(two, OutputForm::Softmax) - logit).abs().max().item<double>(), 1e-5);
  EXPECT_TRUE(certainMask(own, OutputForm::Sigmoid, 0.3).equal(certainMask(both, OutputForm::Softmax, 0.3)));
  const Tensor other = torch::randn({2, 1, 6, 7});
  const double mine = pyramidConsistency({logit, other}, OutputForm::Sigmoid).loss.item<double>();
  const double theirs =
      pyramidConsistency({two, torch::cat({torch::zeros_like(other), other}, 1)}, OutputForm::Softmax).loss.item<double>();
  EXPECT_NEAR(mine, theirs, 1e-5);
}

/// Partial labels: what a case does not annotate may be anything, and a pixel that says nothing stays out.
TEST(SemiLosses, PartialLabelsLeaveWhatTheyDoNotSay) {
  torch::manual_seed(4);
  const Tensor logits = torch::randn({1, 3, 2, 4});
  Tensor masks = torch::zeros({1, 2, 2, 4}, torch::kByte);
  masks.index_put_({0, 0, 0}, 1);  // class 1 in the first row; class 2 is not annotated
  const LossTarget target{.planes = bitPlanes(masks), .classWeight = torch::tensor({1.0f, 0.0f}).view({1, 2}), .ignored = {}};
  const Tensor p = torch::softmax(logits, 1);
  const double expected =
      -(p.select(1, 1).select(1, 0).log().sum() + (p.select(1, 0) + p.select(1, 2)).select(1, 1).log().sum()).item<double>() / 8;
  EXPECT_NEAR(softmaxCrossEntropy(logits, target).item<double>(), expected, 1e-5);
  const LossTarget nothing{.planes = target.planes, .classWeight = torch::zeros({1, 2}), .ignored = {}};
  EXPECT_EQ(softmaxCrossEntropy(logits, nothing).item<double>(), 0.0);
  EXPECT_EQ(softmaxDice(logits, nothing).item<double>(), 0.0);
  const Tensor moved = logits.clone();
  moved.select(1, 2).select(1, 0).add_(0);
  EXPECT_GT(softmaxDice(moved, target).item<double>(), 0.0);
}

void checkDistances(const Case& test) {
  if (!test.file.has("sdf.label")) return;
  const Tensor masks = inputNamed(test, "sdf.label").to(torch::kByte).unsqueeze(1);
  golden::expectClose(test, "sdf.compute_sdf", signedDistances(masks), {.maxOverRms = 1e-6});
}

void checkDtc(const Case& test) {
  if (!test.file.has("dtc.sdf_output")) return;
  const Tensor distance = inputNamed(test, "dtc.sdf_output").requires_grad_(), logits = inputNamed(test, "dtc.seg_logits").requires_grad_();
  const Tensor label = inputNamed(test, "sdf.label").narrow(0, 0, distance.size(0)), y = (label == 1).to(torch::kFloat).unsqueeze(1);
  const Tensor soft = torch::sigmoid(logits), fromDistance = maskOfDistance(distance);
  const Tensor truth = signedDistances(label.to(torch::kByte).unsqueeze(1)).expand_as(distance);
  checkScalar(test, "dtc.loss_dis", (distance - truth).abs().mean());
  const auto broadcastDice = [](const Tensor& score, const Tensor& target) {
    return 1 - (2 * (score * target).sum() + 1e-5) / (score.square().sum() + target.square().sum() + 1e-5);
  };
  const auto segmentation = [&](std::int64_t item) {
    return 0.5 * (0.01 * torch::cross_entropy_loss(logits.narrow(0, item, 1), label.narrow(0, item, 1)) +
                  broadcastDice(soft.narrow(0, item, 1), y.narrow(0, item, 1)));
  };
  const Tensor labelled = segmentation(0), pseudo = segmentation(1);
  const Tensor byDistance = broadcastDice(fromDistance.narrow(0, 0, 1), y.narrow(0, 0, 1));
  const Tensor consistency = (fromDistance - soft).square().mean();
  checkScalar(test, "dtc.loss_seg", labelled);
  checkScalar(test, "dtc.loss_dis_dice", byDistance);
  checkScalar(test, "dtc.consistency", consistency);
  checkScalar(test, "dtc.pseudo_loss", pseudo);
  const Tensor total = labelled + byDistance + 0.05 * consistency + 0.5 * pseudo;
  checkScalar(test, "dtc.total_w0.05_0.5", total);
  total.backward();
  golden::expectClose(test, "dtc.grad_sdf", distance.grad(), kMap);
  golden::expectClose(test, "dtc.grad_seg", logits.grad(), kMap);
}

void checkSemiRamps(const Case& test) {
  if (!test.file.has("schedule.iterations")) return;
  const auto check = [&](const std::string& name, const auto& value) {
    if (!test.file.has(name)) return;
    std::vector<float> values;
    for (const auto t : test.file.integers("schedule.iterations")) values.push_back(static_cast<float>(value(static_cast<double>(t))));
    EXPECT_LE(golden::deviation(golden::reference(test.file, name), values).maxOverRms, 1e-6) << name;
  };
  check("schedule.semisam_v1_sam_weight", [](double t) { return 0.1 * sigmoidRampUp(std::floor((6000 - t) / 150), 40); });
  check("schedule.semisam_plus_sam_weight", [](double t) { return 0.1 * sigmoidRampUp(std::floor((30000 - t) / 150), 200); });
  check("schedule.pseudo_weight_o1_15000", [](double t) { return linearRampUp(t, 0.3 * 15000); });
  check("schedule.uamt_threshold_6000", [](double t) { return (0.75 + 0.25 * sigmoidRampUp(t, 6000)) * std::log(2.0); });
  if (!test.file.has("ramp.current") || !test.file.has("ramp.linear_rampup_L40")) return;
  std::vector<float> values;
  for (const float x : test.file.floats("ramp.current")) values.push_back(static_cast<float>(linearRampUp(static_cast<double>(x), 40)));
  EXPECT_LE(golden::deviation(golden::reference(test.file, "ramp.linear_rampup_L40"), values).maxOverRms, 1e-6);
}

TEST(SemiLossesGolden, AgreeWithThePublishedCode) {
  const auto cases = golden::casesOfKind("losses");
  if (cases.empty()) GTEST_SKIP() << "no golden cases of kind losses in " << golden::folder();
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    checkSoftmaxForms(test);
    checkUncertainty(test);
    checkDistances(test);
    checkDtc(test);
    checkSemiRamps(test);
  }
}

}  // namespace
}  // namespace roundel
