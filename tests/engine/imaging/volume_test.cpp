#include <gtest/gtest.h>

#include <cstring>

#include "engine/imaging/imaging_support.h"
#include "imaging/image_writer.h"

namespace roundel {
namespace {

std::string niftiHeader(std::int16_t x, std::int16_t y, std::int16_t z, std::int16_t type) {
  std::string bytes(352, '\0');
  const auto put = [&bytes](std::size_t at, auto value) { std::memcpy(bytes.data() + at, &value, sizeof value); };
  put(0, std::int32_t{348});
  put(40, std::int16_t{3});
  put(42, x);
  put(44, y);
  put(46, z);
  put(70, type);
  for (std::size_t at : {80, 84, 88}) put(at, 2.0F);
  put(108, 352.0F);
  std::memcpy(bytes.data() + 344, "n+1", 4);
  return bytes;
}

TEST(Volume, AHundredBytesThatAskForSeventeenGigabytesAreRefused) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeBytes(folder / "bomb.mha",
                   "ObjectType = Image\nNDims = 3\nDimSize = 2048 2048 2048\nElementType = MET_USHORT\nElementDataFile = LOCAL\n");
  test::writeBytes(folder / "bomb.nii", niftiHeader(32767, 32767, 32767, 64));
  test::writeBytes(folder / "bomb.nrrd",
                   "NRRD0004\ntype: short\ndimension: 3\nsizes: 4096 2048 1024\nencoding: raw\nendian: little\n\n1234");
  for (const char* name : {"bomb.mha", "bomb.nii", "bomb.nrrd"}) {
    const std::string sentence = test::refusal(client, folder / name);
    EXPECT_NE(sentence.find("header asks for"), std::string::npos) << name << ": " << sentence;
  }
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(Volume, NegativeAndZeroSizesAreRefused) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeBytes(folder / "zero.nii", niftiHeader(0, 4, 4, 2) + std::string(64, 'a'));
  test::writeBytes(folder / "minus.nii", niftiHeader(-4, 4, 4, 2) + std::string(64, 'a'));
  test::writeBytes(folder / "huge.mha",
                   "ObjectType = Image\nNDims = 3\nDimSize = 1e300 4 4\nElementType = MET_UCHAR\nElementDataFile = LOCAL\nabc");
  for (const char* name : {"zero.nii", "minus.nii", "huge.mha"}) EXPECT_NE(test::refusal(client, folder / name), "") << name;
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(Volume, ATruncatedVolumeIsRefused) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeBytes(folder / "whole.nii", niftiHeader(4, 4, 4, 2) + std::string(64, 'a'));
  test::writeBytes(folder / "short.nii", niftiHeader(4, 4, 4, 2) + std::string(63, 'a'));
  EXPECT_EQ(test::refusal(client, folder / "whole.nii"), "");
  EXPECT_NE(test::refusal(client, folder / "short.nii"), "");
}

TEST(Volume, MetaImageRowsOfTheMatrixAreAxes) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  std::string text =
      "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = True\nTransformMatrix = 0 1 0 0 0 1 1 0 0\nOffset = 1 2 "
      "3\n"
      "ElementSpacing = 0.5 0.25 4\nDimSize = 2 1 1\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";
  text += std::string("\x01\x02\xFF\xFE", 4);
  test::writeBytes(folder / "image.mha", text);
  const DecodedImage decoded = client.decode(folder / "image.mha");
  EXPECT_EQ(decoded.image.values, PixelValues(std::vector<std::int16_t>{0x0102, -2}));
  EXPECT_EQ(decoded.image.geometry.spacingMm, (std::array<double, 3>{0.5, 0.25, 4}));
  EXPECT_EQ(decoded.image.geometry.originMm, (std::array<double, 3>{1, 2, 3}));
  // The x axis points along world y, the y axis along z, the z axis along x.
  EXPECT_EQ(decoded.image.geometry.direction, (std::array<double, 9>{0, 0, 1, 1, 0, 0, 0, 1, 0}));
}

