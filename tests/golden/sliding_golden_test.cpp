// Golden cases of kind "losses": windows that slide over volumes, as SSL4MIS and SemiSAM-O1 predict.
#include "golden/network_golden.h"
#include "models/sliding_window.h"
#include "train/consistency_losses.h"

namespace roundel {
namespace {

using golden::Case;
using torch::Tensor;

constexpr double kFlips = 0.001;  // labels of a network may differ on so large a share

Tensor toyNetwork(const Tensor& x) {
  const auto parameter = [](const std::string& key, const std::vector<std::int64_t>& shape) {
    return golden::tensorOf(golden::weight(key, shape), shape);
  };
  const Tensor middle = torch::relu(torch::conv3d(x, parameter("toy.c1.weight", {6, 1, 3, 3, 3}), parameter("toy.c1.bias", {6}), 1, 1));
  return torch::softmax(torch::conv3d(middle, parameter("toy.c2.weight", {3, 6, 3, 3, 3}), parameter("toy.c2.bias", {3}), 1, 1), 1);
}

void checkLabels(const Case& test, const std::string& name, const Tensor& labels) {
  const auto expected = golden::reference(test.file, name);
  ASSERT_EQ(labels.sizes().vec(), expected.shape) << name;
  const Tensor flat = labels.contiguous();
  std::size_t different = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i)
    different += flat.const_data_ptr<std::int64_t>()[expected.indices[i]] != static_cast<std::int64_t>(expected.values[i]);
  EXPECT_LE(static_cast<double>(different), kFlips * static_cast<double>(expected.values.size())) << name;
}

/// "sliding.a" stands on the volume v0, b on v2, c on v3; others name theirs.
std::string volumeOf(const std::string& group) {
  static const std::map<std::string, std::string> known{{"a", "v0"}, {"b", "v2"}, {"c", "v3"}};
  return known.contains(group) ? known.at(group) : group.substr(group.rfind('_') + 1);
}

void checkGroup(const Case& test, const std::string& group) {
  const std::string prefix = "sliding." + group + ".", image = "o1.image_" + volumeOf(group);
  if (!test.file.has(image)) return;
  SCOPED_TRACE(prefix);
  SlidingWindow windows{.patch = {24, 24, 24}, .stride = {12, 12, 12}, .weights = WindowWeights::Uniform};
  if (test.file.has(prefix + "patch_stride_xy_z")) {
    const auto numbers = test.file.integers(prefix + "patch_stride_xy_z");
    windows.patch = {numbers[0], numbers[1], numbers[2]};
    windows.stride = {numbers[3], numbers[3], numbers[4]};
  }
  const Tensor volume = golden::inputOf(test, image).unsqueeze(0);
  checkLabels(test, prefix + "label_map", slidOver(volume, windows, toyNetwork).argmax(0));
  if (!golden::holds(test.file, prefix + "mean_entropy")) return;
  double sum = 0, voxels = 0;
  const auto add = [&](std::int64_t, const Tensor& slab) {
    const Tensor entropy = entropyOf(slab.unsqueeze(0), OutputForm::Softmax, 1e-8);
    sum += entropy.sum(torch::kDouble).item<double>(), voxels += static_cast<double>(entropy.numel());
  };
  slideOver(volume, windows, {.answer = toyNetwork, .emit = add, .padded = true});
  EXPECT_NEAR(sum / voxels / golden::reference(test.file, prefix + "mean_entropy").values.at(0), 1.0, 1e-5);
}

TEST(SlidingGolden, AgreesWithThePublishedPrediction) {
  const auto cases = golden::casesOfKind("losses");
  if (cases.empty()) GTEST_SKIP() << "no golden cases of kind losses in " << golden::folder();
  for (const auto& test : cases) {
    std::set<std::string> groups;
    for (const auto& [name, tensor] : test.file.tensors())
      if (name.starts_with("sliding.")) groups.insert(name.substr(8, name.find('.', 8) - 8));
    for (const auto& group : groups) checkGroup(test, group);
  }
}

}  // namespace
}  // namespace roundel
