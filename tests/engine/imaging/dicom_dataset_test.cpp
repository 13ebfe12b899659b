#include "imaging/dicom_dataset.h"

#include <gtest/gtest.h>

namespace roundel {
namespace {

Bytes bytesOf(std::initializer_list<int> list) {
  Bytes bytes;
  for (const int value : list) bytes.push_back(static_cast<std::uint8_t>(value));
  return bytes;
}

TEST(DicomDataset, ReadsExplicitAndImplicitNumbers) {
  const Bytes explicitly = bytesOf({0x28, 0, 0x10, 0, 'U', 'S', 2, 0, 0x05, 0x01});
  EXPECT_EQ(DicomDataset(explicitly, {}).number(0x00280010, "US"), 261);
  const Bytes implicitly = bytesOf({0x28, 0, 0x10, 0, 2, 0, 0, 0, 0x05, 0x01});
  EXPECT_EQ(DicomDataset(implicitly, {.explicitVr = false}).number(0x00280010, "US"), 261);
  const Bytes swapped = bytesOf({0, 0x28, 0, 0x10, 'U', 'S', 0, 2, 0x01, 0x05});
  EXPECT_EQ(DicomDataset(swapped, {.bigEndian = true}).number(0x00280010, "US"), 261);
}

TEST(DicomDataset, TextIsTrimmedAndUtf8) {
  const Bytes bytes = bytesOf({0x08, 0, 0x60, 0, 'C', 'S', 4, 0, 'C', 'R', ' ', 0xE9});
  EXPECT_EQ(DicomDataset(bytes, {}).text(0x00080060), "CR \xEF\xBF\xBD");
}

TEST(DicomDataset, ALengthBeyondTheEndEndsTheDataSet) {
  const Bytes bytes = bytesOf({0x08, 0, 0x60, 0, 'C', 'S', 2, 0, 'C', 'R', 0x10, 0, 0x20, 0, 'L', 'O', 0xFF, 0x7F, 'x'});
  const DicomDataset data(bytes, {});
  EXPECT_TRUE(data.has(0x00080060));
  EXPECT_FALSE(data.has(0x00100020));
}

TEST(DicomDataset, SequencesOfUndefinedLengthNest) {
  const Bytes bytes = bytesOf({0x28, 0,    0x10, 0x30, 'S',  'Q',  0,    0,    0xFF, 0xFF, 0xFF, 0xFF,              // sequence
                               0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF,                                      // item
                               0x28, 0,    0x03, 0x30, 'L',  'O',  2,    0,    'h',  'i',                           //
                               0xFE, 0xFF, 0x0D, 0xE0, 0,    0,    0,    0,    0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0,  // both end
                               0x28, 0x10, 0x10, 0,    'U',  'S',  2,    0,    7,    0});
  const DicomDataset data(bytes, {});
  ASSERT_EQ(data.sequence(0x00283010).size(), 1U);
  EXPECT_EQ(data.sequence(0x00283010)[0].text(0x00283003), "hi");
  EXPECT_EQ(data.number(0x10280010), 7);
}

TEST(DicomDataset, EndlessNestingIsNoRecursion) {
  Bytes bytes;
  const Bytes level =
      bytesOf({0x28, 0, 0x10, 0x30, 'S', 'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF});
  for (int depth = 0; depth < 100000; ++depth) bytes.insert(bytes.end(), level.begin(), level.end());
  EXPECT_FALSE(DicomDataset(bytes, {}).has(0x00283010));
}

TEST(DicomDataset, EveryCutOfAFileIsSurvived) {
  const Bytes bytes =
      bytesOf({0x28, 0,    0x10, 0x30, 'S',  'Q',  0,    0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 4,   0, 0, 0,    1,
               2,    3,    4,    0xFE, 0xFF, 0xDD, 0xE0, 0, 0,    0,    0,    0xE0, 0x7F, 0x10, 0,    'O',  'B', 0, 0, 0xFF, 0xFF,
               0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0,    0, 0,    0,    0xFE, 0xFF, 0x00, 0xE0, 2,    0,    0,   0, 9, 9});
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const DicomDataset data(ByteView(bytes).first(length), {});
    data.sequence(0x00283010);
    if (data.pixelElement()) readFragments(*data.pixelElement());
  }
  const DicomDataset whole(bytes, {});
  ASSERT_TRUE(whole.pixelElement());
  EXPECT_EQ(readFragments(*whole.pixelElement()).fragments.size(), 1U);
}

}  // namespace
}  // namespace roundel
