#include "models/generalists/sam_generalist.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/hash.h"
#include "models/embedding_store.h"
#include "models/generalists/architectures.h"
#include "support/temporary_folder.h"
#include "support/tiny_sam.h"

namespace roundel {
namespace {

/// A small network with arbitrary weights: what it answers means nothing, but every way through the class is the real one.
class SamGeneralistTest : public testing::Test {
 protected:
  SamGeneralistTest() { test::writeTinySam(m_folder / "tiny.safetensors"); }

  std::unique_ptr<SamGeneralist> make(const Json& params = Json::object(), const std::string& name = "tiny") {
    ModelFolder folder(m_folder / "models");
    const InstalledModel model = folder.add(m_folder / "tiny.safetensors", {.name = name}, m_job);
    return std::make_unique<SamGeneralist>(model, resolveParams(SamGeneralist::params(), params), "cpu");
  }

  static Image picture(std::int64_t width, std::int64_t height) {
    Image image{.geometry = {.size = {width, height, 1}}};
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x)
        image.values.push_back(0.5F + 0.5F * std::sin(0.1F * static_cast<float>(x)) * std::cos(0.07F * static_cast<float>(y)));
    return image;
  }

  static std::vector<Prompt> prompts() {
    return {{.classIndex = 0, .box = PromptBox{10, 12, 60, 50}},
            {.classIndex = 1, .points = {{.x = 30, .y = 20}}},
            {.classIndex = 2, .box = PromptBox{5, 5, 20, 90}, .points = {{.x = 10, .y = 20}, {.x = 70, .y = 20, .positive = false}}},
            {.classIndex = 3, .points = {{.x = 30, .y = 20}, {.x = 31, .y = 60}, {.x = 4, .y = 4, .positive = false}, {.x = 80, .y = 1}}}};
  }

  test::TemporaryFolder m_folder;
  Job m_job;
};

TEST_F(SamGeneralistTest, LookingAtAnImageIsStoppedBetweenTwoBlocks) {
  struct StoppingJob : Job {
    bool stopRequested() const override { return ++asked > 2; }
    mutable int asked = 0;
  } job;
  const auto sam = make();
  EXPECT_THROW(sam->embed(picture(100, 120), job), Cancelled);
  EXPECT_EQ(job.asked, 3) << "the first block asks, the second does not begin";
}

TEST_F(SamGeneralistTest, SaysHowSureTheOutlineIs) {
  const auto sam = make({{"precision", "float32"}});
  const auto embedding = sam->embed(picture(100, 120), m_job);
  for (const auto& answer : sam->segment(*embedding, prompts(), SoftMasks::Yes, m_job)) {
    const auto above = [&](double logit) {
      return static_cast<double>(std::count_if(answer.probability.begin(), answer.probability.end(),
                                               [&](float value) { return value > 1 / (1 + std::exp(-logit)); }));
    };
    if (above(-1) == 0) EXPECT_TRUE(std::isnan(answer.stability));
    else EXPECT_NEAR(answer.stability, above(1) / above(-1), 1e-3);
  }
}

TEST_F(SamGeneralistTest, ManyPromptsAtOnceAnswerAsEachAlone) {
  const auto sam = make({{"precision", "float32"}});
  const auto embedding = sam->embed(picture(100, 120), m_job);
  const auto together = sam->segment(*embedding, prompts(), SoftMasks::Yes, m_job);
  ASSERT_EQ(together.size(), 4U);
  for (std::size_t i = 0; i < together.size(); ++i) {
    const auto alone = sam->segment(*embedding, std::vector<Prompt>{prompts()[i]}, SoftMasks::Yes, m_job).front();
    EXPECT_NEAR(alone.score, together[i].score, 1e-4) << i;
    ASSERT_EQ(alone.lowRes.values.size(), together[i].lowRes.values.size());
    double furthest = 0, largest = 0;
    for (std::size_t k = 0; k < alone.lowRes.values.size(); ++k) {
      furthest = std::max(furthest, std::abs(static_cast<double>(alone.lowRes.values[k] - together[i].lowRes.values[k])));
      largest = std::max(largest, std::abs(static_cast<double>(alone.lowRes.values[k])));
    }
    EXPECT_LT(furthest, 1e-3 * largest) << i;
    EXPECT_EQ(together[i].mask.size(), (Size{100, 120, 1}));
    ASSERT_EQ(together[i].probability.size(), 100U * 120U);
    std::int64_t inside = 0;
    for (const float p : together[i].probability) inside += p > 0.5F;
    EXPECT_EQ(inside, together[i].mask.area()) << "a mask is where its probability is above one half";
    EXPECT_GE(together[i].score, 0);
    EXPECT_LE(together[i].score, 1);
  }
}

TEST_F(SamGeneralistTest, TheSecondCallTakesTheLogitsOfTheFirst) {
  const auto sam = make({{"precision", "float32"}});
  const auto embedding = sam->embed(picture(90, 64), m_job);
  std::vector<Prompt> prompt{prompts()[0]};
  const auto first = sam->segment(*embedding, prompt, SoftMasks::No, m_job).front();
  EXPECT_EQ(first.lowRes.width, 16);
  prompt[0].points = {{.x = 30, .y = 20}};
  prompt[0].box.reset();
  const auto without = sam->segment(*embedding, prompt, SoftMasks::No, m_job).front();
  prompt[0].mask = first.lowRes;
  const auto with = sam->segment(*embedding, prompt, SoftMasks::No, m_job).front();
  EXPECT_NE(with.lowRes.values, without.lowRes.values);
  EXPECT_TRUE(without.probability.empty()) << "asked for no soft mask";
}

TEST_F(SamGeneralistTest, PackedEmbeddingsAnswerAsTheyDidUpToHalfPrecision) {
  const auto sam = make({{"precision", "float32"}});
  const auto made = sam->embed(picture(100, 120), m_job);
  const auto read = sam->unpack(sam->pack(*made));
  EXPECT_EQ(read->imageSize, made->imageSize);
  const auto a = sam->segment(*made, prompts(), SoftMasks::Yes, m_job), b = sam->segment(*read, prompts(), SoftMasks::Yes, m_job);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i].score, b[i].score, 1e-2);
  auto parts = sam->pack(*made);
  parts.pop_back();
  EXPECT_THROW(sam->unpack(parts), Error);
  // Stored on disk and read by another instance.
  EmbeddingStore store(EmbeddingFolder(m_folder / "embeddings"));
  const auto first = store.embedding(*sam, picture(100, 120), m_job);
  EmbeddingStore again(EmbeddingFolder(m_folder / "embeddings"));
  const auto second = again.embedding(*sam, picture(100, 120), m_job);
  EXPECT_EQ(again.readFromDisk(), 1);
  const auto c = sam->segment(*first, prompts(), SoftMasks::No, m_job), d = sam->segment(*second, prompts(), SoftMasks::No, m_job);
  for (std::size_t i = 0; i < c.size(); ++i) EXPECT_EQ(c[i].lowRes.values, d[i].lowRes.values) << "a second run repeats the first";
}

