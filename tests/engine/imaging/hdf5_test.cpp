#include <gtest/gtest.h>

#include <fstream>

#include "core/files.h"
#include "core/random.h"
#include "engine/imaging/hdf5_files.h"
#include "engine/imaging/imaging_support.h"
#include "imaging/hdf5_writer.h"

// HDF5 as the semi-supervised literature writes it, and files that lie.

namespace roundel {
namespace {

using test::dataFolder;
using test::refusal;

DecodedImage labelsOf(DecodeClient& client, const std::filesystem::path& file) {
  return client.decode(DecodeRequest{.paths = {file}, .paletteIndices = true});
}

TEST(Hdf5, TheLastSideIsTheSlicesUnlessTheFirstIsShorter) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  // Values tell their place: 100 * first + 10 * second + third.
  const auto values = [](int a, int b, int c) {
    std::vector<float> all;
    for (int i = 0; i < a; ++i)
      for (int j = 0; j < b; ++j)
        for (int k = 0; k < c; ++k) all.push_back(static_cast<float>(100 * i + 10 * j + k));
    return all;
  };
  const auto at = [](const DecodedImage& image, std::int64_t x, std::int64_t y, std::int64_t z) {
    const Size& size = image.image.geometry.size;
    return valueAt(image.image.values, static_cast<std::size_t>((z * size.y + y) * size.x + x));
  };
  test::writeArray(folder / "xyz.h5", "image", {5, 4, 3}, values(5, 4, 3));
  const DecodedImage xyz = client.decode(folder / "xyz.h5");
  EXPECT_EQ(xyz.image.geometry.size, (Size{5, 4, 3}));
  EXPECT_EQ(at(xyz, 4, 3, 2), 432);
  EXPECT_EQ(at(xyz, 1, 0, 2), 102);
  test::writeArray(folder / "zyx.h5", "image", {2, 4, 5}, values(2, 4, 5));
  const DecodedImage zyx = client.decode(folder / "zyx.h5");
  EXPECT_EQ(zyx.image.geometry.size, (Size{5, 4, 2}));
  EXPECT_EQ(at(zyx, 4, 3, 1), 134);
  test::writeArray(folder / "yx.h5", "image", {4, 5}, values(1, 4, 5));
  EXPECT_EQ(client.decode(folder / "yx.h5").image.geometry.size, (Size{5, 4, 1}));
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(Hdf5, WhatIsWrittenComesBackWithItsGrid) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  Random random(3, "hdf5");
  for (const Size size : {Size{7, 5, 3}, Size{40, 30, 20}, Size{6, 9, 1}}) {
    const auto count = static_cast<std::size_t>(size.count());
    std::vector<float> image(count);
    std::vector<std::uint8_t> label(count);
    for (auto& value : image) value = static_cast<float>(random.uniform()) - 0.5F;
    for (auto& value : label) value = static_cast<std::uint8_t>(3 * random.uniform());
    const Geometry geometry{.size = size,
                            .spacingMm = {0.625, 0.625, 1.25},
                            .spacingSource = SpacingSource::FileHeader,
                            .originMm = {1.5, -2, 3},
                            .direction = {0, -1, 0, 1, 0, 0, 0, 0, 1}};
    writeHdf5(folder / "case.h5", {.geometry = geometry, .image = image, .label = label});
    const DecodedImage back = client.decode(folder / "case.h5");
    EXPECT_EQ(back.image.values, PixelValues(image));
    EXPECT_EQ(back.image.geometry, geometry);
    EXPECT_TRUE(isOriented(back.image));
    EXPECT_EQ(labelsOf(client, folder / "case.h5").image.values, PixelValues(label));
    const std::string first = readFile(folder / "case.h5");
    writeHdf5(folder / "case.h5", {.geometry = geometry, .image = image, .label = label});
    EXPECT_EQ(readFile(folder / "case.h5"), first) << "the same input gives the same bytes";
  }
}

TEST(Hdf5, WholeNumbersOfSixtyFourBitsAndBooleansAreLabels) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeArray(folder / "wide.h5", "label", {2, 2, 2}, std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7});
  EXPECT_EQ(labelsOf(client, folder / "wide.h5").image.values, PixelValues(std::vector<std::int32_t>{0, 4, 2, 6, 1, 5, 3, 7}));
  test::writeArray(folder / "large.h5", "label", {2, 1, 1}, std::vector<std::int64_t>{0, std::int64_t{1} << 40});
  EXPECT_THROW(labelsOf(client, folder / "large.h5"), Error);
  test::writeBooleans(folder / "booleans.h5", "label", {2, 1, 1}, {0, 1});
  EXPECT_EQ(labelsOf(client, folder / "booleans.h5").image.values, PixelValues(std::vector<std::int8_t>{0, 1}));
}

