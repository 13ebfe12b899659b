#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "imaging/source_file.h"

namespace roundel {

/// DICOM tag as one number: group in the high half, element in the low.
using DicomTag = std::uint32_t;

/// How the elements of a data set are written.
struct DicomEncoding {
  bool explicitVr = true;
  bool bigEndian = false;
};

/// One element as it lies in the file. Sequences stay unparsed until somebody asks for them.
struct DicomElement {
  DicomTag tag = 0;
  std::array<char, 2> vr{'U', 'N'};  ///< as written; "UN" in implicit files
  ByteView value;                    ///< for an undefined length: everything up to the delimiter
  bool undefinedLength = false;
};

/// A DICOM data set (PS3.5 section 7), read without a dictionary, without recursion that a file could deepen at will, and without
/// trusting a single length: what does not fit its container ends the data set there. The bytes must outlive it.
///
/// Own code, because GDCM's reader ends the process on some files and because the place of the pixels in the file, and whether
/// they are all there, must be known before anything is allocated.
class DicomDataset {
 public:
  DicomDataset() = default;
  /// Reads the elements of `bytes` from `begin` on. Stops before Pixel Data (7FE0,0008), (7FE0,0009) or (7FE0,0010), which is
  /// kept apart as `pixelElement`.
  DicomDataset(ByteView bytes, DicomEncoding encoding);

  bool has(DicomTag tag) const { return m_elements.contains(tag); }
  const DicomElement* find(DicomTag tag) const;
  /// The value as text: trimmed, valid UTF-8 (anything else replaced). Empty where absent.
  std::string text(DicomTag tag) const;
  std::vector<std::string> texts(DicomTag tag) const;
  /// The value as numbers, whatever its VR: decimal strings or binary, by the VR where written, by the tag's own `binaryVr`
  /// ("US", "SS", "FD" ...; empty: decimal string) where the file is implicit or says UN.
  std::vector<double> numbers(DicomTag tag, std::string_view binaryVr = {}) const;
  std::optional<double> number(DicomTag tag, std::string_view binaryVr = {}) const;
  /// Raw bytes of the value in the file's byte order; empty where absent.
  ByteView raw(DicomTag tag) const;
  /// The items of a sequence; empty where absent or no sequence.
  std::vector<DicomDataset> sequence(DicomTag tag) const;

  const std::optional<DicomElement>& pixelElement() const { return m_pixels; }
  /// Whether Pixel Data says it is longer than the bytes that follow it.
  bool pixelsTruncated() const { return m_pixelsTruncated; }
  bool empty() const { return m_elements.empty(); }
  DicomEncoding encoding() const { return m_encoding; }

 private:
  std::map<DicomTag, DicomElement> m_elements;
  DicomEncoding m_encoding;
  std::optional<DicomElement> m_pixels;
  bool m_pixelsTruncated = false;
};

/// A DICOM file: meta header and data set.
struct DicomFile {
  std::string transferSyntax;  ///< UID; assumed from the first element where the file does not say
  bool transferSyntaxAssumed = false;
  DicomDataset dataset;
  Bytes inflated;  ///< holds the data set of a deflated file
};

/// Whether the bytes look like DICOM: "DICM" at 128, or no preamble and a plausible first element.
bool looksLikeDicom(ByteView bytes);
/// Throws through file.refuse(). A deflated data set may grow to context.limits.largestImageBytes.
DicomFile openDicom(const SourceFile& file, const DecodeContext& context);

/// The fragments of encapsulated Pixel Data after the Basic Offset Table (PS3.5 A.4).
struct EncapsulatedPixels {
  std::vector<std::uint32_t> offsets;  ///< Basic Offset Table; may be empty
  std::vector<ByteView> fragments;
  std::vector<std::uint64_t> positions;  ///< of each fragment's item, from the first one: what the offsets count
};
EncapsulatedPixels readFragments(const DicomElement& pixels);

}  // namespace roundel
