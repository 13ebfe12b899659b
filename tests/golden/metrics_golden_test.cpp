// Golden cases of kind "metrics" (medpy) and the multi-label Dice of the "losses" cases.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "golden/golden_case.h"
#include "raster/metrics.h"

namespace roundel {
namespace {

constexpr double kRelative = 1e-6;

using Value = std::optional<double> MaskMetrics::*;
const std::map<std::string, Value> kMetrics{{"dc", &MaskMetrics::dice},
                                            {"jc", &MaskMetrics::iou},
                                            {"precision", &MaskMetrics::precision},
                                            {"recall", &MaskMetrics::recall},
                                            {"ravd", &MaskMetrics::volumeDifference},
                                            {"hd", &MaskMetrics::hd},
                                            {"hd95", &MaskMetrics::hd95},
                                            {"asd", &MaskMetrics::asd},
                                            {"asd_reversed", &MaskMetrics::asdReversed},
                                            {"assd", &MaskMetrics::assd}};

/// Axes (0, 1, 2) of an array are (z, y, x) of a grid; a picture has no axis z.
Size sizeOf(const std::vector<std::int64_t>& axes) {
  return axes.size() == 3 ? Size{axes[2], axes[1], axes[0]} : Size{axes.at(1), axes.at(0), 1};
}

Mask maskOf(Size size, std::span<const float> values) {
  std::vector<std::uint8_t> bytes(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) bytes[i] = values[i] > 0.5F;
  return Mask::fromBytes(size, bytes);
}

struct Pair {
  Mask prediction, truth;
};

/// The pairs of a case: volumes, or with `slices` the picture of each at its index of axis 0.
std::vector<Pair> pairsOf(const golden::Case& test, bool slices) {
  const auto shape = test.file.tensor("prediction").shape;
  std::vector<std::int64_t> axes(shape.begin() + 1, shape.end());
  const auto prediction = test.file.floats("prediction"), truth = test.file.floats("reference");
  const auto volume = static_cast<std::size_t>(sizeOf(axes).count());
  if (slices) axes.erase(axes.begin());
  const Size size = sizeOf(axes);
  const auto count = static_cast<std::size_t>(size.count());
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape.front()); ++i) {
    const std::size_t start = i * volume + (slices ? static_cast<std::size_t>(test.file.integers("slices.index")[i]) * count : 0);
    pairs.push_back({maskOf(size, std::span(prediction).subspan(start, count)), maskOf(size, std::span(truth).subspan(start, count))});
  }
  return pairs;
}

/// Spacing by its name: stored as spacing.NAME in the order of the axes, or one of the two that the README states in words.
Geometry gridOf(const golden::Case& test, Size size, const std::string& name) {
  Geometry grid{.size = size};
  if (name.empty() || name == "unit") return grid;
  grid.spacingSource = SpacingSource::FileHeader;
  if (name == "half") {
    grid.spacingMm = {0.5, 0.5, 0.5};
    return grid;
  }
  const auto steps = test.file.floats("spacing." + name);
  for (std::size_t axis = 0; axis < 3 && axis < steps.size(); ++axis)
    grid.spacingMm[axis] = static_cast<double>(steps[steps.size() - 1 - axis]);
  return grid;
}

void expectValue(const std::optional<double>& value, double expected, const Pair& pair) {
  if (!value) {
    // medpy raises or says 0 where there is nothing to say; we say nothing.
    EXPECT_TRUE(pair.prediction.empty() || pair.truth.empty());
    EXPECT_TRUE(std::isnan(expected) || expected <= 0) << expected;
    return;
  }
  EXPECT_NEAR(*value, expected, kRelative * std::abs(expected));
}

TEST(GoldenMetrics, AgreeWithMedpy) {
  const auto cases = golden::casesOfKind("metrics");
  if (cases.empty()) GTEST_SKIP() << "no golden case of kind metrics in " << golden::folder();
  for (const auto& test : cases) {
    int compared = 0;
    for (const auto& [tensor, view] : test.file.tensors()) {
      const bool slices = tensor.starts_with("slices.");
      const std::string name = slices ? tensor.substr(7) : tensor;
      const auto dot = name.find('.');
      const auto metric = kMetrics.find(name.substr(0, dot));
      if (metric == kMetrics.end()) continue;
      SCOPED_TRACE(test.name + "/" + tensor);
      const auto expected = golden::reference(test.file, tensor).values;
      const auto pairs = pairsOf(test, slices);
      ASSERT_EQ(expected.size(), pairs.size());
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        SCOPED_TRACE("pair " + std::to_string(i));
        const Geometry grid = gridOf(test, pairs[i].truth.size(), dot == std::string::npos ? "" : name.substr(dot + 1));
        expectValue(compareMasks(pairs[i].prediction, pairs[i].truth, grid).*(metric->second), expected[i], pairs[i]);
        ++compared;
      }
    }
    EXPECT_GT(compared, 0) << test.name;
  }
}

/// [N, C, H, W] of zeros and ones as annotations: a class without pixels is absent.
void checkMultilabelDice(const golden::Case& test, const std::string& group) {
  const auto shape = test.file.tensor(group + ".target").shape;
  const Size size{shape.at(3), shape.at(2), 1};
  const auto prediction = test.file.floats(group + ".prediction"), target = test.file.floats(group + ".target");
  const auto expected = golden::reference(test.file, group + ".absent_is_minus1").values;
  const auto pixels = static_cast<std::size_t>(size.count()), classes = static_cast<std::size_t>(shape[1]);
  std::vector<std::optional<double>> all;
  for (std::size_t image = 0; image < static_cast<std::size_t>(shape[0]); ++image) {
    Annotation truth = Annotation::empty(size, static_cast<int>(classes));
    std::vector<Mask> predicted;
    for (std::size_t c = 0; c < classes; ++c) {
      const std::size_t start = (image * classes + c) * pixels;
      predicted.push_back(maskOf(size, std::span(prediction).subspan(start, pixels)));
      truth.set(static_cast<int>(c), maskOf(size, std::span(target).subspan(start, pixels)));
    }
    const auto metrics = compareCase(predicted, truth, {.size = size}, Distances::Skip);
    for (std::size_t c = 0; c < classes; ++c) {
      const double value = expected[image * classes + c];
      ASSERT_TRUE(metrics[c].has_value());
      EXPECT_EQ(metrics[c]->dice.has_value(), value != -1) << "image " << image << " class " << c;
      EXPECT_NEAR(metrics[c]->dice.value_or(-1), value, kRelative);
      all.push_back(metrics[c]->dice);
    }
  }
  EXPECT_NEAR(meanOfPresent(all).value(), golden::reference(test.file, group + ".nanmean").values.at(0), kRelative);
}

TEST(GoldenMetrics, MultilabelDiceLeavesAbsentClassesOut) {
  constexpr std::string_view kSuffix = ".absent_is_minus1";
  int groups = 0;
  for (const auto& test : golden::casesOfKind("losses"))
    for (const auto& [tensor, view] : test.file.tensors()) {
      if (!tensor.ends_with(kSuffix)) continue;
      SCOPED_TRACE(test.name + "/" + tensor);
      checkMultilabelDice(test, tensor.substr(0, tensor.size() - kSuffix.size()));
      ++groups;
    }
  if (groups == 0) GTEST_SKIP() << "no multi-label Dice in " << golden::folder();
}

}  // namespace
}  // namespace roundel
