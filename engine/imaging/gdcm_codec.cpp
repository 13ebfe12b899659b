#include "imaging/gdcm_codec.h"

#include <gdcmFragment.h>
#include <gdcmImage.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>
#include <gdcmTransferSyntax.h>

#include <exception>

namespace roundel {
namespace {

gdcm::DataElement pixelElement(ByteView frame) {
  std::vector<char> even(frame.begin(), frame.end());
  if (even.size() % 2 == 1) even.push_back(0);
  gdcm::Fragment fragment;
  fragment.SetByteValue(even.data(), static_cast<std::uint32_t>(even.size()));
  const gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments = gdcm::SequenceOfFragments::New();
  fragments->AddFragment(fragment);
  gdcm::DataElement pixels(gdcm::Tag(0x7FE0, 0x0010), 0, gdcm::VR::OB);
  pixels.SetValue(*fragments);
  return pixels;
}

gdcm::PhotometricInterpretation photometricOf(const DicomLayout& layout) {
  // Colour comes out as the stream holds it; JPEG 2000 undoes its own transform, which GDCM must not do twice.
  return layout.samples == 3 ? gdcm::PhotometricInterpretation::RGB : gdcm::PhotometricInterpretation::MONOCHROME2;
}

}  // namespace

void silenceGdcm() {
  gdcm::Trace::DebugOff();
  gdcm::Trace::WarningOff();
  gdcm::Trace::ErrorOff();
}

CodedFrame decodeWithGdcm(const SourceFile& file, const std::string& transferSyntax, const DicomLayout& layout, const Codestream& stream,
                          ByteView frame) {
  const auto syntax = gdcm::TransferSyntax::GetTSType(transferSyntax.c_str());
  if (syntax == gdcm::TransferSyntax::TS_END) file.refuse("its pixels are packed in a way that is not known (" + transferSyntax + ")");
  const int allocated = stream.precision <= 8 ? 8 : 16;
  const bool isSigned = stream.kind == Codestream::Kind::Jpeg2000 ? stream.isSigned : layout.isSigned;
  try {
    gdcm::Image image;
    image.SetNumberOfDimensions(2);
    image.SetDimension(0, static_cast<unsigned int>(layout.columns));
    image.SetDimension(1, static_cast<unsigned int>(layout.rows));
    image.SetPixelFormat(gdcm::PixelFormat(static_cast<unsigned short>(layout.samples), static_cast<unsigned short>(allocated),
                                           static_cast<unsigned short>(stream.precision), static_cast<unsigned short>(stream.precision - 1),
                                           isSigned ? 1 : 0));
    image.SetPhotometricInterpretation(photometricOf(layout));
    image.SetPlanarConfiguration(0);
    image.SetTransferSyntax(syntax);
    image.SetDataElement(pixelElement(frame));
    CodedFrame decoded{.bytesPerSample = allocated / 8};
    const std::size_t wanted =
        static_cast<std::size_t>(layout.pixelsPerFrame()) * static_cast<std::size_t>(layout.samples * decoded.bytesPerSample);
    if (image.GetBufferLength() != wanted) file.refuse("its packed pixels do not fit its size");
    decoded.values.resize(wanted);
    if (!image.GetBuffer(reinterpret_cast<char*>(decoded.values.data()))) file.refuse("its packed pixels are damaged");
    return decoded;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::runtime_error&) {
    throw;  // our own sentence
  } catch (const std::exception&) {
    file.refuse("its packed pixels are damaged");
  }
}

}  // namespace roundel
