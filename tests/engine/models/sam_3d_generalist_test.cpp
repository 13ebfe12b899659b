#include "models/generalists/sam_3d_generalist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <thread>

#include "core/error.h"
#include "core/files.h"
#include "models/generalists/architectures.h"
#include "support/temporary_folder.h"
#include "support/tiny_sam_3d.h"

namespace roundel {
namespace {

using testing::HasSubstr;

/// A small network with drawn weights: what it answers means nothing, but every way through the class is the real one. It sees 32 voxels
/// a side.
class Sam3dGeneralistTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    s_folder = std::make_unique<test::TemporaryFolder>();
    test::writeTinySam3d(*s_folder / "tiny.safetensors");
  }
  static void TearDownTestSuite() { s_folder.reset(); }

  static std::unique_ptr<Sam3dGeneralist> make(Json params = Json::object()) {
    if (!params.contains("precision")) params["precision"] = "float32";
    const InstalledModel model{.name = "tiny",
                               .architecture = "sam_med3d_vit_b_ori",
                               .sha256 = "drawn",
                               .bytes = std::filesystem::file_size(*s_folder / "tiny.safetensors"),
                               .weights = *s_folder / "tiny.safetensors"};
    return std::make_unique<Sam3dGeneralist>(model, resolveParams(Sam3dGeneralist::params(), params), "cpu");
  }

  /// 1.5 x 1.5 x 3 mm, stored with x to the left and y to the back: 40 x 36 x 32 voxels of the network.
  static Image volume() {
    Image image{.geometry = {.size = {40, 36, 16}, .spacingMm = {1.5, 1.5, 3}, .spacingSource = SpacingSource::FileHeader}};
    for (std::int64_t z = 0; z < 16; ++z)
      for (std::int64_t y = 0; y < 36; ++y)
        for (std::int64_t x = 0; x < 40; ++x)
          image.values.push_back(100 + 60 * std::sin(0.2F * static_cast<float>(x)) * std::cos(0.15F * static_cast<float>(y + 2 * z)));
    return image;
  }
  std::vector<GeneralistMask> ask(const Sam3dGeneralist& sam, const std::vector<Prompt>& prompts, SoftMasks soft = SoftMasks::No) {
    return sam.segment(*sam.embed(volume(), m_job), prompts, soft, m_job);
  }
  std::string refusal(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::BadInput);
      return error.code() + ": " + error.what();
    }
    return "";
  }

  static inline std::unique_ptr<test::TemporaryFolder> s_folder;
  Job m_job;
};

const Prompt kPoint{.classIndex = 1, .points = {{.x = 18, .y = 20, .z = 7}}};
const Prompt kPoints{.classIndex = 2,
                     .points = {{.x = 15, .y = 20, .z = 7}, {.x = 19, .y = 16, .z = 9}, {.x = 3, .y = 3, .z = 7, .positive = false}}};

TEST_F(Sam3dGeneralistTest, AnswersOnTheVolumesOwnGridAndTheSameEachTime) {
  const auto sam = make();
  EXPECT_EQ(sam->traits().dimensions, 3);
  const auto answers = ask(*sam, {kPoint, kPoints}, SoftMasks::Yes);
  ASSERT_EQ(answers.size(), 2U);
  for (const auto& answer : answers) {
    EXPECT_EQ(answer.mask.size(), (Size{40, 36, 16}));
    ASSERT_EQ(answer.probability.size(), 40U * 36 * 16);
    std::int64_t inside = 0;
    for (const float p : answer.probability) inside += p > 0.5F;
    EXPECT_EQ(inside, answer.mask.area()) << "a mask is where its probability is above one half";
    EXPECT_GE(answer.score, 0);
    EXPECT_LE(answer.score, 1);
    EXPECT_EQ(answer.lowRes.width, 16);
    EXPECT_EQ(answer.lowRes.depth, 16);
    EXPECT_EQ(answer.lowRes.values.size(), 4096U);
  }
  EXPECT_NE(answers[0].lowRes.values, answers[1].lowRes.values);
  const auto again = ask(*make(), {kPoints, kPoint}, SoftMasks::No);
  EXPECT_EQ(again[1].mask, answers[0].mask);
  EXPECT_EQ(again[0].lowRes.values, answers[1].lowRes.values);
  EXPECT_TRUE(again[0].probability.empty()) << "asked for no soft mask";
}

TEST_F(Sam3dGeneralistTest, TheCubeLiesAroundThePositivePoints) {
  const auto sam = make();
  const auto answer = ask(*sam, {kPoint}).front();
  // 40 - 1 - 18 and 36 - 1 - 20 from the other side, slice 7 lies at 14.5 of 32; minus half a cube.
  EXPECT_EQ(answer.lowRes.origin, (std::array<std::int64_t, 3>{5, -1, -2}));
  EXPECT_EQ(ask(*make({{"spacing_mm", 0}}), {kPoint}).front().lowRes.origin, (std::array<std::int64_t, 3>{5, -1, -9}));
}

