#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/random.h"
#include "refine/builtin_generalists.h"

// What every generalist of the registry promises; a new one is tested the moment it is listed. One that has no weights on this
// machine is left out.

namespace roundel {
namespace {

constexpr std::int64_t kSide = 96;
constexpr double kCentreX = 44, kCentreY = 51, kRadius = 17;

double fromCentre(double x, double y) { return std::hypot(x - kCentreX, y - kCentreY); }

/// A bright disc on a darker ground with soft edge and noise.
Image discPhantom() {
  Image image{.geometry = {.size = {kSide, kSide, 1}}};
  Random noise(7, "disc");
  for (std::int64_t y = 0; y < kSide; ++y)
    for (std::int64_t x = 0; x < kSide; ++x) {
      const double edge = 1 / (1 + std::exp(fromCentre(static_cast<double>(x), static_cast<double>(y)) - kRadius));
      image.values.push_back(static_cast<float>(0.3 + 0.4 * edge + 0.02 * noise.normal()));
    }
  return image;
}

Mask discMask(double radius) {
  std::vector<std::uint8_t> bytes;
  for (std::int64_t y = 0; y < kSide; ++y)
    for (std::int64_t x = 0; x < kSide; ++x) bytes.push_back(fromCentre(static_cast<double>(x), static_cast<double>(y)) <= radius);
  return Mask::fromBytes({kSide, kSide, 1}, bytes);
}

double dice(const Mask& a, const Mask& b) {
  return 2.0 * static_cast<double>(overlapArea(a, b)) / static_cast<double>(std::max<std::int64_t>(1, a.area() + b.area()));
}

Image flat(std::int64_t width, std::int64_t height, float grey) {
  Image image{.geometry = {.size = {width, height, 1}}};
  image.values.assign(static_cast<std::size_t>(width * height), grey);
  return image;
}

class GeneralistContract : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Generalist> m_generalist = generalistRegistry().create(GetParam());
  Job m_job;

  void SetUp() override {
    if (m_generalist->traits().dimensions != 2) GTEST_SKIP() << "a generalist for volumes";
  }

  std::vector<GeneralistMask> ask(const Image& image, std::vector<Prompt> prompts, SoftMasks soft = SoftMasks::No) {
    return m_generalist->segment(*m_generalist->embed(image, m_job), prompts, soft, m_job);
  }
};

const PromptBox kDiscBox{kCentreX - kRadius, kCentreY - kRadius, kCentreX + kRadius + 1, kCentreY + kRadius + 1};
const PromptPoint kInside{.x = kCentreX + 3, .y = kCentreY - 2};

/// The four ways of asking that every generalist with these traits understands.
std::vector<Prompt> waysOfAsking() {
  return {Prompt{.classIndex = 0, .box = kDiscBox}, Prompt{.classIndex = 1, .points = {kInside}},
          Prompt{.classIndex = 2, .box = kDiscBox, .points = {kInside, {.x = 5, .y = 5, .positive = false}}},
          Prompt{.classIndex = 3, .points = {kInside, {.x = 90, .y = 90, .positive = false}}}};
}

TEST_P(GeneralistContract, FindsThePhantomDiscAndHoldsItsPositivePoint) {
  const auto answers = ask(discPhantom(), waysOfAsking());
  ASSERT_EQ(answers.size(), 4U);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_TRUE(answers[i].mask.contains(static_cast<std::int64_t>(kInside.x), static_cast<std::int64_t>(kInside.y))) << "prompt " << i;
    EXPECT_FALSE(answers[i].mask.contains(90, 90)) << "prompt " << i;
    EXPECT_GT(dice(answers[i].mask, discMask(kRadius)), i == 0 || i == 2 ? 0.9 : 0.8) << "prompt " << i;
    EXPECT_TRUE(std::isnan(answers[i].score) || (answers[i].score > 0.3 && answers[i].score <= 1)) << answers[i].score;
  }
}

TEST_P(GeneralistContract, SecondCallWithItsOwnLogitsFindsTheDisc) {
  if (!m_generalist->traits().takesMask) GTEST_SKIP() << "takes no mask prompt";
  const auto embedding = m_generalist->embed(discPhantom(), m_job);
  const std::vector<Prompt> first{{.box = kDiscBox}};
  const auto one = m_generalist->segment(*embedding, first, SoftMasks::No, m_job);
  ASSERT_EQ(one[0].lowRes.values.size(), static_cast<std::size_t>(one[0].lowRes.width) * static_cast<std::size_t>(one[0].lowRes.height));
  const std::vector<Prompt> second{{.points = {kInside, {.x = 5, .y = 5, .positive = false}}, .mask = one[0].lowRes}};
  const auto two = m_generalist->segment(*embedding, second, SoftMasks::No, m_job);
  EXPECT_GT(dice(two[0].mask, discMask(kRadius)), 0.9);
}

