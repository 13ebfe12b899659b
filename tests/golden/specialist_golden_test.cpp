// Golden cases of kind "specialist" whose network we have: forward, loss and gradients against the published implementation.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <charconv>
#include <optional>

#include "golden/golden_case.h"
#include "nn/unet2d.h"
#include "train/losses.h"

namespace roundel {
namespace {

using golden::Case;
using torch::Tensor;

std::vector<float> flat(const Tensor& tensor) {
  const Tensor values = tensor.detach().to(torch::kFloat).contiguous();
  return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel()};
}

Tensor formulaTensor(const Json& formula, double low, double high) {
  const auto shape = formula["shape"].get<std::vector<std::int64_t>>();
  std::int64_t count = 1;
  for (const auto size : shape) count *= size;
  const auto values = golden::input(formula["key"], count, low, high);
  return torch::tensor(values).view(shape);
}

void expectClose(const Case& test, const std::string& name, const Tensor& value, double maxOverRms, double relativeL2) {
  if (!golden::holds(test.file, name)) return;
  const auto expected = golden::reference(test.file, name);
  ASSERT_EQ(value.sizes().vec(), expected.shape.empty() && value.dim() == 0 ? value.sizes().vec() : expected.shape) << name;
  const auto off = golden::deviation(expected, flat(value));
  if (std::getenv("ROUNDEL_SHOW") != nullptr)
    std::cout << test.name << " " << name << ": max/rms " << off.maxOverRms << ", L2 " << off.relativeL2 << "\n";
  EXPECT_LE(off.maxOverRms, maxOverRms) << test.name << " " << name;
  EXPECT_LE(off.relativeL2, relativeL2) << test.name << " " << name;
}

/// The number of outputs of "sctb_unet2d_<classes>"; nothing for another network.
std::optional<int> unetClasses(const std::string& network) {
  const std::string prefix = "sctb_unet2d_";
  int classes = 0;
  if (!network.starts_with(prefix)) return {};
  const auto [end, code] = std::from_chars(network.data() + prefix.size(), network.data() + network.size(), classes);
  return code == std::errc() && end == network.data() + network.size() ? std::optional(classes) : std::nullopt;
}

void checkUnet(const Case& test, int classes) {
  SCOPED_TRACE(test.name);
  nn::UNet2d network({.classes = classes});
  {
    const torch::NoGradGuard guard;
    for (auto& parameter : network.named_parameters())
      parameter.value().copy_(
          torch::tensor(golden::weight(parameter.key(), parameter.value().sizes().vec())).view(parameter.value().sizes()));
  }
  const Json& formula = test.description["inputs"]["in.image"];
  const Tensor image = formulaTensor(formula, formula["low"], formula["high"]);
  expectClose(test, "in.image", image, 1e-7, 1e-7);
  const auto outputs = network.forwardNamed(image);
  for (const auto& [name, value] : outputs) expectClose(test, (name == "logits" ? "out." : "mid.") + name, value, 5e-4, 2e-4);

  const Json& label = test.description["label"];
  ASSERT_EQ(label.value("form", ""), "uniform_below") << "this network has labels of another form";
  // Compared in double: a float32 threshold would lose the value that lies between 0.02 and its float.
  const Tensor y = (formulaTensor(label, 0, 1).to(torch::kDouble) < label["below"].get<double>()).to(torch::kByte);
  expectClose(test, "in.label", y, 1e-9, 1e-9);
  const Tensor posWeight = test.file.has("in.pos_weight") ? torch::tensor(test.file.floats("in.pos_weight")) : torch::ones({classes});
  const Tensor loss = binaryCrossEntropy(
      outputs.back().second, {.planes = bitPlanes(y), .classWeight = torch::ones({y.size(0), classes}), .ignored = {}}, posWeight);
  EXPECT_NEAR(loss.item<float>() / golden::reference(test.file, "loss.loss").values.at(0), 1.0, 1e-5);
  loss.backward();
  int compared = 0;
  for (const auto& parameter : network.named_parameters()) {
    if (!golden::holds(test.file, "grad." + parameter.key())) continue;
    ++compared;
    // Choices of LeakyReLU and maximum flip on ties in early layers: there only the L2 error means something.
    const bool last = parameter.key().starts_with("outc.");
    expectClose(test, "grad." + parameter.key(), parameter.value().grad(), last ? 1e-3 : 1e30, 3e-2);
  }
  EXPECT_GT(compared, 0);
}

TEST(SpecialistGolden, AgreesWithThePublishedNetworks) {
  const auto cases = golden::casesOfKind("specialist");
  if (cases.empty()) GTEST_SKIP() << "no golden cases of kind specialist in " << golden::folder();
  int run = 0;
  for (const auto& test : cases) {
    const auto classes = unetClasses(test.description.value("network", ""));
    if (!classes) {
      std::cout << test.name << ": skipped, the network " << test.description["network"] << " is not here yet\n";
      continue;
    }
    ++run;
    checkUnet(test, *classes);
  }
  if (run == 0) GTEST_SKIP() << "none of the cases' networks is here";
}

}  // namespace
}  // namespace roundel
