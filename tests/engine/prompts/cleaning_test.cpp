#include "prompts/cleaning.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "prompts/prompt_extractor.h"

namespace roundel {
namespace {

/// Probabilities drawn with digits: '7' is 0.7, '.' is 0.
Prediction drawn(const std::vector<std::vector<std::string>>& classes) {
  Prediction prediction{{static_cast<std::int64_t>(classes[0][0].size()), static_cast<std::int64_t>(classes[0].size()), 1},
                        static_cast<int>(classes.size()),
                        {}};
  for (const auto& rows : classes)
    for (const auto& row : rows)
      for (const char each : row) prediction.probabilities.push_back(each == '.' ? 0.0F : static_cast<float>(each - '0') / 10);
  return prediction;
}

const Prediction kFaintAndSure = drawn({{"666..", "666..", ".....", "...99", "....."}});

TEST(Cleaning, KeepsTheComponentOfHighestMeanOrTheLargest) {
  const auto sure = cleaned(kFaintAndSure, {}).front();
  EXPECT_EQ(sure.mask.area(), 2);
  EXPECT_EQ(sure.componentCount, 2);
  EXPECT_NEAR(sure.meanProbability, 0.9, 1e-6);
  EXPECT_EQ(cleaned(kFaintAndSure, {.keep = KeptComponent::Largest}).front().mask.area(), 6);
  const auto all = cleaned(kFaintAndSure, {.keep = KeptComponent::All}).front();
  EXPECT_EQ(all.mask.area(), 8);
  EXPECT_NEAR(all.meanProbability, (6 * 0.6 + 2 * 0.9) / 8, 1e-6);
}

TEST(Cleaning, ATieGoesToTheComponentThatEndsFirst) {
  // The left one begins first, the right one ends first.
  const auto tie = cleaned(drawn({{"8...8", "8....", "8...."}}), {}).front();
  EXPECT_EQ(tie.mask, Mask({5, 3, 1}, {{4, 1}}));
}

TEST(Cleaning, ConnectivityAndThresholdCount) {
  const Prediction diagonal = drawn({{"7..", ".7.", "..7"}});
  EXPECT_EQ(cleaned(diagonal, {}).front().mask.area(), 3);
  EXPECT_EQ(cleaned(diagonal, {.connectivity = Connectivity::Faces}).front().mask.area(), 1);
  EXPECT_TRUE(cleaned(drawn({{"55", "55"}}), {}).front().mask.empty()) << "0.5 is not above 0.5";
  EXPECT_TRUE(cleaned(diagonal, {.threshold = 0.8}).front().mask.empty());
}

TEST(Cleaning, MorphologyReachesThePrompts) {
  const CleaningOptions options{.morphology = MorphologyStep::Dilate, .element = {.shape = ElementShape::Square, .radius = 1}};
  const auto grown = promptExtractors().create("sctb")->extract(masksOf(cleaned(kFaintAndSure, options)));
  EXPECT_EQ(grown[0].box, (PromptBox{2, 2, 5, 5}));
  const auto plain = promptExtractors().create("sctb")->extract(masksOf(cleaned(kFaintAndSure, {})));
  EXPECT_EQ(plain[0].box, (PromptBox{3, 3, 5, 4}));
  const CleaningOptions eroding{.morphology = MorphologyStep::Erode, .element = {.shape = ElementShape::Square, .radius = 2}};
  const auto gone = cleaned(kFaintAndSure, eroding).front();
  EXPECT_TRUE(gone.mask.empty());
  EXPECT_EQ(gone.meanProbability, 0);
}

TEST(Cleaning, DoesNotDependOnTheNumberOfThreads) {
  const Prediction prediction = drawn({{"6.9", "...", "777"}, {"...", ".9.", "..."}, {"999", "...", "8.8"}, {"...", "...", "..."}});
  const auto one = cleaned(prediction, {}, 1), four = cleaned(prediction, {}, 4);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].mask, four[i].mask);
    EXPECT_EQ(one[i].meanProbability, four[i].meanProbability);
  }
  EXPECT_TRUE(one[3].mask.empty());
  EXPECT_EQ(one[3].mask.size(), prediction.size);
}

TEST(Cleaning, TakesItsParametersByName) {
  const auto defaults = cleaningOptions(resolveParams(cleaningParams(), Json::object()));
  EXPECT_EQ(defaults.threshold, 0.5);
  EXPECT_EQ(defaults.keep, KeptComponent::HighestMean);
  EXPECT_EQ(defaults.connectivity, Connectivity::Corners);
  EXPECT_EQ(defaults.morphology, MorphologyStep::None);
  const auto given = cleaningOptions(resolveParams(cleaningParams(), {{"threshold", 0.3},
                                                                      {"component", "largest"},
                                                                      {"connectivity", "sides"},
                                                                      {"morphology", "erode"},
                                                                      {"element", "star"},
                                                                      {"radius", 4}}));
  EXPECT_EQ(given.threshold, 0.3);
  EXPECT_EQ(given.keep, KeptComponent::Largest);
  EXPECT_EQ(given.connectivity, Connectivity::Faces);
  EXPECT_EQ(given.morphology, MorphologyStep::Erode);
  EXPECT_EQ(given.element.shape, ElementShape::Star);
  EXPECT_EQ(given.element.radius, 4);
  EXPECT_THROW(resolveParams(cleaningParams(), {{"radius", 65}}), Error);
  EXPECT_THROW(resolveParams(cleaningParams(), {{"component", "biggest"}}), Error);
}

TEST(Cleaning, RefusesAPredictionOfTheWrongLength) { EXPECT_THROW(cleaned({{3, 3, 1}, 2, std::vector<float>(17)}, {}), Error); }

}  // namespace
}  // namespace roundel