TEST_F(SamGeneralistTest, PrecisionAndRuleArePartOfItsIdentity) {
  const auto full = make({{"precision", "float32"}});
  const auto half = make({{"precision", "bfloat16"}}), best = make({{"precision", "float32"}, {"mask", "best"}});
  EXPECT_NE(full->contentHash(), half->contentHash());
  EXPECT_NE(full->contentHash(), best->contentHash());
  EXPECT_EQ(full->contentHash(), make({{"precision", "float32"}})->contentHash());
  EXPECT_THROW(half->segment(*full->embed(picture(64, 64), m_job), prompts(), SoftMasks::No, m_job), Error);
  const auto answers = half->segment(*half->embed(picture(100, 120), m_job), prompts(), SoftMasks::No, m_job);
  const auto exact = full->segment(*full->embed(picture(100, 120), m_job), prompts(), SoftMasks::No, m_job);
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_NEAR(answers[i].score, exact[i].score, 0.1);
}

TEST_F(SamGeneralistTest, EmbeddingsThatWereStoredBeforeStayItsOwn) {
  const auto sam = make({{"precision", "float32"}});
  const std::string weights = ModelFolder(m_folder / "models").find("tiny").sha256;
  EXPECT_EQ(sam->contentHash(), sha256Hex("sam 1 " + weights + " " + kUnpublishedSam + " float32 automatic"));
  const auto parts = sam->pack(*sam->embed(picture(100, 120), m_job));
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].name, "features");
  EXPECT_EQ(parts[0].dtype, "F16");
  EXPECT_EQ(parts[0].shape, (std::vector<std::int64_t>{1, 16, 4, 4}));
  EXPECT_EQ(parts[1].name, "image_size");
  EXPECT_EQ(parts[1].dtype, "I64");
}

TEST_F(SamGeneralistTest, WhatItCannotTakeIsRefusedWithASentence) {
  const auto sam = make();
  const auto embedding = sam->embed(picture(64, 64), m_job);
  const std::vector<Prompt> nothing{{.points = {{.x = 1, .y = 1, .positive = false}}}};
  EXPECT_THROW(sam->segment(*embedding, nothing, SoftMasks::No, m_job), Error);
  Image volume = picture(64, 64);
  volume.geometry.size = {64, 32, 2};
  EXPECT_THROW(sam->embed(volume, m_job), Error);
  std::filesystem::remove(m_folder / "models/tiny/weights.safetensors");
  EXPECT_THROW(make()->embed(picture(64, 64), m_job), Error) << "the weights are gone";
}

TEST_F(SamGeneralistTest, FeaturesCoverThePictureAloneAndHaveLengthOne) {
  const auto sam = make({{"precision", "float32"}});
  const auto map = sam->features(*sam->embed(picture(128, 64), m_job));
  EXPECT_EQ(map.size, (Size{4, 2, 1})) << "the lower half of the frame is filling";
  ASSERT_EQ(map.values.size(), static_cast<std::size_t>(map.channels * 8));
  for (std::size_t place = 0; place < 8; ++place) {
    double length = 0;
    for (int c = 0; c < map.channels; ++c) length += std::pow(map.values[static_cast<std::size_t>(c) * 8 + place], 2);
    EXPECT_NEAR(length, 1, 1e-5);
  }
}

TEST_F(SamGeneralistTest, AProbabilityBecomesAMaskPromptInTheFrame) {
  const auto sam = make({{"precision", "float32"}});
  const auto embedding = sam->embed(picture(128, 64), m_job);
  std::vector<float> soft(128 * 64, 1.0F);
  const LowResLogits logits = sam->maskPrompt(*embedding, soft);
  ASSERT_EQ(logits.values.size(), 256U);
  EXPECT_GT(logits.values[0], 9);
  EXPECT_GT(logits.values[7 * 16 + 15], 9) << "last row of the picture";
  EXPECT_LT(logits.values[8 * 16], -9) << "filling";
}

}  // namespace
}  // namespace roundel
