#include <gtest/gtest.h>

#include <new>

#include "core/error.h"
#include "models/generalists/frozen_network.h"
#include "models/generalists/image_predictor.h"
#include "models/generalists/sam_generalist.h"
#include "support/temporary_folder.h"
#include "support/tiny_sam.h"

namespace roundel {
namespace {

/// How much a device of the test can do.
struct Strength {
  int encodes = 1000, prompts = 1000;  ///< so many pictures, and so many prompts at once; then its memory is at its end
  std::uint64_t workingBytes = 1000;
};

/// A predictor on a device of limited memory.
class WeakPredictor : public ImagePredictor {
 public:
  WeakPredictor(std::shared_ptr<const ImagePredictor> inner, Strength strength) : m_inner(std::move(inner)), m_strength(strength) {}

  std::string version() const override { return m_inner->version(); }
  SamPlacement placement(Size picture) const override { return m_inner->placement(picture); }
  Image view(const Image& picture) const override { return m_inner->view(picture); }
  torch::Tensor input(const Image& picture) const override { return m_inner->input(picture); }
  std::vector<FeatureShape> featureShapes() const override { return m_inner->featureShapes(); }
  std::vector<torch::Tensor> encode(const torch::Tensor& input, nn::Trace* trace) const override {
    if (m_encoded++ >= m_strength.encodes) throw std::bad_alloc();
    return m_inner->encode(input, trace);
  }
  PreparedPicture prepare(const std::vector<torch::Tensor>& features) const override { return m_inner->prepare(features); }
  nn::DecodedMasks predict(const PreparedPicture& picture, std::span<const nn::FramePrompt> prompts, const torch::Tensor& masks,
                           MaskRule rule) const override {
    if (static_cast<int>(prompts.size()) > m_strength.prompts) throw std::bad_alloc();
    return m_inner->predict(picture, prompts, masks, rule);
  }
  FullMask atFullSize(const torch::Tensor& lowRes, const SamPlacement& placement) const override {
    return m_inner->atFullSize(lowRes, placement);
  }
  std::uint64_t workingBytes() const override { return m_strength.workingBytes; }

 private:
  std::shared_ptr<const ImagePredictor> m_inner;
  Strength m_strength;
  mutable int m_encoded = 0;
};

struct HearingJob : Job {
  void warning(const Warning& warning) override { warnings.push_back(warning); }
  std::vector<Warning> warnings;
};

class MemoryShort : public testing::Test {
 protected:
  MemoryShort() {
    test::writeTinySam(m_folder / "tiny.safetensors");
    m_model = ModelFolder(m_folder / "models").add(m_folder / "tiny.safetensors", {.name = "tiny"}, m_job);
  }

  /// A generalist that is computed on these devices in turn.
  SamGeneralist on(std::vector<Strength> devices) {
    const NetworkWish wish{.model = "tiny", .precision = "float32", .devices = std::vector<std::string>(devices.size(), "cpu")};
    const auto load = [model = m_model, devices, next = std::make_shared<std::size_t>(0)](torch::Device device) {
      return std::make_shared<const WeakPredictor>(loadPredictor(model, readStateDict(model.weights, Checksums::Trust), device),
                                                   devices.at((*next)++));
    };
    return SamGeneralist(m_model, resolveParams(SamGeneralist::params(), {}), wish, load);
  }

  static Image picture() {
    Image image{.geometry = {.size = {90, 70, 1}}};
    for (int i = 0; i < 90 * 70; ++i) image.values.push_back(static_cast<float>(i % 17) / 17.0F);
    return image;
  }

  static std::vector<Prompt> boxes(int count) {
    std::vector<Prompt> prompts;
    for (int i = 0; i < count; ++i) prompts.push_back({.classIndex = i, .box = PromptBox{5.0 + i, 8, 40.0 + i, 60}});
    return prompts;
  }

  std::vector<GeneralistMask> asked(const SamGeneralist& sam, int count) {
    return sam.segment(*sam.embed(picture(), m_job), boxes(count), SoftMasks::Yes, m_job);
  }

