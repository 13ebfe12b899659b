#include "exchange/dicom_writer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/hash.h"

namespace roundel {
namespace {

/// Of this program, made once: every file that it writes says so.
constexpr const char* kImplementation = "2.25.191423815932045706238412093837263154873";

void put16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value & 0xff));
  out.push_back(static_cast<char>(value >> 8 & 0xff));
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value & 0xffff);
  put16(out, value >> 16);
}

bool hasLongLength(std::string_view vr) { return vr == "OB" || vr == "OW" || vr == "SQ" || vr == "UT" || vr == "UN"; }

/// At most 16 characters, as DS allows.
std::string decimal(double value) {
  std::array<char, 40> text{};
  for (int digits = 15; digits > 0; --digits) {
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, digits).ptr;
    if (end - text.data() <= 16) return {text.data(), end};
  }
  return "0";
}

}  // namespace

void DicomWriter::bytes(std::uint32_t tag, std::string_view vr, std::string value) {
  if (value.size() % 2 != 0) value.push_back('\0');
  m_elements[tag] = {.vr = std::string(vr), .value = std::move(value)};
}

void DicomWriter::text(std::uint32_t tag, std::string_view vr, const std::string& value) {
  std::string padded = value;
  if (padded.size() % 2 != 0) padded.push_back(vr == "UI" ? '\0' : ' ');
  bytes(tag, vr, std::move(padded));
}

void DicomWriter::decimals(std::uint32_t tag, const std::vector<double>& values) {
  std::string all;
  for (const double value : values) all += (all.empty() ? "" : "\\") + decimal(value);
  text(tag, "DS", all);
}

void DicomWriter::unsigned16(std::uint32_t tag, const std::vector<std::uint16_t>& values) {
  std::string all;
  for (const std::uint16_t value : values) put16(all, value);
  bytes(tag, "US", std::move(all));
}

void DicomWriter::unsigned32(std::uint32_t tag, const std::vector<std::uint32_t>& values) {
  std::string all;
  for (const std::uint32_t value : values) put32(all, value);
  bytes(tag, "UL", std::move(all));
}

void DicomWriter::tags(std::uint32_t tag, const std::vector<std::uint32_t>& values) {
  std::string all;
  for (const std::uint32_t value : values) {
    put16(all, value >> 16);
    put16(all, value & 0xffff);
  }
  bytes(tag, "AT", std::move(all));
}

void DicomWriter::sequence(std::uint32_t tag, const std::vector<DicomWriter>& items) {
  std::string all;
  for (const auto& item : items) {
    const std::string inside = item.encoded();
    put16(all, 0xFFFE);
    put16(all, 0xE000);
    put32(all, static_cast<std::uint32_t>(inside.size()));
    all += inside;
  }
  bytes(tag, "SQ", std::move(all));
}

void DicomWriter::code(std::uint32_t tag, const std::string& value, const std::string& scheme, const std::string& meaning) {
  DicomWriter item;
  item.text(0x00080100, "SH", value);
  item.text(0x00080102, "SH", scheme);
  item.text(0x00080104, "LO", meaning);
  sequence(tag, {item});
}

std::string DicomWriter::encoded() const {
  std::string out;
  for (const auto& [tag, element] : m_elements) {
    put16(out, tag >> 16);
    put16(out, tag & 0xffff);
    out += element.vr;
    if (hasLongLength(element.vr)) {
      put16(out, 0);
      put32(out, static_cast<std::uint32_t>(element.value.size()));
    } else {
      put16(out, static_cast<std::uint32_t>(element.value.size()));
    }
    out += element.value;
  }
  return out;
}

std::string dicomFile(const std::string& sopClass, const std::string& sopInstance, const DicomWriter& dataset) {
  DicomWriter meta;
  meta.bytes(0x00020001, "OB", std::string("\0\1", 2));
  meta.text(0x00020002, "UI", sopClass);
  meta.text(0x00020003, "UI", sopInstance);
  meta.text(0x00020010, "UI", "1.2.840.10008.1.2.1");
  meta.text(0x00020012, "UI", kImplementation);
  meta.text(0x00020013, "SH", "ROUNDEL");
  const std::string rest = meta.encoded();
  DicomWriter length;
  length.unsigned32(0x00020000, {static_cast<std::uint32_t>(rest.size())});
  return std::string(128, '\0') + "DICM" + length.encoded() + rest + dataset.encoded();
}

std::string uidOf(const std::string& text) {
  Sha256 hash;
  hash.update(text);
  // 128 bits, sixteen at a time, as one decimal number.
  std::string digits = "0";
  const std::string hex = hash.hex().substr(0, 32);
  for (const char c : hex) {
    int carry = c <= '9' ? c - '0' : c - 'a' + 10;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
      const int value = (*digit - '0') * 16 + carry;
      *digit = static_cast<char>('0' + value % 10);
      carry = value / 10;
    }
    while (carry > 0) {
      digits.insert(digits.begin(), static_cast<char>('0' + carry % 10));
      carry /= 10;
    }
  }
  return "2.25." + digits;
}

}  // namespace roundel
