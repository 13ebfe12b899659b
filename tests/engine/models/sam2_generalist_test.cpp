#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "models/generalists/sam_generalist.h"
#include "support/temporary_folder.h"
#include "support/tiny_sam.h"

namespace roundel {
namespace {

constexpr std::int64_t kWidth = 150, kHeight = 100;

Image picture() {
  Image image{.geometry = {.size = {kWidth, kHeight, 1}}};
  for (std::int64_t y = 0; y < kHeight; ++y)
    for (std::int64_t x = 0; x < kWidth; ++x)
      image.values.push_back(0.5F + 0.5F * std::sin(0.1F * static_cast<float>(x)) * std::cos(0.07F * static_cast<float>(y)));
  return image;
}

std::vector<Prompt> prompts() {
  return {{.classIndex = 0, .box = PromptBox{10, 12, 60, 50}},
          {.classIndex = 1, .points = {{.x = 30, .y = 20}}},
          {.classIndex = 2, .box = PromptBox{5, 5, 120, 90}, .points = {{.x = 10, .y = 20}, {.x = 70, .y = 20, .positive = false}}}};
}

/// How far two low-resolution masks are apart, as a share of the larger one's largest logit.
double distance(const GeneralistMask& a, const GeneralistMask& b) {
  double furthest = 0, largest = 0;
  for (std::size_t k = 0; k < a.lowRes.values.size(); ++k) {
    furthest = std::max(furthest, std::abs(static_cast<double>(a.lowRes.values[k] - b.lowRes.values.at(k))));
    largest = std::max(largest, std::abs(static_cast<double>(a.lowRes.values[k])));
  }
  return furthest / largest;
}

/// SAM 2.1's smallest network with drawn weights: what it answers means nothing, but every way through the classes is the real one.
/// It is made and looks at the picture once for all tests.
class Sam2GeneralistTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    s_folder = std::make_unique<test::TemporaryFolder>();
    test::writeSam2(*s_folder / "sam2.safetensors", "sam2.1_hiera_tiny");
    s_sam = make(Json::object());
    s_embedding = s_sam->embed(picture(), s_job);
  }
  static void TearDownTestSuite() {
    s_embedding.reset();
    s_sam.reset();
    s_folder.reset();
  }
  static std::unique_ptr<SamGeneralist> make(Json params) {
    params["precision"] = "float32";
    const InstalledModel model{.name = "drawn",
                               .architecture = "sam2.1_hiera_tiny",
                               .sha256 = "drawn",
                               .bytes = std::filesystem::file_size(*s_folder / "sam2.safetensors"),
                               .weights = *s_folder / "sam2.safetensors"};
    return std::make_unique<SamGeneralist>(model, resolveParams(SamGeneralist::params(), params), "cpu");
  }
  static std::vector<GeneralistMask> ask(const std::vector<Prompt>& asked, SoftMasks soft = SoftMasks::No) {
    return s_sam->segment(*s_embedding, asked, soft, s_job);
  }

  static inline std::unique_ptr<test::TemporaryFolder> s_folder;
  static inline std::unique_ptr<SamGeneralist> s_sam;
  static inline std::shared_ptr<const Embedding> s_embedding;
  static inline Job s_job;
};

TEST_F(Sam2GeneralistTest, ManyPromptsAtOnceAnswerAsEachAlone) {
  const auto together = ask(prompts(), SoftMasks::Yes);
  ASSERT_EQ(together.size(), prompts().size());
  for (std::size_t i = 0; i < together.size(); ++i) {
    const auto alone = ask({prompts()[i]}, SoftMasks::Yes).front();
    EXPECT_NEAR(alone.score, together[i].score, 1e-4) << i;
    EXPECT_LT(distance(alone, together[i]), 1e-3) << i;
    EXPECT_EQ(together[i].lowRes.width, 256);
    EXPECT_EQ(together[i].mask.size(), (Size{kWidth, kHeight, 1}));
    ASSERT_EQ(together[i].probability.size(), static_cast<std::size_t>(kWidth * kHeight));
    EXPECT_EQ(std::ranges::count_if(together[i].probability, [](float p) { return p > 0.5F; }), together[i].mask.area())
        << "a mask is where its probability is above one half";
    EXPECT_GT(together[i].score, 0);
    EXPECT_LT(together[i].score, 1);
  }
  EXPECT_GT(distance(together[0], together[2]), 0.01) << "other prompts, other masks";
}

