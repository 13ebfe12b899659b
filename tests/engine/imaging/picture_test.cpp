#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>
#include <zlib.h>

#include "engine/imaging/imaging_support.h"
#include "imaging/image_writer.h"

namespace roundel {
namespace {

std::string jpegOf(int width, int height, int channels, const std::vector<std::uint8_t>& pixels) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = channels;
  info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 95, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row =
        const_cast<JSAMPROW>(pixels.data() + static_cast<std::size_t>(info.next_scanline) * static_cast<std::size_t>(width * channels));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string bytes(reinterpret_cast<char*>(memory), size);
  std::free(memory);
  return bytes;
}

std::vector<std::uint8_t> gradient(std::size_t count) {
  std::vector<std::uint8_t> values(count);
  for (std::size_t index = 0; index < count; ++index) values[index] = static_cast<std::uint8_t>((index * 37 + index / 64 * 11) % 256);
  return values;
}

std::string little(std::uint32_t value, int bytes) {
  std::string text;
  for (int index = 0; index < bytes; ++index) text += static_cast<char>((value >> (8 * index)) & 0xFF);
  return text;
}

/// One strip behind the directory, no packing, little-endian.
std::string tiffOf(std::uint32_t width, std::uint32_t height, std::uint32_t bits, std::uint32_t photometric, const std::string& pixels,
                   const std::vector<std::array<std::uint32_t, 3>>& more = {}) {
  const auto strip = static_cast<std::uint32_t>(122 + 12 * more.size());
  std::vector<std::array<std::uint32_t, 3>> tags{
      {256, 4, width}, {257, 4, height},      {258, 3, bits},
      {259, 3, 1},     {262, 3, photometric}, {273, 4, strip},
      {277, 3, 1},     {278, 4, height},      {279, 4, static_cast<std::uint32_t>(pixels.size())}};
  tags.insert(tags.end(), more.begin(), more.end());
  std::sort(tags.begin(), tags.end());
  std::string text = "II*" + std::string(1, '\0') + little(8, 4) + little(static_cast<std::uint32_t>(tags.size()), 2);
  for (const auto& tag : tags) text += little(tag[0], 2) + little(tag[1], 2) + little(1, 4) + little(tag[2], 4);
  return text + little(0, 4) + pixels;
}

TEST(Picture, AJpegCutAnywhereIsRefused) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::string whole = jpegOf(64, 64, 1, gradient(64 * 64));
  test::writeBytes(folder / "whole.jpg", whole);
  ASSERT_EQ(test::refusal(client, folder / "whole.jpg"), "");
  for (std::size_t length = 1; length + 2 < whole.size(); length += whole.size() / 60) {
    test::writeBytes(folder / "cut.jpg", whole.substr(0, length));
    EXPECT_NE(test::refusal(client, folder / "cut.jpg"), "") << length << " of " << whole.size();
  }
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(Picture, ADamagedJpegIsNotFilledWithAnotherPicture) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::string whole = jpegOf(64, 64, 1, gradient(64 * 64));
  std::string hole = whole;
  hole.replace(whole.size() / 2, 40, std::string("\xFF\xD9", 2) + std::string(38, '\0'));
  test::writeBytes(folder / "whole.jpg", whole);
  test::writeBytes(folder / "hole.jpg", hole);
  ASSERT_EQ(test::refusal(client, folder / "whole.jpg"), "");
  EXPECT_NE(test::refusal(client, folder / "hole.jpg").find("damaged"), std::string::npos);
}

TEST(Picture, JpegColoursAreRgb) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  std::vector<std::uint8_t> red;
  for (int pixel = 0; pixel < 256; ++pixel) red.insert(red.end(), {200, 30, 60});
  test::writeBytes(folder / "red.jpg", jpegOf(16, 16, 3, red));
  const DecodedImage decoded = client.decode(folder / "red.jpg");
  EXPECT_EQ(decoded.image.channels, 3);
  EXPECT_NEAR(valueAt(decoded.image.values, 0), 200, 3);
  EXPECT_NEAR(valueAt(decoded.image.values, 1), 30, 3);
  EXPECT_NEAR(valueAt(decoded.image.values, 2), 60, 3);
}

