#include "raster/pixel_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "engine/raster/random_mask.h"

namespace roundel {
namespace {

using testing::FloatNear;
using testing::Pointwise;

template <class T>
StoredImage rowOf(std::vector<T> values, int bits) {
  return {.geometry = {.size = {static_cast<std::int64_t>(values.size()), 1, 1}}, .values = std::move(values), .bitsStored = bits};
}

std::vector<float> grey(const StoredImage& image, const PixelPipelineSettings& settings = {}) {
  return applyPixelPipeline(image, settings).values;
}

auto nearly(const std::vector<float>& values) { return Pointwise(FloatNear(1e-6F), values); }

TEST(PixelPipeline, PlainEightBitsAreDividedBy255) {
  std::vector<std::uint8_t> values(256);
  for (std::size_t i = 0; i < 256; ++i) values[i] = static_cast<std::uint8_t>(i);
  const auto result = grey(rowOf(values, 8));
  for (std::size_t i = 0; i < 256; ++i) EXPECT_FLOAT_EQ(result[i], static_cast<float>(i) / 255.0F);
}

TEST(PixelPipeline, SixteenBitsWithoutAWindowUsePercentiles) {
  std::vector<std::uint16_t> values(1001);
  for (std::size_t i = 0; i <= 1000; ++i) values[i] = static_cast<std::uint16_t>(3000 + i);
  const StoredImage image = rowOf(values, 16);
  EXPECT_EQ(defaultSettings(image).voi, VoiChoice::Percentile);
  const auto result = grey(image);  // 0.5 and 99.5 percent: 3005 and 3995
  EXPECT_EQ(result[5], 0);
  EXPECT_EQ(result[4], 0);
  EXPECT_EQ(result[995], 1);
  EXPECT_NEAR(result[500], 0.5, 1e-6);
  EXPECT_NEAR(grey(image, {.voi = VoiChoice::FullRange})[0], 3000.0 / 65535, 1e-6);
}

TEST(PixelPipeline, LinearWindowIsTheFormulaOfTheStandard) {
  // PS3.3 C.11.2.1.2.1, its own example: centre 2048, width 4096 maps 0..4095 onto the whole range.
  StoredImage image = rowOf<std::uint16_t>({0, 1, 2047, 2048, 4094, 4095}, 12);
  image.windows = {{.center = 2048, .width = 4096}};
  EXPECT_THAT(grey(image), nearly({0, 1.0F / 4095, 2047.0F / 4095, 2048.0F / 4095, 4094.0F / 4095, 1}));
  // Width 1: a threshold at c - 0.5.
  image.windows = {{.center = 2048, .width = 1}};
  EXPECT_EQ(grey(image), (std::vector<float>{0, 0, 0, 1, 1, 1}));
}

TEST(PixelPipeline, LinearExactAndSigmoid) {
  StoredImage image = rowOf<std::int16_t>({-150, -100, -50, 0, 100, 101}, 16);
  image.windows = {{.center = 0, .width = 200, .function = WindowFunction::LinearExact}};
  EXPECT_THAT(grey(image), nearly({0, 0, 0.25F, 0.5F, 1, 1}));
  image.windows.front().function = WindowFunction::Sigmoid;
  const auto sigmoid = [](double x) { return static_cast<float>(1 / (1 + std::exp(-4 * x / 200))); };
  EXPECT_THAT(grey(image), nearly({sigmoid(-150), sigmoid(-100), sigmoid(-50), 0.5F, sigmoid(100), sigmoid(101)}));
}

TEST(PixelPipeline, RescaleComesBeforeTheWindow) {
  StoredImage image = rowOf<std::uint16_t>({0, 1024, 2048}, 12);
  image.modality = Rescale{2, -2048};
  image.windows = {{.center = 0, .width = 4096, .function = WindowFunction::LinearExact}};
  EXPECT_THAT(grey(image), nearly({0, 0.5F, 1}));
  EXPECT_THAT(grey(image, {.voi = VoiChoice::None}), nearly({-2048, 0, 2048}));
  image.modality = Rescale{0, 7};  // no slope at all: the stored values
  EXPECT_THAT(grey(image, {.voi = VoiChoice::None}), nearly({0, 1024, 2048}));
}

TEST(PixelPipeline, ModalityTableComesBeforeTheWindow) {
  StoredImage image = rowOf<std::int16_t>({-5, -2, -1, 0, 9}, 16);
  image.modality = LookupTable{.firstMapped = -2, .bitsPerEntry = 8, .entries = {10, 20, 40}};
  EXPECT_THAT(grey(image, {.voi = VoiChoice::None}), nearly({10, 10, 20, 40, 40}));
  image.windows = {{.center = 25, .width = 30, .function = WindowFunction::LinearExact}};
  EXPECT_THAT(grey(image), nearly({0, 0, 10.0F / 30, 1, 1}));
}

TEST(PixelPipeline, VoiTableIsScaledByItsBits) {
  StoredImage image = rowOf<std::uint8_t>({0, 3, 4, 5, 200}, 8);
  image.voiLuts = {{.firstMapped = 3, .bitsPerEntry = 10, .entries = {0, 341, 1023}}};
  EXPECT_EQ(defaultSettings(image).voi, VoiChoice::Lut);
  EXPECT_THAT(grey(image), nearly({0, 0, 341.0F / 1023, 1, 1}));
  image.windows = {{.center = 100, .width = 10}};
  EXPECT_EQ(defaultSettings(image).voi, VoiChoice::Window) << "a window is tried first";
}

TEST(PixelPipeline, AnyWindowOfTheFileCanBeChosen) {
  StoredImage image = rowOf<std::uint16_t>({0, 50, 100}, 12);
  image.windows = {{.center = 50, .width = 0},
                   {.center = 50, .width = 100, .function = WindowFunction::LinearExact},
                   {.center = 100, .width = 200, .function = WindowFunction::LinearExact}};
  EXPECT_EQ(defaultSettings(image).index, 1) << "one without a width is passed over";
  EXPECT_THAT(grey(image, {.voi = VoiChoice::Window, .index = 2}), nearly({0, 0.25F, 0.5F}));
  EXPECT_THROW(grey(image, {.voi = VoiChoice::Window, .index = 0}), Error);
  EXPECT_THROW(grey(image, {.voi = VoiChoice::Window, .index = 3}), Error);
  EXPECT_THROW(grey(image, {.voi = VoiChoice::Lut, .index = 0}), Error);
  EXPECT_THAT(grey(image, {.voi = VoiChoice::Custom, .window = {.center = 50, .width = 50, .function = WindowFunction::LinearExact}}),
              nearly({0, 0.5F, 1}));
}

TEST(PixelPipeline, PolarityComesAfterTheWindowAndOnlyOnce) {
  StoredImage image = rowOf<std::uint16_t>({0, 1024, 4096}, 13);
  image.windows = {{.center = 2048, .width = 4096, .function = WindowFunction::LinearExact}};
  image.photometric = Photometric::Monochrome1;
  EXPECT_THAT(grey(image), nearly({1, 0.75F, 0}));
  image.presentation = PresentationShape::Inverse;
  EXPECT_THAT(grey(image), nearly({1, 0.75F, 0}));
  EXPECT_THAT(grey(image, {.polarity = PolarityChoice::Keep}), nearly({0, 0.25F, 1}));
}

TEST(PixelPipeline, PaddingIsBlackAndOutsideThePercentiles) {
  std::vector<std::uint16_t> values(1000, 65535);
  for (std::size_t i = 0; i < 100; ++i) values[i] = static_cast<std::uint16_t>(100 + i);
  StoredImage image = rowOf(values, 16);
  image.padding = PixelPadding{.value = 65535};
  const PixelPipelineSettings whole{.voi = VoiChoice::Percentile, .lowPercentile = 0, .highPercentile = 100};
  auto result = grey(image, whole);
  EXPECT_EQ(result[0], 0);
  EXPECT_EQ(result[99], 1);
  EXPECT_EQ(result[500], 0);
  image.photometric = Photometric::Monochrome1;
  result = grey(image, whole);
  EXPECT_EQ(result[0], 1);
  EXPECT_EQ(result[500], 0) << "black after the inversion too";
  image.photometric = Photometric::Monochrome2;
  // A range, its ends in the wrong order: 150 to 65535 is padding.
  image.padding = PixelPadding{.value = 65535, .limit = 150};
  result = grey(image, whole);
  EXPECT_EQ(result[49], 1);
  EXPECT_EQ(result[60], 0);
  PixelPipelineSettings kept = whole;
  kept.padding = PaddingChoice::Keep;
  EXPECT_EQ(grey(image, kept)[500], 1);
}

TEST(PixelPipeline, NumbersThatAreNoneDoNotSpread) {
  const float inf = std::numeric_limits<float>::infinity();
  StoredImage image = rowOf<float>({NAN, -inf, 0, 5, 10, inf}, 32);
  const PixelPipelineSettings whole{.voi = VoiChoice::Percentile, .lowPercentile = 0, .highPercentile = 100};
  EXPECT_THAT(grey(image, whole), nearly({0, 0, 0, 0.5F, 1, 1}));
  EXPECT_THAT(grey(image, {.voi = VoiChoice::None}), nearly({0, 0, 0, 5, 10, 10}));
  image.values = std::vector<float>(6, NAN);
  EXPECT_THAT(grey(image, whole), nearly(std::vector<float>(6, 0)));
  EXPECT_THAT(grey(image, {.voi = VoiChoice::None}), nearly(std::vector<float>(6, 0)));
  const double most = std::numeric_limits<double>::max();
  EXPECT_THAT(grey(rowOf<double>({-most, 0, most}, 64), whole), nearly({0, 0.5F, 1}));
}

TEST(PixelPipeline, ConstantImagesAreBlackAndFinite) {
  EXPECT_THAT(grey(rowOf(std::vector<std::uint16_t>(9, 77), 16)), nearly(std::vector<float>(9, 0)));
  EXPECT_THAT(grey(rowOf(std::vector<float>(9, -3), 32)), nearly(std::vector<float>(9, 0)));
}

TEST(PixelPipeline, WordsOf32BitsAgreeWithWordsOf16) {
  std::vector<std::int16_t> small;
  for (int i = 0; i < 500; ++i) small.push_back(static_cast<std::int16_t>((i * 7919) % 4001 - 2000));
  StoredImage image = rowOf(small, 16);
  image.modality = Rescale{-1.5, 20};
  image.padding = PixelPadding{.value = -2000, .limit = -1900};
  StoredImage wide = image;
  wide.values = std::vector<std::int32_t>(small.begin(), small.end());
  for (const auto voi : {VoiChoice::Percentile, VoiChoice::None})
    for (const auto polarity : {PolarityChoice::Keep, PolarityChoice::Invert})
      EXPECT_EQ(grey(image, {.voi = voi, .polarity = polarity}), grey(wide, {.voi = voi, .polarity = polarity}));
}

TEST(PixelPipeline, SignedValuesUseTheirStoredRange) {
  StoredImage image = rowOf<std::int8_t>({-128, 0, 127}, 8);
  EXPECT_THAT(grey(image), nearly({0, 128.0F / 255, 1}));
  image.modality = Rescale{-1, 0};
  EXPECT_THAT(grey(image), nearly({1, 127.0F / 255, 0}));
}

TEST(PixelPipeline, ColourBecomesLuminance) {
  StoredImage image{.geometry = {.size = {4, 1, 1}},
                    .channels = 3,
                    .values = std::vector<std::uint8_t>{255, 0, 0, 0, 255, 0, 0, 0, 255, 77, 77, 77},
                    .photometric = Photometric::Rgb};
  EXPECT_THAT(grey(image), nearly({0.299F, 0.587F, 0.114F, 77.0F / 255}));
}

TEST(PixelPipeline, VolumesKeepTheValuesOfTheirModality) {
  StoredImage image{.geometry = {.size = {2, 1, 2}}, .values = std::vector<std::int16_t>{-1000, 0, 500, 3000}, .bitsStored = 16};
  image.modality = Rescale{1, -24};
  image.windows = {{.center = 40, .width = 400}};
  EXPECT_EQ(defaultSettings(image).voi, VoiChoice::None);
  EXPECT_THAT(grey(image), nearly({-1024, -24, 476, 2976}));
}

TEST(PixelPipeline, MirrorsToTheStudysSideAndBack) {
  StoredImage image{
      .geometry = {.size = {3, 2, 1}, .spacingMm = {0.5, 1, 1}, .spacingSource = SpacingSource::PixelSpacing, .originMm = {10, 0, 0}},
      .values = std::vector<std::uint8_t>{0, 51, 102, 153, 204, 255}};
  image.laterality = "R";
  const Image right = applyPixelPipeline(image, {.mirror = MirrorChoice::ToLeft});
  EXPECT_THAT(right.values, nearly({0.4F, 0.2F, 0, 1, 0.8F, 0.6F}));
  EXPECT_DOUBLE_EQ(right.geometry.originMm[0], 11);
  EXPECT_DOUBLE_EQ(right.geometry.direction[0], -1);
  EXPECT_EQ(mirrored(right).values, grey(image));
  EXPECT_EQ(mirrored(right).geometry, image.geometry);
  EXPECT_TRUE(mirrors({.mirror = MirrorChoice::ToLeft}, image));
  EXPECT_FALSE(mirrors({.mirror = MirrorChoice::ToRight}, image));
  image.laterality = "L";
  EXPECT_EQ(grey(image, {.mirror = MirrorChoice::ToLeft}), grey(image));
  image.laterality = "";
  EXPECT_EQ(grey(image, {.mirror = MirrorChoice::ToLeft}), grey(image));
}

TEST(PixelPipeline, MasksAndPredictionsMirrorWithTheImage) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Mask mask = randomMask({7, 4, 2}, 0.6, seed);
    const Mask other = mirrored(mask);
    EXPECT_EQ(mirrored(other), mask);
    for (std::int64_t z = 0; z < 2; ++z)
      for (std::int64_t y = 0; y < 4; ++y)
        for (std::int64_t x = 0; x < 7; ++x) ASSERT_EQ(other.contains(6 - x, y, z), mask.contains(x, y, z));
  }
  const Prediction prediction{{2, 1, 1}, 2, {1, 2, 3, 4}};
  EXPECT_EQ(mirrored(prediction).probabilities, (std::vector<float>{2, 1, 4, 3}));
}