TEST_P(GeneralistContract, MaskPromptThatIsTooLargeOrTooSmallMovesTowardsTheEdge) {
  const auto embedding = m_generalist->embed(discPhantom(), m_job);
  for (const double radius : {kRadius - 2.5, kRadius + 2.5}) {
    std::vector<float> probability;
    for (std::int64_t y = 0; y < kSide; ++y)
      for (std::int64_t x = 0; x < kSide; ++x)
        probability.push_back(
            static_cast<float>(1 / (1 + std::exp((fromCentre(static_cast<double>(x), static_cast<double>(y)) - radius) / 1.5))));
    const auto logits = m_generalist->maskPrompt(*embedding, probability);
    if (logits.values.empty()) GTEST_SKIP() << "takes no mask prompt";
    const std::vector<Prompt> prompts{{.points = {kInside}, .mask = logits}};
    const auto answer = m_generalist->segment(*embedding, prompts, SoftMasks::No, m_job);
    EXPECT_GT(dice(answer[0].mask, discMask(kRadius)), dice(discMask(radius), discMask(kRadius)) + 0.01) << "radius " << radius;
  }
}

TEST_P(GeneralistContract, AnswersTheSameTwiceInBatchesAndOneByOne) {
  const auto prompts = waysOfAsking();
  const auto image = discPhantom();
  const auto batch = ask(image, prompts, SoftMasks::Yes), again = ask(image, prompts, SoftMasks::Yes);
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    // Backwards, so that state left behind by the one before would show.
    const auto at = prompts.size() - 1 - i;
    const auto single = ask(image, {prompts[at]}, SoftMasks::Yes);
    for (const auto* other : {&again[at], &single[0]}) {
      EXPECT_EQ(batch[at].mask, other->mask);
      EXPECT_EQ(batch[at].score, other->score);
      EXPECT_EQ(batch[at].lowRes.values, other->lowRes.values);
      EXPECT_EQ(batch[at].probability, other->probability);
    }
  }
}

TEST_P(GeneralistContract, SoftMasksAgreeWithTheMask) {
  for (const auto& answer : ask(discPhantom(), waysOfAsking(), SoftMasks::Yes)) {
    ASSERT_EQ(answer.probability.size(), static_cast<std::size_t>(kSide * kSide));
    std::vector<std::uint8_t> bytes;
    for (const float p : answer.probability) {
      ASSERT_TRUE(p >= 0 && p <= 1) << p;
      bytes.push_back(p > 0.5F);
    }
    EXPECT_EQ(Mask::fromBytes({kSide, kSide, 1}, bytes), answer.mask);
  }
  EXPECT_TRUE(ask(discPhantom(), {waysOfAsking()[0]})[0].probability.empty()) << "soft masks only when asked for";
}

TEST_P(GeneralistContract, OddImagesAreAnswered) {
  const std::vector<Image> images{
      flat(64, 48, 0.5F), flat(1, 1, 0.2F), flat(3, 5, 1.0F), flat(1, 40, 0.1F), flat(20, 20, std::numeric_limits<float>::quiet_NaN()),
      flat(9, 9, 1e30F)};
  for (const auto& image : images) {
    const double x1 = static_cast<double>(image.width()), y1 = static_cast<double>(image.height());
    const PromptPoint centre{.x = std::floor(x1 / 2), .y = std::floor(y1 / 2)};
    const auto answers =
        ask(image, {{.box = PromptBox{0, 0, x1, y1}}, {.points = {centre}}, {.box = PromptBox{0, 0, x1, y1}, .points = {centre}}});
    for (const auto& answer : answers) {
      EXPECT_EQ(answer.mask.size(), image.geometry.size);
      EXPECT_FALSE(answer.score < 0 || answer.score > 1) << answer.score;
    }
    EXPECT_TRUE(answers[1].mask.contains(static_cast<std::int64_t>(centre.x), static_cast<std::int64_t>(centre.y)));
    EXPECT_TRUE(answers[2].mask.contains(static_cast<std::int64_t>(centre.x), static_cast<std::int64_t>(centre.y)));
  }
}

TEST_P(GeneralistContract, PromptsOutsideTheImageAreClippedOrAnsweredByNothing) {
  const auto image = discPhantom();
  const auto outside = ask(image, {{.box = PromptBox{200, 200, 260, 240}}, {.box = PromptBox{-50, -50, -10, -10}}});
  for (const auto& answer : outside) {
    EXPECT_TRUE(answer.mask.empty());
    EXPECT_EQ(answer.mask.size(), image.geometry.size);
    EXPECT_EQ(answer.score, 0);
  }
  const auto clipped = ask(image, {{.box = PromptBox{70, 60, 5000, 1e9}}});
  const auto bounds = clipped[0].mask.bounds();
  EXPECT_TRUE(clipped[0].mask.empty() || (bounds.x0 >= 70 && bounds.y0 >= 60));
}