TEST(Picture, ACamerasRotationIsNotAppliedButSaid) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::string plain = jpegOf(8, 16, 1, gradient(128));
  const std::string tiff = "II*" + std::string(1, '\0') + little(8, 4) + little(1, 2) + little(0x0112, 2) + little(3, 2) + little(1, 4) +
                           little(6, 4) + little(0, 4);
  const std::string exif = std::string("Exif\0\0", 6) + tiff;
  const auto length = static_cast<char>(exif.size() + 2);
  test::writeBytes(folder / "turned.jpg", plain.substr(0, 2) + std::string("\xFF\xE1\0", 3) + length + exif + plain.substr(2));
  test::writeBytes(folder / "plain.jpg", plain);
  const DecodedImage turned = client.decode(folder / "turned.jpg");
  EXPECT_EQ(turned.image.geometry.size, (Size{8, 16, 1}));
  ASSERT_EQ(turned.warnings.size(), 1U);
  EXPECT_EQ(turned.warnings[0].code, "rotation-ignored");
  EXPECT_TRUE(client.decode(folder / "plain.jpg").warnings.empty());
  test::writeBytes(folder / "turned.tif", tiffOf(2, 2, 8, 1, "\x01\x02\x03\x04", {{274, 3, 3}}));
  const DecodedImage tiffTurned = client.decode(folder / "turned.tif");
  EXPECT_EQ(tiffTurned.image.values, PixelValues(std::vector<std::uint8_t>{1, 2, 3, 4}));
  ASSERT_EQ(tiffTurned.warnings.size(), 1U);
  EXPECT_EQ(tiffTurned.warnings[0].code, "rotation-ignored");
  const auto probed = client.probe({folder / "turned.jpg", folder / "plain.jpg", folder / "turned.tif"});
  EXPECT_TRUE(std::get<ImageProbe>(probed[0]).turned) << "an import knows headers alone";
  EXPECT_FALSE(std::get<ImageProbe>(probed[1]).turned);
  EXPECT_TRUE(std::get<ImageProbe>(probed[2]).turned);
}

TEST(Picture, APaletteWithTransparentColoursIsRead) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::vector<Colour> palette{{10, 20, 30}, {40, 50, 60}};
  std::string bytes = encodeIndexedPng(2, 1, std::vector<std::uint8_t>{0, 1}, palette);
  const std::string body = std::string("tRNS") + '\0' + '\x80';
  const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  std::string chunk = std::string("\0\0\0\x02", 4) + body;
  for (int shift = 24; shift >= 0; shift -= 8) chunk += static_cast<char>(sum >> shift & 0xFF);
  bytes.insert(bytes.find("IDAT") - 4, chunk);
  test::writeBytes(folder / "palette.png", bytes);
  const DecodedImage decoded = client.decode(folder / "palette.png");
  EXPECT_EQ(decoded.image.values, PixelValues(std::vector<std::uint8_t>{10, 20, 30, 40, 50, 60}));
  ASSERT_EQ(decoded.warnings.size(), 1U);
  EXPECT_EQ(decoded.warnings[0].code, "opacity-dropped");
}

TEST(Picture, KindsThatCannotBeReadAreRefusedByTheirHeader) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  std::string fourColours = jpegOf(8, 8, 3, gradient(192));
  const auto frame = fourColours.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  fourColours[frame + 9] = 4;
  test::writeBytes(folder / "cmyk.jpg", fourColours);
  test::writeBytes(folder / "twelve.tif", tiffOf(2, 2, 12, 1, "\x01\x02\x03\x04\x05\x06"));
  const auto probed = client.probe({folder / "cmyk.jpg", folder / "twelve.tif"});
  for (const auto& one : probed) EXPECT_TRUE(std::holds_alternative<Error>(one));
}

TEST(Picture, TiffOfDoublesIsRead) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::vector<double> values{0.5, -2, 1e9, 0};
  const std::string pixels(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
  test::writeBytes(folder / "double.tif", tiffOf(2, 2, 64, 1, pixels, {{339, 3, 3}}));
  EXPECT_EQ(client.decode(folder / "double.tif").image.values, PixelValues(values));
}

TEST(Picture, APngCutAnywhereIsRefused) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::string whole = encodeGreyPng(64, 64, gradient(64 * 64));
  for (std::size_t length = 1; length < whole.size(); length += whole.size() / 60) {
    test::writeBytes(folder / "cut.png", whole.substr(0, length));
    EXPECT_NE(test::refusal(client, folder / "cut.png"), "") << length << " of " << whole.size();
  }
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(Picture, APngThatPromisesTooMuchIsRefused) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  std::string bytes = encodeGreyPng(1, 1, std::vector<std::uint8_t>{7});
  bytes.replace(16, 8, std::string("\x00\x00\xEA\x60\x00\x00\xEA\x60", 8));  // 60000 x 60000
  test::writeBytes(folder / "bomb.png", bytes);
  EXPECT_NE(test::refusal(client, folder / "bomb.png").find("header asks for"), std::string::npos);
}