TEST_F(Sam2GeneralistTest, TheSecondCallTakesTheLogitsOfTheFirst) {
  Prompt prompt{.points = {{.x = 30, .y = 20}, {.x = 90, .y = 20}, {.x = 50, .y = 60}}};
  const auto without = ask({prompt}).front();
  prompt.mask = ask({prompts()[0]}).front().lowRes;
  EXPECT_GT(distance(ask({prompt}).front(), without), 0.01);
  for (float& logit : prompt.mask->values) logit = 1000;
  const auto answer = ask({prompt}).front();
  EXPECT_LE(*std::ranges::max_element(answer.lowRes.values), 32) << "what is handed back is clamped";
}

TEST_F(Sam2GeneralistTest, PackedEmbeddingsAnswerAsTheyDidUpToHalfPrecision) {
  const auto parts = s_sam->pack(*s_embedding);
  ASSERT_EQ(parts.size(), 4U) << "three resolutions and the picture's size";
  std::int64_t bytes = 0;
  for (const auto& part : parts) bytes += static_cast<std::int64_t>(part.bytes.size());
  EXPECT_EQ(bytes, 2 * (256 * 64 * 64 + 32 * 256 * 256 + 64 * 128 * 128) + 16);
  const auto read = s_sam->unpack(parts);
  EXPECT_EQ(read->imageSize, s_embedding->imageSize);
  const auto made = ask(prompts()), again = s_sam->segment(*read, prompts(), SoftMasks::No, s_job);
  for (std::size_t i = 0; i < made.size(); ++i) {
    EXPECT_NEAR(made[i].score, again[i].score, 1e-2) << i;
    EXPECT_LT(distance(made[i], again[i]), 2e-2) << i;
  }
  for (std::size_t missing = 0; missing < parts.size(); ++missing) {
    auto fewer = parts;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(missing));
    EXPECT_THROW(s_sam->unpack(fewer), Error) << parts[missing].name;
  }
  auto turned = parts;
  std::swap(turned[1].shape[1], turned[1].shape[2]);
  EXPECT_THROW(s_sam->unpack(turned), Error);
}

TEST_F(Sam2GeneralistTest, TheRuleForTheMaskIsPartOfItsIdentityAndOfTheAnswer) {
  const auto best = make({{"mask", "best"}});
  EXPECT_NE(best->contentHash(), s_sam->contentHash());
  // A lone point leaves open what is meant: of itself it is answered by the best of three.
  const auto ofBest = best->segment(*best->unpack(s_sam->pack(*s_embedding)), prompts(), SoftMasks::No, s_job);
  const auto automatic = s_sam->segment(*s_sam->unpack(s_sam->pack(*s_embedding)), prompts(), SoftMasks::No, s_job);
  EXPECT_LT(distance(ofBest[1], automatic[1]), 1e-4);
  EXPECT_GE(ofBest[0].score, 0);
}

TEST_F(Sam2GeneralistTest, ThePictureFillsTheFrameWhateverItsProportions) {
  const Image seen = s_sam->view(*s_embedding, picture());
  EXPECT_EQ(seen.geometry.size, (Size{1024, 1024, 1}));
  EXPECT_NEAR(seen.values.back(), picture().values.back(), 0.01);
  const FeatureMap map = s_sam->features(*s_embedding);
  EXPECT_EQ(map.size, (Size{64, 64, 1}));
  double length = 0;
  for (int c = 0; c < map.channels; ++c) length += std::pow(map.values[static_cast<std::size_t>(c) * 64 * 64 + 17], 2);
  EXPECT_NEAR(length, 1, 1e-5);
  std::vector<float> soft(static_cast<std::size_t>(kWidth * kHeight), 0.0F);
  std::fill(soft.begin() + kWidth * kHeight / 2, soft.end(), 1.0F);
  const LowResLogits logits = s_sam->maskPrompt(*s_embedding, soft);
  ASSERT_EQ(logits.values.size(), 256U * 256U);
  EXPECT_LT(logits.values[256 * 120 + 255], -9) << "the upper half, also at its right end";
  EXPECT_GT(logits.values[256 * 135], 9);
  EXPECT_GT(logits.values.back(), 9);
}

TEST_F(Sam2GeneralistTest, WhatItCannotTakeIsRefusedWithASentence) {
  EXPECT_THROW(ask({{.points = {{.x = 1, .y = 1, .positive = false}}}}), Error);
  EXPECT_GT(s_sam->memoryPlan().neededBytes, 200'000'000U);
  EXPECT_THROW(make({{"mask", "single"}})->segment(*s_embedding, prompts(), SoftMasks::No, s_job), Error) << "another one's embedding";
}

}  // namespace
}  // namespace roundel