  static void expectAlike(const std::vector<GeneralistMask>& one, const std::vector<GeneralistMask>& other) {
    ASSERT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
      EXPECT_NEAR(one[i].score, other[i].score, 1e-4) << i;
      ASSERT_EQ(one[i].probability.size(), other[i].probability.size());
      for (std::size_t k = 0; k < one[i].probability.size(); k += 97) EXPECT_NEAR(one[i].probability[k], other[i].probability[k], 1e-3);
    }
  }

  test::TemporaryFolder m_folder;
  HearingJob m_job;
  InstalledModel m_model;
};

TEST_F(MemoryShort, TooManyPromptsAtOnceAreAnsweredInSmallerGroups) {
  const auto whole = asked(on({{}}), 7);
  EXPECT_TRUE(m_job.warnings.empty());
  expectAlike(asked(on({{.prompts = 2}}), 7), whole);
  ASSERT_EQ(m_job.warnings.size(), 1U);
  EXPECT_EQ(m_job.warnings[0].code, "memory-short");
  EXPECT_NE(m_job.warnings[0].message.find("7 prompts"), std::string::npos);
}

TEST_F(MemoryShort, TheNextDeviceTakesOverForGood) {
  const auto whole = asked(on({{}}), 3);
  const SamGeneralist sam = on({{.encodes = 1}, {}});
  const std::string hash = sam.contentHash();
  const auto before = sam.embed(picture(), m_job);
  EXPECT_TRUE(m_job.warnings.empty());
  const auto after = sam.embed(picture(), m_job);
  ASSERT_EQ(m_job.warnings.size(), 1U);
  EXPECT_NE(m_job.warnings[0].message.find("takes over"), std::string::npos);
  EXPECT_EQ(sam.contentHash(), hash) << "embeddings stay valid";
  for (const auto& embedding : {before, after}) expectAlike(sam.segment(*embedding, boxes(3), SoftMasks::Yes, m_job), whole);
  EXPECT_EQ(m_job.warnings.size(), 1U);
}

TEST_F(MemoryShort, OnePromptAloneIsAnsweredOnTheNextDevice) {
  const auto whole = asked(on({{}}), 2);
  expectAlike(asked(on({{.prompts = 0}, {}}), 2), whole);
  EXPECT_EQ(m_job.warnings.size(), 2U) << "smaller groups, then another device";
}

TEST_F(MemoryShort, TheNumberOfThreadsIsWhatWasAskedOrElseWhatTheProgramHasChosen) {
  const int before = torch::get_num_threads();
  const Params params = resolveParams(SamGeneralist::params(), {});
  torch::set_num_threads(2);
  SamGeneralist(m_model, params, "cpu").embed(picture(), m_job);
  EXPECT_EQ(torch::get_num_threads(), 2);
  SamGeneralist(m_model, params, "cpu", 1).embed(picture(), m_job);
  EXPECT_EQ(torch::get_num_threads(), 1);
  torch::set_num_threads(before);
}

TEST_F(MemoryShort, WithoutAnotherDeviceItIsASentence) {
  const SamGeneralist sam = on({{.encodes = 0}});
  try {
    sam.embed(picture(), m_job);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Resource);
    EXPECT_EQ(error.code(), "out-of-memory");
    EXPECT_NE(error.details().remedy.find("smaller model"), std::string::npos);
  }
}

TEST_F(MemoryShort, RoomIsLookedForBeforeTheStart) {
  constexpr std::uint64_t kFar = std::uint64_t{1} << 60;
  const SamGeneralist sam = on({{.encodes = 0, .workingBytes = kFar}, {}});
  EXPECT_NO_THROW(sam.embed(picture(), m_job)) << "the first device was not asked";
  ASSERT_EQ(m_job.warnings.size(), 1U);
  EXPECT_NE(m_job.warnings[0].message.find("needs"), std::string::npos);
  try {
    on({{.encodes = 0, .workingBytes = kFar}}).requireRoom(m_job);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "out-of-memory");
    EXPECT_NE(std::string(error.what()).find("needs"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace roundel