TEST(Picture, TiffSixteenBitsAndWhiteIsZero) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::string pixels = little(1, 2) + little(300, 2) + little(65535, 2) + little(0, 2);
  test::writeBytes(folder / "black.tif", tiffOf(2, 2, 16, 1, pixels));
  test::writeBytes(folder / "white.tif", tiffOf(2, 2, 16, 0, pixels));
  const std::string whole = tiffOf(2, 2, 16, 1, pixels);
  test::writeBytes(folder / "cut.tif", whole.substr(0, whole.size() - 1));
  EXPECT_EQ(client.decode(folder / "black.tif").image.values, PixelValues(std::vector<std::uint16_t>{1, 300, 65535, 0}));
  EXPECT_EQ(client.decode(folder / "white.tif").image.values, PixelValues(std::vector<std::uint16_t>{65534, 65235, 0, 65535}));
  EXPECT_NE(test::refusal(client, folder / "cut.tif"), "");
}

TEST(Picture, PagesOfATiffAreCountedAndTheFirstIsRead) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::string one = tiffOf(2, 2, 8, 1, "\x01\x02\x03\x04"), directory = one.substr(8, 110);
  std::string two = one;
  two.replace(118, 4, little(static_cast<std::uint32_t>(one.size()), 4));
  test::writeBytes(folder / "one.tif", one);
  test::writeBytes(folder / "two.tif", two + directory + little(0, 4));
  test::writeBytes(folder / "loop.tif", two + directory + little(8, 4));
  EXPECT_TRUE(client.decode(folder / "one.tif").warnings.empty());
  const DecodedImage decoded = client.decode(folder / "two.tif");
  EXPECT_EQ(decoded.volumes, 2);
  ASSERT_EQ(decoded.warnings.size(), 1U);
  EXPECT_NE(decoded.warnings[0].message.find("2 pages"), std::string::npos) << decoded.warnings[0].message;
  const auto probed = client.probe({folder / "one.tif", folder / "two.tif", folder / "loop.tif"});
  EXPECT_EQ(std::get<ImageProbe>(probed[0]).volumes, 1);
  EXPECT_EQ(std::get<ImageProbe>(probed[1]).volumes, 2);
  EXPECT_EQ(std::get<ImageProbe>(probed[2]).volumes, 2) << "pages that point back to the first one are not counted for ever";
}

TEST(Picture, BmpColoursPalettesAndRowsFromBelow) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const auto header = [](std::uint32_t bits, std::uint32_t colours) {
    return "BM" + little(0, 4) + little(0, 4) + little(54 + 4 * colours, 4) + little(40, 4) + little(2, 4) + little(2, 4) + little(1, 2) +
           little(bits, 2) + std::string(16, '\0') + little(colours, 4) + little(0, 4);
  };
  const std::string rgb = header(24, 0) + std::string("\x01\x02\x03\x04\x05\x06\0\0\x07\x08\x09\x0A\x0B\x0C\0\0", 16);
  test::writeBytes(folder / "rgb.bmp", rgb);
  EXPECT_EQ(client.decode(folder / "rgb.bmp").image.values, PixelValues(std::vector<std::uint8_t>{9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4}));
  const std::string grey = header(8, 2) + std::string("\0\0\0\0\x64\x64\x64\0", 8) + std::string("\0\x01\0\0\x01\x01\0\0", 8);
  test::writeBytes(folder / "grey.bmp", grey);
  EXPECT_EQ(client.decode(folder / "grey.bmp").image.values, PixelValues(std::vector<std::uint8_t>{100, 100, 0, 100}));
  EXPECT_EQ(client.decode(DecodeRequest{.paths = {folder / "grey.bmp"}, .paletteIndices = true}).image.values,
            PixelValues(std::vector<std::uint8_t>{1, 1, 0, 1}));
  test::writeBytes(folder / "cut.bmp", rgb.substr(0, rgb.size() - 1));
  EXPECT_NE(test::refusal(client, folder / "cut.bmp"), "");
}

}  // namespace
}  // namespace roundel
