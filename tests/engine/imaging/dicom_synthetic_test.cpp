#include <gdcmWriter.h>
#include <gtest/gtest.h>

#include <cstring>

#include "engine/imaging/imaging_support.h"
#include "imaging/image_source.h"

namespace roundel {
namespace {

/// A DICOM file made with GDCM's writer: a way of writing that this reader shares nothing with.
class DicomMaker {
 public:
  DicomMaker() {
    text(0x0008, 0x0016, gdcm::VR::UI, "1.2.840.10008.5.1.4.1.1.1.1");
    text(0x0008, 0x0018, gdcm::VR::UI, "1.2.3.4");
    text(0x0008, 0x0060, gdcm::VR::CS, "DX");
    text(0x0010, 0x0020, gdcm::VR::LO, "PATIENT-7");
    text(0x0028, 0x0004, gdcm::VR::CS, "MONOCHROME2");
    number(0x0028, 0x0002, 1);
    number(0x0028, 0x0100, 16);
    number(0x0028, 0x0101, 16);
    number(0x0028, 0x0102, 15);
    number(0x0028, 0x0103, 1);
  }

  void text(std::uint16_t group, std::uint16_t element, gdcm::VR vr, std::string value) {
    if (value.size() % 2 == 1) value += vr == gdcm::VR::UI ? '\0' : ' ';
    bytes(group, element, vr, value);
  }
  void number(std::uint16_t group, std::uint16_t element, std::uint16_t value) {
    bytes(group, element, gdcm::VR::US, std::string({static_cast<char>(value & 0xFF), static_cast<char>(value >> 8)}));
  }
  template <class T>
  void pixels(std::uint16_t columns, std::uint16_t rows, const std::vector<T>& values) {
    number(0x0028, 0x0010, rows);
    number(0x0028, 0x0011, columns);
    std::string raw(values.size() * sizeof(T), '\0');
    std::memcpy(raw.data(), values.data(), raw.size());
    bytes(0x7FE0, 0x0010, gdcm::VR::OW, raw);
  }
  void write(const std::filesystem::path& path) {
    gdcm::Writer writer;
    writer.GetFile().SetDataSet(m_data);
    writer.GetFile().GetHeader().SetDataSetTransferSyntax(gdcm::TransferSyntax::ExplicitVRLittleEndian);
    writer.SetFileName(path.c_str());
    ASSERT_TRUE(writer.Write());
  }

 private:
  void bytes(std::uint16_t group, std::uint16_t element, gdcm::VR vr, const std::string& value) {
    gdcm::DataElement data(gdcm::Tag(group, element), 0, vr);
    data.SetByteValue(value.data(), static_cast<std::uint32_t>(value.size()));
    m_data.Replace(data);
  }
  gdcm::DataSet m_data;
};

TEST(DicomSynthetic, Monochrome1SignedWithNegativeSlope) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  DicomMaker maker;
  maker.text(0x0028, 0x0004, gdcm::VR::CS, "MONOCHROME1");
  maker.text(0x0028, 0x1053, gdcm::VR::DS, "-1");
  maker.text(0x0028, 0x1052, gdcm::VR::DS, "10");
  maker.text(0x0028, 0x1050, gdcm::VR::DS, "10\\40");
  maker.text(0x0028, 0x1051, gdcm::VR::DS, "200\\80");
  maker.text(0x0028, 0x1055, gdcm::VR::LO, "NORMAL\\HARD");
  maker.text(0x0028, 0x1056, gdcm::VR::CS, "LINEAR_EXACT");
  maker.text(0x0018, 0x1164, gdcm::VR::DS, "0.2\\0.1");
  maker.text(0x0020, 0x0062, gdcm::VR::CS, "L");
  maker.number(0x0028, 0x0120, 0x8000);
  const std::vector<std::int16_t> stored{-100, 0, 100, -32768};
  maker.pixels(2, 2, stored);
  maker.write(folder / "chest.dcm");

  const DecodedImage decoded = client.decode(folder / "chest.dcm");
  EXPECT_EQ(decoded.image.values, PixelValues(stored));
  EXPECT_EQ(decoded.image.photometric, Photometric::Monochrome1);
  EXPECT_EQ(decoded.image.modality, ModalityTransform(Rescale{.slope = -1, .intercept = 10}));
  ASSERT_EQ(decoded.image.windows.size(), 2U);
  EXPECT_EQ(decoded.image.windows[1],
            (VoiWindow{.center = 40, .width = 80, .function = WindowFunction::LinearExact, .explanation = "HARD"}));
  EXPECT_EQ(decoded.image.geometry.spacingSource, SpacingSource::ImagerPixelSpacing);
  EXPECT_DOUBLE_EQ(decoded.image.geometry.spacingMm[0], 0.1);
  EXPECT_DOUBLE_EQ(decoded.image.geometry.spacingMm[1], 0.2);
  EXPECT_EQ(decoded.image.laterality, "L");
  ASSERT_TRUE(decoded.image.padding);
  EXPECT_DOUBLE_EQ(decoded.image.padding->value, -32768);
  EXPECT_TRUE(decoded.patient.hasPatientId);
  EXPECT_EQ(toJson(decoded).dump().find("PATIENT-7"), std::string::npos) << "the patient's ID went out in the clear";

