// What golden cases of full-size networks do not reach: lists of keys, odd grids, prompts of different lengths in one batch, gradients.
#include "nn/sam.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/error.h"
#include "golden/network_golden.h"
#include "nn/relative_attention.h"

namespace roundel {
namespace {

using torch::Tensor;
using Shapes = std::map<std::string, std::vector<std::int64_t>>;

/// A grid of five by five tokens, which windows of three do not divide.
nn::SamOptions smallOptions() {
  nn::SamOptions options{
      .encoder = nn::VitOptions{.imageSize = 80, .dim = 32, .depth = 2, .heads = 2, .globalBlocks = {1}, .window = 3, .outChannels = 32}};
  options.prompts = {.dim = 32, .imageSize = 80, .grid = 5};
  options.decoder = {.transformer = {.dim = 32, .mlpDim = 48}, .iouHidden = 24};
  return options;
}

nn::Sam smallSam(std::optional<int> projectFrom = {}) {
  nn::SamOptions options = smallOptions();
  options.decoder.transformer.projectFrom = projectFrom;
  golden::FormulaSource source;
  return nn::Sam(source, options);
}

Tensor pattern(const std::string& key, const std::vector<std::int64_t>& shape, double range = 2) {
  std::int64_t count = 1;
  for (const auto size : shape) count *= size;
  return golden::tensorOf(golden::input(key, count, -range, range), shape);
}

double farthest(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>() /
         b.to(torch::kDouble).square().mean().sqrt().item<double>();
}

/// One, three and no points, with and without box: five, five, three and two tokens.
std::vector<nn::FramePrompt> differentPrompts() {
  using enum nn::PointLabel;
  return {{.points = {{10, 20, Positive}, {30.5, 40, Negative}, {70, 9, Negative}}, .box = nn::FrameBox{4, 5, 60, 70.25}},
          {.points = {{10, 20, Positive}, {30.5, 40, Negative}, {70, 9, Negative}, {1, 2, Positive}}},
          {.points = {{50, 60, Positive}}, .box = nn::FrameBox{4, 5, 60, 70.25}},
          {.box = nn::FrameBox{14, 25, 40, 50}},
          {.points = {{33, 44, Positive}}}};
}

Shapes recorded(const nn::SamOptions& options) {
  nn::ShapeRecorder recorder;
  const nn::Sam network(recorder, options);
  Shapes shapes;
  for (const auto& each : recorder.shapes()) EXPECT_TRUE(shapes.emplace(each.key, each.shape).second) << each.key << " is asked for twice";
  return shapes;
}

/// The lines "key<TAB>(2, 3)" of a list in the reference folder, every key below `prefix`.
Shapes listed(const std::string& file, const std::string& prefix) {
  const char* given = std::getenv("ROUNDEL_REFERENCE");
  const auto folder = given != nullptr ? std::filesystem::path(given) : std::filesystem::path("../shared/reference");
  std::ifstream lines(folder / "state_dict_keys" / file);
  Shapes shapes;
  for (std::string line; std::getline(lines, line);) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos) continue;
    std::string digits = line.substr(tab);
    std::ranges::replace_if(
        digits, [](char c) { return c < '0' || c > '9'; }, ' ');
    std::istringstream numbers(digits);
    auto& shape = shapes[prefix + line.substr(0, tab)];
    for (std::int64_t size = 0; numbers >> size;) shape.push_back(size);
  }
  return shapes;
}

TEST(Sam, AsksForThePublishedKeysAndShapes) {
  int found = 0;
  for (const auto& name : nn::samNames()) {
    const bool encoderOnly = name == "sam_med2d_vit_b_256";
    Shapes expected = encoderOnly ? listed("sam_med2d_image_encoder_b_256_adapter.txt", "image_encoder.")
                                  : listed((name == "medsam" ? "sam_vit_b" : name) + ".txt", "");
    if (expected.empty()) continue;
    ++found;
    // In files and unused (ALGORITHMS.md 9.4): MobileSAM's classifier, BatchNorm's counters.
    std::erase_if(expected, [](const auto& entry) {
      return entry.first.ends_with("num_batches_tracked") || entry.first.starts_with("image_encoder.head.") ||
             entry.first.starts_with("image_encoder.norm_head.");
    });
    Shapes asked = recorded(*nn::samOptions(name));
    if (encoderOnly) std::erase_if(asked, [](const auto& entry) { return !entry.first.starts_with("image_encoder."); });
    EXPECT_EQ(asked, expected) << name;
  }
  if (found == 0) GTEST_SKIP() << "no lists of keys: set ROUNDEL_REFERENCE to the folder that holds state_dict_keys";
}

TEST(Sam, OptionsAreReadFromShapes) {
  std::vector<nn::SamOptions> all{smallOptions()};
  for (const auto& name : nn::samNames()) all.push_back(*nn::samOptions(name));
  for (const auto& options : all) {
    nn::ShapeRecorder recorder;
    const nn::Sam network(recorder, options);
    const auto read = nn::samOptions(recorder.shapes());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(recorded(*read), recorded(options));
    EXPECT_EQ(read->prompts.imageSize, options.prompts.imageSize);
    if (const auto* vit = std::get_if<nn::VitOptions>(&options.encoder)) {
      const auto& again = std::get<nn::VitOptions>(read->encoder);
      EXPECT_EQ(again.heads, vit->heads);
      EXPECT_EQ(again.window, vit->window);
      EXPECT_EQ(again.globalBlocks, vit->globalBlocks);
    }
  }
  EXPECT_FALSE(nn::samOptions(std::vector<nn::ParameterShape>{{"conv.weight", {3, 3}}}).has_value());
}

