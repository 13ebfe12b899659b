#include <gtest/gtest.h>

#include "models/generalists/prompt_passes.h"
#include "models/generalists/sam_preprocessing.h"

namespace roundel {
namespace {

using torch::Tensor;

ByteImage greyPicture(int width, int height, std::uint8_t value) {
  return {width, height, 1, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), value)};
}

TEST(SamPlacement, SmallPicturesOfSamMed2dLieInTheMiddleAsTheyAre) {
  const SamPreprocessing med2d = samPreprocessing("sam_med2d_vit_b_256");
  const SamPlacement placement = samPlacement(100, 61, med2d);
  EXPECT_EQ(placement.width, 100);
  EXPECT_EQ(placement.height, 61);
  EXPECT_EQ(placement.left, 78);
  EXPECT_EQ(placement.top, 97) << "an odd remainder goes below";
  EXPECT_DOUBLE_EQ(placement.frameX(10), 88);
  EXPECT_DOUBLE_EQ(placement.frameY(10.5), 107.5);
  const Tensor input = samInput(greyPicture(100, 61, 200), placement, med2d);
  EXPECT_EQ(input.ne(0).sum().item<std::int64_t>(), 3 * 100 * 61) << "zero around it, after normalisation";
  EXPECT_NEAR((input[0][0][97][78].item<double>()), (200 - 123.675) / 58.395, 1e-5);
  EXPECT_EQ((input[0][0][96][78].item<double>()), 0);
  // Back: the frame's logits cut out, not stretched.
  const Tensor lowRes = torch::arange(64 * 64, torch::kFloat).view({1, 1, 64, 64});
  const Tensor frame = torch::upsample_bilinear2d(lowRes, {256, 256}, false);
  const Tensor logits = samMaskLogits(lowRes, placement);
  EXPECT_TRUE(torch::allclose(logits, frame.narrow(2, 97, 61).narrow(3, 78, 100)));
  EXPECT_EQ(placement.columns(16).first, 5);
  EXPECT_EQ(placement.columns(16).count, 6);
  EXPECT_EQ(placement.rows(16).first, 6);
  EXPECT_EQ(placement.rows(16).count, 4);
}

TEST(SamPlacement, LargerPicturesOfSamMed2dAreStretched) {
  const SamPreprocessing med2d = samPreprocessing("sam_med2d_vit_b_256");
  for (const auto& [width, height] : {std::pair{256, 100}, std::pair{100, 256}, std::pair{500, 400}}) {
    const SamPlacement placement = samPlacement(width, height, med2d);
    EXPECT_EQ(placement.width, 256) << width;
    EXPECT_EQ(placement.height, 256) << width;
    EXPECT_EQ(placement.left + placement.top, 0) << width;
  }
  EXPECT_EQ(samPlacement(255, 255, med2d).width, 255);
}

TEST(SamPlacement, TheLongestSideOfSamFillsTheFrame) {
  const SamPlacement placement = samPlacement(200, 100, samPreprocessing("sam_vit_b"));
  EXPECT_EQ(placement.width, 1024);
  EXPECT_EQ(placement.height, 512);
  EXPECT_EQ(placement.columns(64).count, 64);
  EXPECT_EQ(placement.rows(64).first, 0);
  EXPECT_EQ(placement.rows(64).count, 32);
}

TEST(PromptPasses, BoxesEndOnTheirLastPixelInTheFrame) {
  const SamPlacement stretched = samPlacement(128, 96, {.framing = SamFraming::Stretched});
  const Prompt prompt{.box = PromptBox{10, 12, 61, 49}, .points = {{.x = 64, .y = 48, .positive = false}}};
  const nn::FramePrompt placed = inFrame(prompt, stretched, {});
  ASSERT_TRUE(placed.box.has_value());
  EXPECT_DOUBLE_EQ(placed.box->x0, 80);
  EXPECT_DOUBLE_EQ(placed.box->y0, 128);
  EXPECT_DOUBLE_EQ(placed.box->x1, 480) << "pixel 60";
  EXPECT_DOUBLE_EQ(placed.box->y1, 512) << "pixel 48";
  ASSERT_EQ(placed.points.size(), 1U);
  EXPECT_DOUBLE_EQ(placed.points[0].x, 512);
  EXPECT_EQ(placed.points[0].label, nn::PointLabel::Negative);
  EXPECT_TRUE(inFrame(prompt, stretched, {.takesPoints = false}).points.empty());
}

TEST(PromptPasses, PromptsOfAKindGoTogetherAtMost32AtOnce) {
  const Prompt box{.box = PromptBox{0, 0, 9, 9}}, point{.points = {{.x = 1, .y = 1}}};
  Prompt masked = box;
  masked.mask = LowResLogits{.width = 1, .height = 1, .values = {0}};
  std::vector<Prompt> prompts(70, box);
  prompts[3] = point;
  prompts[40] = masked;
  const auto passes = passesOf(prompts, {.takesMask = true}, "automatic", 32);
  ASSERT_EQ(passes.size(), 5U);
  EXPECT_EQ(passes[0].prompts.size(), 32U);
  EXPECT_EQ(passes[1].prompts.size(), 32U);
  EXPECT_EQ(passes[2].prompts, (std::vector<std::size_t>{66, 67, 68, 69}));
  EXPECT_EQ(passes[3].prompts, std::vector<std::size_t>{3});
  EXPECT_EQ(passes[3].rule, MaskRule::Best) << "a lone point is ambiguous";
  EXPECT_EQ(passes[4].prompts, std::vector<std::size_t>{40});
  EXPECT_TRUE(passes[4].masked);
  EXPECT_EQ(passesOf(prompts, {.takesMask = false}, "single", 32).size(), 3U);
  EXPECT_TRUE(passesOf({}, {}, "best", 32).empty());
}

}  // namespace
}  // namespace roundel