TEST_F(Sam3dGeneralistTest, AVolumeStoredAnotherWayHasTheSameAnswer) {
  const auto sam = make();
  const Image stored = volume();
  // The same world with the axes in the order z, x, y and x counted from the other side.
  const Geometry& old = stored.geometry;
  Image turned{.geometry = {.size = {16, 40, 36},
                            .spacingMm = {3, 1.5, 1.5},
                            .spacingSource = SpacingSource::FileHeader,
                            .originMm = {old.originMm[0] + 39 * 1.5, old.originMm[1], old.originMm[2]},
                            .direction = {0, -1, 0, 0, 0, 1, 1, 0, 0}}};
  const auto from = [](std::int64_t i, std::int64_t j, std::int64_t k) { return static_cast<std::size_t>((i * 36 + k) * 40 + (39 - j)); };
  for (std::int64_t k = 0; k < 36; ++k)
    for (std::int64_t j = 0; j < 40; ++j)
      for (std::int64_t i = 0; i < 16; ++i) turned.values.push_back(stored.values[from(i, j, k)]);
  Prompt prompt = kPoints;
  for (auto& point : prompt.points) point = {.x = point.z, .y = 39 - point.x, .z = point.y, .positive = point.positive};
  const auto expected = ask(*sam, {kPoints}, SoftMasks::Yes).front();
  const auto answer = sam->segment(*sam->embed(turned, m_job), std::vector<Prompt>{prompt}, SoftMasks::Yes, m_job).front();
  EXPECT_EQ(answer.lowRes.origin, expected.lowRes.origin);
  for (std::int64_t k = 0; k < 36; ++k)
    for (std::int64_t j = 0; j < 40; ++j)
      for (std::int64_t i = 0; i < 16; ++i)
        EXPECT_NEAR(answer.probability[static_cast<std::size_t>((k * 40 + j) * 16 + i)], expected.probability[from(i, j, k)], 1e-3);
}

TEST_F(Sam3dGeneralistTest, TheSecondCallTakesTheLogitsOfTheFirst) {
  const auto sam = make();
  const auto first = ask(*sam, {kPoint}).front();
  Prompt second = kPoints;
  const auto without = ask(*sam, {second}).front();
  second.mask = first.lowRes;
  const auto with = ask(*sam, {second}).front();
  EXPECT_EQ(with.lowRes.origin, first.lowRes.origin) << "click after click sees the same cube";
  EXPECT_NE(with.lowRes.values, without.lowRes.values);
  const auto alone = ask(*sam, {{.classIndex = 3, .mask = first.lowRes}}).front();
  EXPECT_EQ(alone.lowRes.origin, first.lowRes.origin) << "a mask alone says where, too";
  // No mask prompt is one of zeros, as the network was trained.
  Prompt zeros = kPoint;
  zeros.mask = first.lowRes;
  std::fill(zeros.mask->values.begin(), zeros.mask->values.end(), 0.0F);
  EXPECT_EQ(ask(*sam, {zeros}).front().lowRes.values, first.lowRes.values);
}

TEST_F(Sam3dGeneralistTest, WhatItCannotTakeIsRefusedWithASentence) {
  const auto sam = make();
  const auto with = [&](const Prompt& prompt) { return refusal([&] { ask(*sam, {kPoint, prompt}); }); };
  EXPECT_THAT(with({.box = PromptBox{1, 1, 9, 9}}),
              HasSubstr("bad-prompt: The prompt for class 0 has a box; the generalist tiny answers to points only"));
  EXPECT_THAT(with({}), HasSubstr("empty-prompt"));
  EXPECT_THAT(with({.points = {{.x = 1, .y = 1, .z = 1, .positive = false}}}), HasSubstr("empty-prompt"));
  EXPECT_THAT(with({.points = {{.x = 1, .y = 1, .z = NAN}}}), HasSubstr("bad-prompt"));
  EXPECT_THAT(with({.points = {{.x = 1, .y = 1, .z = 16}}}), HasSubstr("outside of the volume"));
  EXPECT_THAT(with({.mask = LowResLogits{.width = 4, .height = 4, .depth = 4, .values = {1, 2}}}), HasSubstr("do not fit its size"));
  Image picture = volume();
  picture.geometry.size = {40, 36 * 16, 1};
  EXPECT_THAT(refusal([&] { sam->embed(picture, m_job); }), HasSubstr("not-3d: The generalist tiny looks at volumes only"));
  EXPECT_THROW(requireForPictures(*sam), Error);
  struct Stopped : Job {
    bool stopRequested() const override { return true; }
  } stopped;
  EXPECT_THROW(sam->segment(*sam->embed(volume(), m_job), std::vector<Prompt>{kPoint}, SoftMasks::No, stopped), Cancelled);
}