TEST(Sam, RelativePositionsAreThoseOfTheDefinition) {
  const std::int64_t height = 3, width = 5, d = 4;
  const Tensor q = pattern("q", {2, 3, 15, d}), k = pattern("k", {2, 3, 15, d}), v = pattern("v", {2, 3, 15, d});
  const Tensor tableH = pattern("h", {2 * height - 1, d}), tableW = pattern("w", {2 * width - 1, d});
  Tensor logits = torch::matmul(q, k.transpose(2, 3)) / 2.0;
  for (std::int64_t i = 0; i < 15; ++i)
    for (std::int64_t j = 0; j < 15; ++j) {
      const Tensor apart = tableH[i / width - j / width + height - 1] + tableW[i % width - j % width + width - 1];
      logits.select(2, i).select(2, j) += (q.select(2, i) * apart).sum(-1);
    }
  const Tensor expected = torch::matmul(torch::softmax(logits, -1), v).transpose(1, 2);
  EXPECT_LT(farthest(nn::attendWithRelativePositions(q, k, v, tableH, tableW, height, width), expected), 1e-5);
}

TEST(Sam, PromptsOfDifferentLengthsGiveWhatSeparateCallsGive) {
  const torch::InferenceMode guard;
  const auto prompts = differentPrompts();
  const Tensor masks = pattern("masks", {static_cast<std::int64_t>(prompts.size()), 1, 20, 20}, 8);
  for (const std::optional<int> projectFrom : {std::optional<int>(), std::optional<int>(0), std::optional<int>(1000)}) {
    const nn::Sam sam = smallSam(projectFrom);
    const Tensor embedding = sam.embed(pattern("image", {1, 3, 80, 80}));
    const auto prepared = sam.prepare(embedding);
    for (const auto choice : {nn::MaskChoice::Single, nn::MaskChoice::Multi}) {
      const auto together = sam.segment(prepared, nn::promptPoints(prompts), choice);
      const auto togetherMasked = sam.segment(embedding, nn::promptPoints(prompts), masks, choice);
      for (std::size_t i = 0; i < prompts.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        const auto one = nn::promptPoints(std::span(prompts).subspan(i, 1));
        const auto alone = sam.segment(prepared, one, choice), aloneMasked = sam.segment(embedding, one, masks.narrow(0, row, 1), choice);
        EXPECT_LT(farthest(together.logits.narrow(0, row, 1), alone.logits), 2e-5);
        EXPECT_LT(farthest(together.iou.narrow(0, row, 1), alone.iou), 2e-5);
        EXPECT_LT(farthest(togetherMasked.logits.narrow(0, row, 1), aloneMasked.logits), 2e-5);
      }
    }
  }
}

TEST(Sam, FoldingProjectionsIntoTokensChangesNothing) {
  const torch::InferenceMode guard;
  const nn::Sam automatic = smallSam(), projected = smallSam(0), folded = smallSam(1000);
  const Tensor embedding = pattern("embedding", {1, 32, 5, 5});
  const Tensor masks = pattern("masks", {5, 1, 20, 20}, 8);
  const auto points = nn::promptPoints(differentPrompts());
  const auto reference = projected.segment(embedding, points, masks, nn::MaskChoice::Multi);
  for (const auto* sam : {&automatic, &folded}) {
    const auto other = sam->segment(embedding, points, masks, nn::MaskChoice::Multi);
    EXPECT_LT(farthest(other.logits, reference.logits), 2e-5);
    EXPECT_LT(farthest(other.iou, reference.iou), 2e-5);
  }
}

TEST(Sam, ImagesOfABatchAreEmbeddedAsAlone) {
  const torch::InferenceMode guard;
  const nn::Sam sam = smallSam();
  const Tensor images = pattern("images", {2, 3, 80, 80});
  const Tensor together = sam.embed(images);
  for (std::int64_t i = 0; i < 2; ++i) EXPECT_LT(farthest(together.narrow(0, i, 1), sam.embed(images.narrow(0, i, 1))), 2e-5);
}

TEST(Sam, GradientsReachTheImage) {
  const nn::Sam sam = smallSam();
  const Tensor image = pattern("image", {1, 3, 80, 80}).set_requires_grad(true);
  const auto masks = sam.segment(sam.prepare(sam.embed(image)), nn::promptPoints(differentPrompts()), nn::MaskChoice::Multi);
  (masks.logits.sum() + masks.iou.sum()).backward();
  EXPECT_GT(image.grad().abs().max().item<double>(), 0);
}

TEST(Sam, RefusesAnImageOfAnotherSize) {
  const torch::InferenceMode guard;
  const nn::Sam sam = smallSam();
  EXPECT_THROW(sam.embed(torch::zeros({1, 3, 64, 80})), Error);
  EXPECT_THROW(nn::promptPoints({}, {}, {}), Error);
}

}  // namespace
}  // namespace roundel
