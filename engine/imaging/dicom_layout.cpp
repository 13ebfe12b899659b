#include "imaging/dicom_layout.h"

#include <algorithm>

namespace roundel {
namespace {

int whole(const DicomDataset& data, DicomTag tag, int fallback) {
  const auto value = data.number(tag, "US");
  return value && *value >= 0 && *value <= 65535 ? static_cast<int>(*value) : fallback;
}

/// Number of Frames is text; "1A" has been seen and means 1.
std::int64_t frameCount(const DicomDataset& data) {
  const std::string text = data.text(0x00280008);
  return text.empty() ? 1 : std::max<std::int64_t>(toInteger(text, 1), 1);
}

}  // namespace

bool isNative(const std::string& transferSyntax) {
  return transferSyntax == "1.2.840.10008.1.2" || transferSyntax == "1.2.840.10008.1.2.1" || transferSyntax == "1.2.840.10008.1.2.2" ||
         transferSyntax == "1.2.840.10008.1.2.1.99" || transferSyntax == "1.2.840.113619.5.2";
}

DicomLayout readLayout(const SourceFile& file, const DicomFile& dicom) {
  const DicomDataset& data = dicom.dataset;
  if (data.empty()) file.refuse("it begins like a DICOM file, but nothing in it can be understood");
  const std::string modality = data.text(0x00080060);
  if (!data.pixelElement())
    file.refuse("this DICOM file" + (modality.empty() ? std::string() : " (modality " + modality + ")") + " holds no pixels",
                "Choose the files that hold the pictures; reports, plans and directories hold none.");
  DicomLayout layout;
  layout.rows = whole(data, 0x00280010, 0);
  layout.columns = whole(data, 0x00280011, 0);
  layout.frames = frameCount(data);
  layout.samples = whole(data, 0x00280002, 1);
  layout.bitsAllocated = whole(data, 0x00280100, 0);
  layout.bitsStored = whole(data, 0x00280101, layout.bitsAllocated);
  layout.highBit = whole(data, 0x00280102, layout.bitsStored - 1);
  layout.isSigned = whole(data, 0x00280103, 0) == 1;
  layout.planar = whole(data, 0x00280006, 0) == 1;
  layout.photometric = data.text(0x00280004);
  if (layout.photometric.empty()) layout.photometric = layout.samples == 3 ? "RGB" : "MONOCHROME2";

  const DicomTag tag = data.pixelElement()->tag;
  if (tag == 0x7FE00008) layout.number = DicomLayout::Number::Float;
  if (tag == 0x7FE00009) layout.number = DicomLayout::Number::Double;
  if (layout.number != DicomLayout::Number::Integer) {
    layout.bitsAllocated = layout.number == DicomLayout::Number::Float ? 32 : 64;
    layout.bitsStored = layout.bitsAllocated;
    layout.highBit = layout.bitsAllocated - 1;
  }
  if (layout.rows < 1 || layout.columns < 1) file.refuse("this DICOM file states no rows or columns, so it is no image");
  const bool known = layout.bitsAllocated == 1 || layout.bitsAllocated == 8 || layout.bitsAllocated == 16 || layout.bitsAllocated == 32;
  if (!known && layout.number != DicomLayout::Number::Double)
    file.refuse("it stores " + std::to_string(layout.bitsAllocated) + " bits for a pixel; 1, 8, 16 and 32 can be read");
  if (layout.samples != 1 && layout.samples != 3)
    file.refuse("it stores " + std::to_string(layout.samples) + " numbers for a pixel; 1 and 3 can be read");
  if (layout.bitsStored < 1 || layout.bitsStored > layout.bitsAllocated) layout.bitsStored = layout.bitsAllocated;
  if (layout.highBit < layout.bitsStored - 1 || layout.highBit >= layout.bitsAllocated) layout.highBit = layout.bitsStored - 1;
  if (layout.bitsAllocated == 1 && layout.samples != 1) file.refuse("it stores colour with one bit for a sample");
  return layout;
}

}  // namespace roundel
