#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace roundel {

/// A DICOM data set to write (PS3.5, explicit VR little endian): elements in the order of their tags, sequences with stated lengths.
class DicomWriter {
 public:
  /// Text as it stands, padded to an even length with the VR's own character.
  void text(std::uint32_t tag, std::string_view vr, const std::string& value);
  /// Decimal numbers of at most 16 characters each (DS), separated by backslashes.
  void decimals(std::uint32_t tag, const std::vector<double>& values);
  void unsigned16(std::uint32_t tag, const std::vector<std::uint16_t>& values);
  void unsigned32(std::uint32_t tag, const std::vector<std::uint32_t>& values);
  void tags(std::uint32_t tag, const std::vector<std::uint32_t>& values);
  void bytes(std::uint32_t tag, std::string_view vr, std::string value);
  void sequence(std::uint32_t tag, const std::vector<DicomWriter>& items);
  /// An item of code value, scheme and meaning (PS3.3 table 8.8-1).
  void code(std::uint32_t tag, const std::string& value, const std::string& scheme, const std::string& meaning);

  std::string encoded() const;

 private:
  struct Element {
    std::string vr, value;
  };
  std::map<std::uint32_t, Element> m_elements;
};

/// Preamble, meta header and data set of a DICOM file.
std::string dicomFile(const std::string& sopClass, const std::string& sopInstance, const DicomWriter& dataset);

/// A UID under "2.25" (PS3.5 B.2) from the first 128 bits of a SHA-256 of the text: the same text, the same UID.
std::string uidOf(const std::string& text);

}  // namespace roundel