TEST_F(Sam3dGeneralistTest, ItsParametersArePartOfItsIdentity) {
  const auto sam = make();
  EXPECT_EQ(sam->contentHash(), make()->contentHash());
  for (const Json& other :
       {Json{{"precision", "bfloat16"}}, Json{{"normalisation", "crop"}}, Json{{"normalisation", "none"}}, Json{{"spacing_mm", 2}}}) {
    const auto another = make(other);
    EXPECT_NE(another->contentHash(), sam->contentHash()) << other;
    EXPECT_THROW(another->segment(*sam->embed(volume(), m_job), std::vector<Prompt>{kPoint}, SoftMasks::No, m_job), Error);
    EXPECT_NE(ask(*another, {kPoint}).front().lowRes.values, ask(*sam, {kPoint}).front().lowRes.values) << other;
  }
  EXPECT_TRUE(sam->pack(*sam->embed(volume(), m_job)).empty());
  EXPECT_GT(sam->memoryPlan().neededBytes, 0U);
  EXPECT_THROW(resolveParams(Sam3dGeneralist::params(), {{"normalisation", "z"}}), Error);
}

TEST_F(Sam3dGeneralistTest, MayBeAskedFromSeveralThreads) {
  const auto sam = make();
  const auto embedding = sam->embed(volume(), m_job);
  const auto expected = ask(*sam, {kPoint, kPoints});
  std::vector<std::vector<GeneralistMask>> answers(4);
  std::vector<std::thread> threads;
  for (auto& answer : answers)
    threads.emplace_back([&] {
      Job job;
      answer = sam->segment(*embedding, std::vector<Prompt>{kPoint, kPoints}, SoftMasks::No, job);
    });
  for (auto& thread : threads) thread.join();
  for (const auto& answer : answers) {
    EXPECT_EQ(answer[0].lowRes.origin, expected[0].lowRes.origin);
    EXPECT_EQ(answer[1].mask.size(), expected[1].mask.size());
  }
}

TEST_F(Sam3dGeneralistTest, AProbabilityBecomesAMaskPromptInItsCube) {
  const auto sam = make();
  const auto embedding = sam->embed(volume(), m_job);
  std::vector<float> soft(40 * 36 * 16, 0.0F);
  EXPECT_TRUE(sam->maskPrompt(*embedding, soft).values.empty()) << "nothing is where";
  for (std::int64_t z = 5; z < 9; ++z)
    for (std::int64_t y = 16; y < 24; ++y)
      for (std::int64_t x = 20; x < 28; ++x) soft[static_cast<std::size_t>((z * 36 + y) * 40 + x)] = 1;
  const LowResLogits logits = sam->maskPrompt(*embedding, soft);
  ASSERT_EQ(logits.values.size(), 4096U);
  EXPECT_EQ(logits.origin, (std::array<std::int64_t, 3>{-1, -1, -3})) << "around 15.5, 15.5, 13.5, as published";
  const auto at = [&](std::size_t i, std::size_t j, std::size_t k) { return logits.values[(i * 16 + j) * 16 + k]; };
  EXPECT_GT(at(7, 7, 7), 9);
  EXPECT_LT(at(2, 7, 7), -9);
  EXPECT_LT(at(7, 2, 7), -9);
  const auto answer = sam->segment(*embedding, std::vector<Prompt>{{.mask = logits}}, SoftMasks::No, m_job).front();
  EXPECT_EQ(answer.lowRes.origin, logits.origin);
}

TEST_F(Sam3dGeneralistTest, FeaturesCoverTheVolumeAndHaveLengthOne) {
  const auto sam = make();
  const FeatureMap map = sam->features(*sam->embed(volume(), m_job));
  EXPECT_EQ(map.channels, 48);
  EXPECT_EQ(map.size, (Size{5, 5, 4})) << "8 voxels of 1.5 mm a place: 60 x 54 x 48 mm";
  const auto places = static_cast<std::size_t>(map.size.count());
  ASSERT_EQ(map.values.size(), 48 * places);
  for (std::size_t place = 0; place < places; ++place) {
    double length = 0;
    for (std::size_t c = 0; c < 48; ++c) length += std::pow(map.values[c * places + place], 2);
    EXPECT_NEAR(length, 1, 1e-4);
  }
}

TEST_F(Sam3dGeneralistTest, WeightsThatAreNotItsOwnAreRefused) {
  const std::filesystem::path other = *s_folder / "other.pth";
  writeFileAtomically(other, "no weights");
  const InstalledModel model{.name = "other", .architecture = "sam_med3d_vit_b_ori", .sha256 = "x", .weights = other};
  const Sam3dGeneralist sam(model, resolveParams(Sam3dGeneralist::params(), {}), "cpu");
  EXPECT_THROW(sam.embed(volume(), m_job), Error);
}

}  // namespace
}  // namespace roundel