TEST(PixelPipeline, ResolvedSettingsGiveTheSamePicture) {
  StoredImage image = rowOf<std::uint16_t>({5, 900, 1800, 4000}, 12);
  image.photometric = Photometric::Monochrome1;
  image.windows = {{.center = 1000, .width = 2000}};
  image.laterality = "R";
  const PixelPipelineSettings policy{.mirror = MirrorChoice::ToLeft};
  const PixelPipelineSettings exact = resolved(policy, image);
  EXPECT_EQ(exact.voi, VoiChoice::Window);
  EXPECT_EQ(exact.polarity, PolarityChoice::Invert);
  EXPECT_EQ(exact.mirror, MirrorChoice::Yes);
  EXPECT_EQ(grey(image, exact), grey(image, policy));
  EXPECT_EQ(resolved(exact, image), exact);
}

TEST(PixelPipelineSettings, SurviveJson) {
  const PixelPipelineSettings settings{
      .voi = VoiChoice::Custom,
      .index = 2,
      .window = {.center = 40.25, .width = 400, .function = WindowFunction::Sigmoid, .explanation = "bone"},
      .lowPercentile = 1,
      .highPercentile = 98.5,
      .polarity = PolarityChoice::Keep,
      .mirror = MirrorChoice::ToRight,
      .padding = PaddingChoice::Keep};
  EXPECT_EQ(pixelPipelineFromJson(Json::parse(toJson(settings).dump())), settings);
  EXPECT_EQ(pixelPipelineFromJson(Json::object()), PixelPipelineSettings{});
}

TEST(PixelPipelineSettings, RefuseWhatTheyDoNotKnow) {
  for (const char* text :
       {R"([])", R"({"voi": "percentil"})", R"({"voi": 3})", R"({"window": 3})", R"({"low_percentile": 60, "high_percentile": 40})",
        R"({"high_percentile": 101})", R"({"mirror": true})", R"({"low_percentile": null})"})
    EXPECT_THROW(pixelPipelineFromJson(Json::parse(text)), Error) << text;
}

}  // namespace
}  // namespace roundel