TEST(Hdf5, WhatLeavesTheFileIsRefused) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeArray(folder / "secret.h5", "image", {2, 2, 2}, std::vector<float>(8, 1));
  test::writeBytes(folder / "raw.bin", std::string(32, 'a'));
  test::writeExternalLink(folder / "link.h5", "image", "secret.h5");
  test::writeSoftLink(folder / "soft.h5", "image");
  test::writeExternalStorage(folder / "storage.h5", "image", (folder / "raw.bin").string(), {2, 2, 2});
  test::writeVirtual(folder / "virtual.h5", "image", (folder / "secret.h5").string(), {2, 2, 2});
  EXPECT_NE(refusal(client, folder / "link.h5").find("link to elsewhere"), std::string::npos);
  EXPECT_NE(refusal(client, folder / "soft.h5").find("link to elsewhere"), std::string::npos);
  EXPECT_NE(refusal(client, folder / "storage.h5").find("another file"), std::string::npos);
  EXPECT_NE(refusal(client, folder / "virtual.h5").find("other files"), std::string::npos);
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(Hdf5, SaysWhatItCannotRead) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  test::writeArray(folder / "other.h5", "data", {2, 2, 2}, std::vector<float>(8, 1));
  test::writeArray(folder / "four.h5", "image", {2, 2, 2, 2}, std::vector<float>(16, 1));
  test::writeArray(folder / "image.h5", "image", {2, 2, 2}, std::vector<float>(8, 1));
  test::writeNeverWritten(folder / "empty.h5", "image", {300, 300, 300});
  EXPECT_NE(refusal(client, folder / "other.h5").find("without a data set `image`"), std::string::npos);
  EXPECT_NE(refusal(client, folder / "four.h5").find("4 dimensions"), std::string::npos);
  EXPECT_NE(refusal(client, folder / "empty.h5").find("never written"), std::string::npos);
  try {
    labelsOf(client, folder / "image.h5");
    ADD_FAILURE() << "there are no labels";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "no-labels");
  }
  const auto probed = client.probe({folder / "image.h5"});
  EXPECT_FALSE(std::get<ImageProbe>(probed[0]).holdsLabels);
  EXPECT_EQ(std::get<ImageProbe>(probed[0]).size, (Size{2, 2, 2}));
}

TEST(Hdf5, ASmallFileThatAsksForMuchIsRefused) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  // One chunk of 4096^3 is written: the rest of 64 GB would be filled up.
  test::writeSparse(folder / "bomb.h5", "image", {4096, 4096, 4096}, {16, 16, 16});
  EXPECT_NE(refusal(client, folder / "bomb.h5").find("asks for"), std::string::npos);
  test::writeSparse(folder / "part.h5", "image", {32, 16, 16}, {16, 16, 16});
  const DecodedImage part = client.decode(folder / "part.h5");
  ASSERT_EQ(part.warnings.size(), 1U);
  EXPECT_EQ(part.warnings[0].code, "part-written");
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(Hdf5, CutAndDamagedFilesAreRefusedAndTheNextOneIsRead) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  const Geometry geometry{.size = {24, 20, 16}};
  std::vector<float> image(static_cast<std::size_t>(geometry.size.count()));
  Random random(1, "noise");
  for (auto& value : image) value = static_cast<float>(random.uniform());
  writeHdf5(folder / "whole.h5", {.geometry = geometry, .image = image});
  const std::string whole = readFile(folder / "whole.h5");
  int refused = 0;
  for (int cut = 1; cut < 20; ++cut) {
    test::writeBytes(folder / "cut.h5", whole.substr(0, whole.size() * static_cast<std::size_t>(cut) / 20));
    EXPECT_NE(refusal(client, folder / "cut.h5"), "") << cut;
  }
  for (int change = 0; change < 150; ++change) {
    std::string damaged = whole;
    for (int i = 0; i < 4; ++i) damaged[static_cast<std::size_t>(random.uniform() * 2400)] = static_cast<char>(256 * random.uniform());
    test::writeBytes(folder / "damaged.h5", damaged);
    refused += refusal(client, folder / "damaged.h5").empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 20);
  EXPECT_EQ(refusal(client, folder / "whole.h5"), "");
}

TEST(Hdf5, TheLeftAtriaHoldImageAndLabel) {
  if (dataFolder().empty()) GTEST_SKIP() << "no shared data";
  DecodeClient client(test::workerOptions());
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dataFolder() / "left_atrium" / "volumes")) {
    if (read == 4) break;
    const auto file = entry.path() / "mri_norm2.h5";
    const DecodedImage image = client.decode(file), label = labelsOf(client, file);
    EXPECT_EQ(image.image.geometry.size, label.image.geometry.size);
    EXPECT_LT(image.image.geometry.size.z, 100) << "slices come last";
    const test::Totals of = test::totals(label.image.values);
    EXPECT_EQ(of.minimum, 0);
    EXPECT_EQ(of.maximum, 1);
    EXPECT_TRUE(image.warnings.empty()) << "packed chunks are whole";
    EXPECT_TRUE(std::holds_alternative<std::vector<float>>(image.image.values));
    ++read;
  }
  EXPECT_EQ(read, 4);
}

}  // namespace
}  // namespace roundel
