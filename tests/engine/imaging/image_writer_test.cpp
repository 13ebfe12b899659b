#include "imaging/image_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/imaging/imaging_support.h"
#include "imaging/image_source.h"

namespace roundel {
namespace {

Geometry oblique(Size size) {
  return {.size = size,
          .spacingMm = {0.5, 0.75, 2},
          .spacingSource = SpacingSource::FileHeader,
          .originMm = {-10, 20.5, 3},
          .direction = {0, -1, 0, 0.6, 0, -0.8, 0.8, 0, 0.6}};
}

void expectSame(const Geometry& a, const Geometry& b) {
  EXPECT_EQ(a.size, b.size);
  for (std::size_t index = 0; index < 3; ++index) {
    EXPECT_NEAR(a.spacingMm[index], b.spacingMm[index], 1e-6);
    EXPECT_NEAR(a.originMm[index], b.originMm[index], 1e-5);
  }
  for (std::size_t index = 0; index < 9; ++index) EXPECT_NEAR(a.direction[index], b.direction[index], 1e-6);
}

TEST(ImageWriter, PngComesBackAsItWent) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::vector<std::uint8_t> grey{0, 1, 127, 128, 254, 255};
  writeGreyPng(folder / "grey.png", 3, 2, grey);
  EXPECT_EQ(client.decode(folder / "grey.png").image.values, PixelValues(grey));
  const std::vector<std::uint16_t> deep{0, 1, 256, 4095, 32768, 65535};
  writeGreyPng16(folder / "deep.png", 2, 3, deep);
  const DecodedImage sixteen = client.decode(folder / "deep.png");
  EXPECT_EQ(sixteen.image.values, PixelValues(deep));
  EXPECT_EQ(sixteen.image.bitsStored, 16);
  const std::vector<std::uint8_t> colour{255, 0, 0, 0, 255, 0};
  writeRgbPng(folder / "colour.png", 2, 1, colour);
  const DecodedImage rgb = client.decode(folder / "colour.png");
  EXPECT_EQ(rgb.image.values, PixelValues(colour));
  EXPECT_EQ(rgb.image.photometric, Photometric::Rgb);
}

TEST(ImageWriter, IndexedPngKeepsIndicesAndColours) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::vector<std::uint8_t> indices{0, 1, 2, 1};
  const std::vector<Colour> palette{{0, 0, 0}, {255, 0, 0}, {0, 0, 255}};
  writeIndexedPng(folder / "labels.png", 2, 2, indices, palette);
  const DecodedImage labels = loadLabelMap(client, folder / "labels.png");
  EXPECT_EQ(labels.image.values, PixelValues(indices));
  EXPECT_EQ(labels.image.source.at("palette").dump(), "[[0,0,0],[255,0,0],[0,0,255]]");
  EXPECT_EQ(client.decode(folder / "labels.png").image.values,
            PixelValues(std::vector<std::uint8_t>{0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 0, 0}));
  EXPECT_THROW(encodeIndexedPng(1, 1, std::vector<std::uint8_t>{3}, palette), Error);
}

TEST(ImageWriter, APictureIsClampedAndRounded) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const Image image{.geometry = {.size = {4, 1, 1}}, .values = {-0.5F, 0.5F, 2.0F, std::nanf("")}};
  writeImagePng(folder / "image.png", image);
  EXPECT_EQ(client.decode(folder / "image.png").image.values, PixelValues(std::vector<std::uint8_t>{0, 128, 255, 0}));
}

TEST(ImageWriter, PngHoldsNothingButPixels) {
  const std::string bytes = encodeGreyPng(1, 1, std::vector<std::uint8_t>{7});
  std::vector<std::string> chunks;
  for (std::size_t at = 8; at + 8 <= bytes.size();) {
    const auto part = [&](std::size_t index) { return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at + index])); };
    chunks.push_back(bytes.substr(at + 4, 4));
    at += 12 + (part(0) << 24 | part(1) << 16 | part(2) << 8 | part(3));
  }
  EXPECT_EQ(chunks, (std::vector<std::string>{"IHDR", "IDAT", "IEND"}));
}

TEST(ImageWriter, VolumesKeepValuesAndGeometry) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::vector<std::int16_t> values{-3, 0, 1, 32767, -32768, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
  const Geometry geometry = oblique({2, 3, 4});
  for (const char* name : {"volume.nii", "volume.nii.gz", "volume.nrrd"}) {
    SCOPED_TRACE(name);
    if (std::string(name).find("nrrd") == std::string::npos) writeNifti(folder / name, geometry, values);
    else writeNrrd(folder / name, geometry, values);
    const DecodedImage back = client.decode(folder / name);
    EXPECT_EQ(back.image.values, PixelValues(values));
    expectSame(back.image.geometry, geometry);
    EXPECT_EQ(back.image.geometry.spacingSource, SpacingSource::FileHeader);
  }
  writeNifti(folder / "plain.nii", {.size = {2, 2, 1}}, std::vector<std::uint8_t>{1, 2, 3, 4});
  EXPECT_EQ(client.decode(folder / "plain.nii").image.geometry.spacingSource, SpacingSource::None);
}

TEST(ImageWriter, EveryTypeComesBack) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::vector<PixelValues> all{std::vector<std::uint8_t>{0, 255},          std::vector<std::int8_t>{-128, 127},
                                     std::vector<std::uint16_t>{0, 65535},       std::vector<std::int16_t>{-32768, 32767},
                                     std::vector<std::uint32_t>{0, 4294967295U}, std::vector<std::int32_t>{-2147483647 - 1, 2147483647},
                                     std::vector<float>{-1.5F, 3e38F},           std::vector<double>{-1.5, 1e300}};
  for (const auto& values : all) {
    SCOPED_TRACE(valueTypeName(values));
    writeNifti(folder / "one.nii.gz", {.size = {2, 1, 1}}, values);
    EXPECT_EQ(client.decode(folder / "one.nii.gz").image.values, values);
    writeNrrd(folder / "one.nrrd", {.size = {2, 1, 1}}, values);
    EXPECT_EQ(client.decode(folder / "one.nrrd").image.values, values);
  }
}

}  // namespace
}  // namespace roundel