TEST(Volume, ADetachedHeaderReadsItsOwnFolderOnly) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const std::string head = "ObjectType = Image\nNDims = 2\nDimSize = 2 2\nElementType = MET_UCHAR\nElementDataFile = ";
  test::writeBytes(folder / "pixels.raw", "abcd");
  test::writeBytes(folder / "good.mhd", head + "pixels.raw\n");
  test::writeBytes(folder / "passwd.mhd", head + "/etc/passwd\n");
  test::writeBytes(folder / "up.mhd", head + "../pixels.raw\n");
  EXPECT_EQ(client.decode(folder / "good.mhd").image.values, PixelValues(std::vector<std::uint8_t>{'a', 'b', 'c', 'd'}));
  EXPECT_NE(test::refusal(client, folder / "passwd.mhd").find("outside"), std::string::npos);
  EXPECT_NE(test::refusal(client, folder / "up.mhd").find("outside"), std::string::npos);
}

TEST(Volume, NrrdRasIsTurnedIntoLps) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeBytes(folder / "ras.nrrd",
                   "NRRD0004\n# a comment\ntype: uchar\ndimension: 3\nspace: right-anterior-superior\nsizes: 2 1 1\nspace directions: "
                   "(2,0,0) (0,3,0) (0,0,4)\n"
                   "space origin: (10,20,30)\nencoding: raw\nkey:=value\n\nab");
  const DecodedImage decoded = client.decode(folder / "ras.nrrd");
  EXPECT_EQ(decoded.image.geometry.originMm, (std::array<double, 3>{-10, -20, 30}));
  EXPECT_EQ(decoded.image.geometry.direction, (std::array<double, 9>{-1, 0, 0, 0, -1, 0, 0, 0, 1}));
  EXPECT_EQ(decoded.image.geometry.spacingMm, (std::array<double, 3>{2, 3, 4}));
}

TEST(Volume, WhatDoesNotFitIntoFreeMemoryIsRefusedWithBothNumbers) {
  const test::TemporaryFolder folder;
  const Geometry geometry{.size = {256, 256, 80}};  // 10.5 MB as 16-bit numbers
  writeNifti(folder / "volume.nii.gz", geometry, std::vector<std::int16_t>(static_cast<std::size_t>(geometry.size.count()), 3));
  writeNifti(folder / "small.nii.gz", {.size = {4, 4, 4}}, std::vector<std::int16_t>(64, 3));
  DecodeClientOptions options = test::workerOptions();
  options.limits.freeBytes = std::uint64_t{85} << 20;
  DecodeClient client(options);
  try {
    client.decode(folder / "volume.nii.gz");
    ADD_FAILURE() << "95 MB are not there";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Resource);
    EXPECT_EQ(error.code(), "out-of-memory");
    EXPECT_NE(std::string(error.what()).find("only 90 MB are free"), std::string::npos) << error.what();
  }
  // Looking at it takes less than working on it, and the next file is read.
  EXPECT_EQ(client.inspect({.paths = {folder / "volume.nii.gz"}}).image.geometry.size, geometry.size);
  EXPECT_EQ(test::refusal(client, folder / "small.nii.gz"), "");
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(Volume, LookingReadsToTheEndAndKeepsNoPixels) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  writeNifti(folder / "whole.nii.gz", {.size = {16, 16, 16}}, std::vector<float>(4096, 1.5F));
  const DecodedImage seen = client.inspect({.paths = {folder / "whole.nii.gz"}});
  EXPECT_EQ(seen.image.values, PixelValues(std::vector<float>()));
  EXPECT_TRUE(isOriented(seen.image));
  const std::string bytes = test::readBytes(folder / "whole.nii.gz");
  test::writeBytes(folder / "cut.nii.gz", bytes.substr(0, bytes.size() - 12));
  EXPECT_THROW(client.inspect({.paths = {folder / "cut.nii.gz"}}), Error);
}

TEST(Volume, SixtyFourBitLabelsPackedOrNotAreNarrowed) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  std::string bytes = niftiHeader(2, 1, 1, 1024);
  for (const std::int64_t value : {std::int64_t{7}, std::int64_t{-1}}) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  test::writeBytes(folder / "plain.nii", bytes);
  EXPECT_EQ(client.decode(folder / "plain.nii").image.values, PixelValues(std::vector<std::int32_t>{7, -1}));
}

}  // namespace
}  // namespace roundel