TEST_P(GeneralistContract, PromptsThatSayNothingAreRefusedWithASentence) {
  const auto embedding = m_generalist->embed(discPhantom(), m_job);
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<Prompt, std::string>> cases{
      {{.classIndex = 4}, "empty-prompt"},
      {{.classIndex = 4, .points = {{.x = 3, .y = 3, .positive = false}}}, "empty-prompt"},
      {{.classIndex = 4, .points = {{.x = none, .y = 3}}}, "bad-prompt"},
      {{.classIndex = 4, .box = PromptBox{8, 8, 8, 20}}, "bad-prompt"},
      {{.classIndex = 4, .box = PromptBox{8, 8, none, 20}}, "bad-prompt"},
      {{.classIndex = 4, .points = {kInside}, .mask = LowResLogits{.width = 4, .height = 4, .values = {1, 2}}}, "bad-prompt"}};
  for (const auto& [prompt, code] : cases) {
    try {
      m_generalist->segment(*embedding, std::vector<Prompt>{prompt}, SoftMasks::No, m_job);
      ADD_FAILURE() << "accepted: " << code;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_NE(std::string(error.what()).find("class 4"), std::string::npos) << error.what();
    }
  }
  EXPECT_TRUE(ask(discPhantom(), {}).empty());
}

TEST_P(GeneralistContract, ImagesThatAreNoPicturesAreRefused) {
  Image volume{.geometry = {.size = {4, 4, 3}}};
  volume.values.resize(48);
  EXPECT_THROW(m_generalist->embed(volume, m_job), Error);
  Image torn{.geometry = {.size = {4, 4, 1}}};
  torn.values.resize(9);
  EXPECT_THROW(m_generalist->embed(torn, m_job), Error);
}

TEST_P(GeneralistContract, EmbeddingsOfOthersAreADefect) {
  const Embedding foreign;
  const auto prompts = waysOfAsking();
  EXPECT_THROW(m_generalist->segment(foreign, prompts, SoftMasks::No, m_job), Error);
}

TEST_P(GeneralistContract, FeaturesAreUnitVectorsThatTellTheDiscFromTheGround) {
  const auto map = m_generalist->features(*m_generalist->embed(discPhantom(), m_job));
  ASSERT_GT(map.channels, 0);
  const auto cells = static_cast<std::size_t>(map.size.count());
  ASSERT_EQ(map.values.size(), cells * static_cast<std::size_t>(map.channels));
  const auto cosine = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t c = 0; c < static_cast<std::size_t>(map.channels); ++c)
      sum += static_cast<double>(map.values[c * cells + a]) * static_cast<double>(map.values[c * cells + b]);
    return sum;
  };
  for (std::size_t i = 0; i < cells; ++i) ASSERT_NEAR(cosine(i, i), 1, 1e-4);
  const auto cell = [&](double x, double y) {
    return static_cast<std::size_t>(static_cast<std::int64_t>(y * static_cast<double>(map.size.y) / kSide) * map.size.x +
                                    static_cast<std::int64_t>(x * static_cast<double>(map.size.x) / kSide));
  };
  EXPECT_GT(cosine(cell(kCentreX - 4, kCentreY), cell(kCentreX + 4, kCentreY)), cosine(cell(kCentreX, kCentreY), cell(88, 10)) + 0.2);
}

TEST_P(GeneralistContract, ShowsWhatItSees) {
  const auto image = discPhantom();
  const auto seen = m_generalist->view(*m_generalist->embed(image, m_job), image);
  ASSERT_EQ(seen.values.size(), static_cast<std::size_t>(seen.geometry.size.count()));
  for (const float grey : seen.values) ASSERT_TRUE(grey >= 0 && grey <= 1);
}

TEST_P(GeneralistContract, StopsWhenAsked) {
  class Stopped : public Job {
    bool stopRequested() const override { return true; }
  } stopped;
  const auto embedding = m_generalist->embed(discPhantom(), m_job);
  const auto prompts = waysOfAsking();
  EXPECT_THROW(m_generalist->segment(*embedding, prompts, SoftMasks::No, stopped), Cancelled);
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  const auto registry = generalistRegistry();
  for (const auto& entry : registry.entries()) out.push_back(entry.name);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Registry, GeneralistContract, testing::ValuesIn(names()), [](const auto& parameter) {
  std::string name = parameter.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
});

TEST(GeneralistRegistry, EveryMemberHasFactsAndCarriesItsName) {
  const auto registry = generalistRegistry();
  const auto facts = generalistFacts();
  ASSERT_EQ(facts.size(), registry.entries().size());
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const auto& entry = registry.entries()[i];
    EXPECT_EQ(facts[i].name, entry.name);
    EXPECT_FALSE(facts[i].goodFor.empty() || facts[i].licence.empty() || facts[i].location.empty() || facts[i].architecture.empty());
    const auto generalist = registry.create(entry.name);
    EXPECT_EQ(generalist->name(), entry.name);
    EXPECT_EQ(generalist->contentHash(), registry.create(entry.name)->contentHash());
    for (const auto& param : entry.params) {
      EXPECT_FALSE(param.sentence.empty()) << entry.name << "/" << param.name;
      if (param.type != ParamType::Real) continue;
      const double other = param.defaultValue.get<double>() > 0 ? param.defaultValue.get<double>() / 2 : 0.5;
      EXPECT_NE(registry.create(entry.name, {{param.name, other}})->contentHash(), generalist->contentHash())
          << param.name << " is not part of the identity";
    }
  }
  EXPECT_THROW(registry.create("random-waker"), Error);
}

}  // namespace
}  // namespace roundel