  // -100 -> 110 -> white -> black as MONOCHROME1; padding is black.
  const LoadedImage loaded = loadImage(client, {.files = {folder / "chest.dcm"}});
  ASSERT_EQ(loaded.image.values.size(), 4U);
  EXPECT_NEAR(loaded.image.values[0], 0, 1e-6);
  EXPECT_NEAR(loaded.image.values[1], 0.5, 1e-6);
  EXPECT_NEAR(loaded.image.values[2], 1, 1e-6);
  EXPECT_NEAR(loaded.image.values[3], 0, 1e-6);
}

TEST(DicomSynthetic, TwelveAndFifteenBitsLoseWhatLiesAbove) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  DicomMaker maker;
  maker.number(0x0028, 0x0101, 12);
  maker.number(0x0028, 0x0102, 11);
  maker.pixels(2, 1, std::vector<std::uint16_t>{0xF801, 0x17FF});  // rubbish above bit 11
  maker.write(folder / "signed.dcm");
  EXPECT_EQ(client.decode(folder / "signed.dcm").image.values, PixelValues(std::vector<std::int16_t>{-2047, 2047}));
  maker.number(0x0028, 0x0103, 0);
  maker.number(0x0028, 0x0101, 15);
  maker.number(0x0028, 0x0102, 14);
  maker.write(folder / "unsigned.dcm");
  const DecodedImage fifteen = client.decode(folder / "unsigned.dcm");
  EXPECT_EQ(fifteen.image.values, PixelValues(std::vector<std::uint16_t>{0x7801, 0x17FF}));
  EXPECT_EQ(fifteen.image.bitsStored, 15);
}

TEST(DicomSynthetic, CalibratedSpacingWinsAndSaysSo) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  DicomMaker maker;
  maker.text(0x0018, 0x1164, gdcm::VR::DS, "0.2\\0.2");
  maker.text(0x0028, 0x0030, gdcm::VR::DS, "0.16\\0.15");
  maker.text(0x0028, 0x0A02, gdcm::VR::CS, "GEOMETRY");
  maker.pixels(1, 1, std::vector<std::int16_t>{1});
  maker.write(folder / "a.dcm");
  const Geometry geometry = client.decode(folder / "a.dcm").image.geometry;
  EXPECT_EQ(geometry.spacingSource, SpacingSource::PixelSpacingCalibrated);
  EXPECT_DOUBLE_EQ(geometry.spacingMm[0], 0.15);
  EXPECT_DOUBLE_EQ(geometry.spacingMm[1], 0.16);
}

TEST(DicomSynthetic, ATruncatedFileIsRefusedAtEveryLength) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  DicomMaker maker;
  maker.pixels(4, 4, std::vector<std::int16_t>(16, 5));
  maker.write(folder / "whole.dcm");
  const std::string whole = test::readBytes(folder / "whole.dcm");
  ASSERT_EQ(test::refusal(client, folder / "whole.dcm"), "");
  for (std::size_t length = 1; length < whole.size(); length += 3) {
    test::writeBytes(folder / "cut.dcm", whole.substr(0, length));
    EXPECT_NE(test::refusal(client, folder / "cut.dcm"), "") << length << " of " << whole.size() << " bytes";
  }
  EXPECT_EQ(client.workersStarted(), 1);
}

TEST(DicomSynthetic, DamagedBytesNeverBringTheClientDown) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  DicomMaker maker;
  maker.text(0x0028, 0x1050, gdcm::VR::DS, "10");
  maker.text(0x0028, 0x1051, gdcm::VR::DS, "200");
  maker.pixels(4, 4, std::vector<std::int16_t>(16, 5));
  maker.write(folder / "whole.dcm");
  const std::string whole = test::readBytes(folder / "whole.dcm");
  for (std::size_t at = 128; at < whole.size(); ++at)
    for (const char value : {'\0', '\xFF'}) {
      std::string damaged = whole;
      damaged[at] = value;
      test::writeBytes(folder / "damaged.dcm", damaged);
      test::refusal(client, folder / "damaged.dcm");
    }
  EXPECT_EQ(test::refusal(client, folder / "whole.dcm"), "");
  EXPECT_EQ(client.workersStarted(), 1) << "a damaged byte brought the decoder down";
}

TEST(DicomSynthetic, SlicesWithTheirOwnRescaleBecomeFloats) {
  const test::TemporaryFolder folder;
  DecodeClient client(test::workerOptions());
  std::vector<std::filesystem::path> files;
  for (int slice = 0; slice < 3; ++slice) {
    DicomMaker maker;
    maker.text(0x0020, 0x000E, gdcm::VR::UI, "1.2.3");
    maker.text(0x0020, 0x0037, gdcm::VR::DS, "1\\0\\0\\0\\1\\0");
    maker.text(0x0020, 0x0032, gdcm::VR::DS, "0\\0\\" + std::to_string(10 - 2 * slice));
    maker.text(0x0028, 0x0030, gdcm::VR::DS, "1\\1");
    maker.text(0x0028, 0x1053, gdcm::VR::DS, std::to_string(slice + 1));
    maker.text(0x0028, 0x1052, gdcm::VR::DS, "0.5");
    maker.pixels(1, 1, std::vector<std::int16_t>{10});
    files.push_back(folder / ("slice" + std::to_string(slice)));
    maker.write(files.back());
  }
  const DecodedImage volume = client.decode(folder.path());
  EXPECT_EQ(volume.image.values, PixelValues(std::vector<float>{30.5F, 20.5F, 10.5F}));
  EXPECT_EQ(volume.image.modality, ModalityTransform());
  EXPECT_DOUBLE_EQ(volume.image.geometry.spacingMm[2], 2);
  EXPECT_DOUBLE_EQ(volume.image.geometry.originMm[2], 6);
}

}  // namespace
}  // namespace roundel
