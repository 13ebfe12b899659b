// Golden cases of kinds "specialist" and "discriminator": forward, loss, gradients and BatchNorm's statistics against the published
// implementations.
#include "golden/specialist_networks.h"
#include "train/consistency_losses.h"
#include "train/losses.h"
#include "train/schedules.h"
#include "train/signed_distance.h"

namespace roundel {
namespace {

using golden::Case;
using golden::Comparison;
using torch::Tensor;

constexpr golden::Tolerance kOutput{.maxOverRms = 5e-4, .relativeL2 = 2e-4};
constexpr golden::Tolerance kGradient{.relativeL2 = 3e-2};
constexpr golden::Tolerance kStatistics{.maxOverRms = 2e-5};
constexpr golden::Tolerance kSame{.maxOverRms = 1e-6, .relativeL2 = 1e-6};

using Losses = std::map<std::string, Tensor>;

Tensor oneHot(const Tensor& label, std::int64_t classes) { return torch::one_hot(label, classes).movedim(-1, 1).to(torch::kFloat); }

/// UA-MT's dice_loss, whose target may be broadcast over the outputs.
Tensor broadcastDice(const Tensor& score, const Tensor& target) {
  return 1 - (2 * (score * target).sum() + 1e-5) / (score.square().sum() + target.square().sum() + 1e-5);
}

/// O1's DTC as released: its Dice pushes both outputs to the foreground, and the distance term stays out of the sum.
Losses releasedDtc(const Case& test, const Tensor& sdf, const Tensor& logits, const Tensor& label, Comparison& comparison) {
  Losses losses;
  const Tensor y = (label == 1).to(torch::kFloat).unsqueeze(1), soft = torch::sigmoid(logits), fromDistance = maskOfDistance(sdf);
  const Tensor truth = signedDistances((label > 0).to(torch::kByte).unsqueeze(1)).expand_as(sdf);
  comparison.check("gt_sdf", truth.contiguous(), {.maxOverRms = 1e-5});
  losses["loss_dis"] = (sdf - truth).abs().mean();
  const auto segmentation = [&](std::int64_t item, const std::string& entropy, const std::string& dice) {
    losses[entropy] = 0.01 * torch::cross_entropy_loss(logits.narrow(0, item, 1), label.narrow(0, item, 1));
    losses[dice] = broadcastDice(soft.narrow(0, item, 1), y.narrow(0, item, 1));
    return 0.5 * (losses[entropy] + losses[dice]);
  };
  losses["loss_seg"] = segmentation(0, "loss_ce", "loss_dice");
  losses["loss_dis_dice"] = broadcastDice(fromDistance.narrow(0, 0, 1), y.narrow(0, 0, 1));
  losses["consistency_loss"] = (fromDistance - soft).square().mean();
  losses["pseudo_loss"] = segmentation(1, "pseudo_ce", "pseudo_dice");
  const auto t = test.description.at("iteration").get<std::int64_t>();
  const auto length = test.description.at("iterations").get<double>();
  const double consistency = 0.1 * sigmoidRampUp(static_cast<double>(t / 150), 200);
  const double pseudo = std::min(1.0, static_cast<double>(t) / (0.3 * length));
  losses["consistency_weight"] = torch::full({}, consistency), losses["pseudo_weight"] = torch::full({}, pseudo);
  losses["loss"] = losses["loss_seg"] + losses["loss_dis_dice"] + consistency * losses["consistency_loss"] + pseudo * losses["pseudo_loss"];
  return losses;
}

Losses lossesOf(const Case& test, const std::map<std::string, Tensor>& results, const Tensor& label, Comparison& comparison) {
  const Tensor& logits = results.at("logits");
  if (results.contains("sdf")) return releasedDtc(test, results.at("sdf"), logits, label, comparison);
  Losses losses;
  if (label.scalar_type() == torch::kByte) {
    const Tensor posWeight =
        test.file.has("in.pos_weight") ? torch::tensor(test.file.floats("in.pos_weight")) : torch::ones({logits.size(1)});
    losses["loss"] = binaryCrossEntropy(
        logits, {.planes = bitPlanes(label), .classWeight = torch::ones({label.size(0), logits.size(1)}), .ignored = {}}, posWeight);
    return losses;
  }
  const Tensor soft = torch::softmax(logits, 1), wanted = oneHot(label, logits.size(1));
  losses["loss_ce"] = torch::cross_entropy_loss(logits, label);
  // UA-MT's own script judges the foreground alone; SSL4MIS all outputs.
  const bool foreground = test.description.value("network", "").starts_with("vnet");
  losses["loss_dice"] = foreground ? diceLoss(soft.slice(1, 1, 2), wanted.slice(1, 1, 2)) : diceLoss(soft, wanted);
  losses["loss"] = 0.5 * (losses["loss_ce"] + losses["loss_dice"]);
  return losses;
}

void checkLosses(const Case& test, const std::string& prefix, const Losses& losses) {
  for (const auto& [name, value] : losses) {
    const std::string key = prefix + "loss." + name;
    if (!golden::holds(test.file, key)) continue;
    const double expected = golden::reference(test.file, key).values.at(0);
    EXPECT_NEAR(value.item<double>() / expected, 1.0, 1e-5) << test.name << " " << key;
  }
}

/// One pass: everything that the case holds below `prefix` ("", "eval." or "train.").
void checkPass(const Case& test, const golden::KnownNetwork& known, const std::string& prefix, Comparison& comparison) {
  golden::fillFromFormula(*known.module);
  nn::Trace trace([&](const std::string& name) { return golden::holds(test.file, prefix + "mid." + name); });
  const Tensor image = golden::inputOf(test, "in.image");
  const nn::Pass pass = prefix == "train." ? nn::Pass::learning(1, torch::kCPU) : nn::Pass::judging(&trace);
  const auto results = known.run(image, pass);
  for (const auto& [name, value] : trace.tensors()) comparison.check(prefix + "mid." + name, value, kOutput);
  for (const auto& [name, value] : results) comparison.check(prefix + "out." + name, value, kOutput);
  for (const auto& [key, value] : golden::stateOf(*known.module))
    if (key.find(".running_") != std::string::npos)
      comparison.check("train.bn." + key, value, prefix == "train." ? kStatistics : golden::Tolerance{});
  if (!test.description.contains("label")) return;
  const Tensor label = golden::labelOf(test.description["label"], image.sizes().vec());
  comparison.check("in.label", label, kSame);
  Losses losses = lossesOf(test, results, label, comparison);
  checkLosses(test, prefix, losses);
  known.module->zero_grad();
  losses.at("loss").backward();
  int compared = 0;
  for (const auto& parameter : known.module->named_parameters()) {
    const std::string name = prefix + "grad." + parameter.key();
    if (!golden::holds(test.file, name)) continue;
    ++compared;
    // Choices of ReLU and maximum flip on ties in early layers: there only the L2 error means something.
    const bool last = std::ranges::any_of(known.lastLayers, [&](const auto& layer) { return parameter.key().starts_with(layer); });
    comparison.check(name, parameter.value().grad(), last ? golden::Tolerance{.maxOverRms = 1e-3} : kGradient);
  }
  EXPECT_GT(compared, 0) << test.name;
}

/// Fails where the case holds something that nobody compared; scalars of losses are compared apart.
void requireAll(const Case& test, const std::set<std::string>& seen) {
  for (const std::string& name : golden::namesIn(test)) {
    const bool other = name.starts_with("in.") || name.find("loss.") != std::string::npos;
    EXPECT_TRUE(other || seen.contains(name)) << test.name << " " << name << " was not compared";
  }
}

void checkSpecialist(const Case& test, const golden::KnownNetwork& known) {
  SCOPED_TRACE(test.name);
  Comparison comparison(test);
  comparison.checkInputs();
  for (const std::string prefix : {"", "eval.", "train."}) {
    const auto names = golden::namesIn(test);
    if (std::ranges::any_of(names, [&](const auto& name) { return name.starts_with(prefix + "out."); }))
      checkPass(test, known, prefix, comparison);
  }
  requireAll(test, comparison.compared());
}

TEST(SpecialistGolden, AgreesWithThePublishedNetworks) {
  const auto cases = golden::casesOfKind("specialist");
  if (cases.empty()) GTEST_SKIP() << "no golden cases of kind specialist in " << golden::folder();
  int run = 0;
  for (const auto& test : cases) {
    int outputs = 0;
    for (const std::string prefix : {"", "eval.", "train."})
      if (golden::holds(test.file, prefix + "out.logits"))
        outputs = static_cast<int>(golden::reference(test.file, prefix + "out.logits").shape.at(1));
    const auto known = golden::knownNetwork(test.description.value("network", ""), outputs);
    if (!known) {
      std::cout << test.name << ": skipped, the network " << test.description["network"] << " is not here yet\n";
      continue;
    }
    ++run;
    checkSpecialist(test, *known);
  }
  if (run == 0) GTEST_SKIP() << "none of the cases' networks is here";
}

TEST(SpecialistGolden, ParametersCarryThePublishedNames) {
  for (const std::string name : {"unet_3D", "unet_3D_sdf", "unet_3D_dv_semi", "vnet_uamt", "unet2d_ssl", "sctb_unet2d_17"}) {
    const auto listed = golden::listedShapesOf(name);
    if (listed.empty()) GTEST_SKIP() << "no list of " << name;
    std::map<std::string, std::vector<std::int64_t>> own;
    for (const auto& [key, value] : golden::stateOf(*golden::knownNetwork(name)->module)) own[key] = value.sizes().vec();
    EXPECT_EQ(own, listed) << name;
  }
  nn::Discriminator discriminator({.dropout = false});
  std::map<std::string, std::vector<std::int64_t>> own;
  for (const auto& [key, value] : golden::stateOf(discriminator)) own[key] = value.sizes().vec();
  EXPECT_EQ(own, golden::listedShapesOf("fc3d_discriminator"));
}

TEST(DiscriminatorGolden, AgreesWithThePublishedOne) {
  const auto cases = golden::casesOfKind("discriminator");
  if (cases.empty()) GTEST_SKIP() << "no golden cases of kind discriminator in " << golden::folder();
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    Comparison comparison(test);
    const auto given = [&](const std::string& name) {
      const Tensor values = golden::inputOf(test, name);
      return test.description["inputs"][name].value("softmax_over_channels", false) ? torch::softmax(values, 1) : values;
    };
    const Tensor map = given("in.map"), image = given("in.image");
    comparison.check("in.map", map, kSame);
    nn::Discriminator network({.dimensions = static_cast<int>(image.dim()) - 2, .maps = static_cast<int>(map.size(1)), .dropout = false});
    golden::fillFromFormula(network);
    nn::Trace trace = golden::traceOf(test, "mid.");
    const Tensor logits = network.forward(map, image, nn::Pass::judging(&trace));
    for (const auto& [name, value] : trace.tensors()) comparison.check("mid." + name, value, kOutput);
    comparison.check("out.logits", logits, kOutput);
    const Tensor loss = torch::cross_entropy_loss(logits, torch::tensor(test.description["targets"].get<std::vector<std::int64_t>>()));
    checkLosses(test, "", {{"loss", loss}});
    loss.backward();
    for (const auto& parameter : network.named_parameters())
      comparison.check("grad." + parameter.key(), parameter.value().grad(),
                       parameter.key().starts_with("classifier.") ? golden::Tolerance{.maxOverRms = 1e-3} : kGradient);
    requireAll(test, comparison.compared());
  }
}

}  // namespace
}  // namespace roundel
