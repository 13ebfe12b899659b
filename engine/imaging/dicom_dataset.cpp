#include "imaging/dicom_dataset.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/files.h"
#include "imaging/gzip.h"

namespace roundel {
namespace {

constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr DicomTag kItem = 0xFFFEE000, kItemEnd = 0xFFFEE00D, kSequenceEnd = 0xFFFEE0DD;
constexpr int kDeepest = 64;

bool isVr(std::uint8_t first, std::uint8_t second) {
  static constexpr std::string_view kAll =
      "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV";
  const char word[3] = {static_cast<char>(first), static_cast<char>(second), 0};
  const auto at = kAll.find(word);
  return at != std::string_view::npos && at % 3 == 0;
}

bool hasLongLength(const std::array<char, 2>& vr) {
  static constexpr std::string_view kLong = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
  return kLong.find(std::string_view(vr.data(), 2)) != std::string_view::npos;
}

/// Tag, VR and length of the element at a place, and where its value begins.
struct ElementHeader {
  DicomTag tag = 0;
  std::array<char, 2> vr{'U', 'N'};
  std::uint32_t length = 0;
  std::size_t valueAt = 0;
};

DicomTag tagAt(ByteView bytes, std::size_t at, bool bigEndian) {
  return (static_cast<DicomTag>(get16(bytes, at, bigEndian)) << 16) | get16(bytes, at + 2, bigEndian);
}

std::optional<ElementHeader> headerAt(ByteView bytes, std::size_t at, DicomEncoding encoding) {
  if (at + 8 > bytes.size()) return {};
  ElementHeader header{.tag = tagAt(bytes, at, encoding.bigEndian)};
  const bool delimiter = header.tag >> 16 == 0xFFFE;
  // Some writers put an implicit element into an explicit file: no VR, so read on as implicit.
  if (encoding.explicitVr && !delimiter && isVr(bytes[at + 4], bytes[at + 5])) {
    header.vr = {static_cast<char>(bytes[at + 4]), static_cast<char>(bytes[at + 5])};
    if (!hasLongLength(header.vr)) {
      header.length = get16(bytes, at + 6, encoding.bigEndian);
      header.valueAt = at + 8;
      return header;
    }
    if (at + 12 > bytes.size()) return {};
    header.length = get32(bytes, at + 8, encoding.bigEndian);
    header.valueAt = at + 12;
    return header;
  }
  header.length = get32(bytes, at + 4, encoding.bigEndian);
  header.valueAt = at + 8;
  return header;
}

/// Where the data set or sequence of undefined length that begins at `at` ends: the place of its delimiter. None where the
/// bytes end first or nesting passes kDeepest.
std::optional<std::size_t> endOfUndefined(ByteView bytes, std::size_t at, DicomEncoding encoding, DicomTag delimiter) {
  std::vector<DicomTag> open{delimiter};
  while (true) {
    const auto header = headerAt(bytes, at, encoding);
    if (!header) return {};
    if (header->tag == kItemEnd || header->tag == kSequenceEnd) {
      // A missing inner delimiter is forgiven: the outer one closes both.
      while (!open.empty() && open.back() != header->tag) open.pop_back();
      if (open.empty()) return {};
      open.pop_back();
      if (open.empty()) return at;
      at = header->valueAt;
      continue;
    }
    if (header->length == kUndefined) {
      if (open.size() >= kDeepest) return {};
      open.push_back(header->tag == kItem ? kItemEnd : kSequenceEnd);
      at = header->valueAt;
      continue;
    }
    if (header->length > bytes.size() - header->valueAt) return {};
    at = header->valueAt + header->length;
  }
}

bool isPixelTag(DicomTag tag) { return tag == 0x7FE00008 || tag == 0x7FE00009 || tag == 0x7FE00010; }

/// The kind of binary number that an element holds: its VR, or what the caller knows of the tag.
std::string binaryKind(const DicomElement& element, std::string_view known) {
  const std::string vr(element.vr.data(), 2);
  if (vr == "UN" || vr == "OW" || vr == "OB") return std::string(known);
  static constexpr std::string_view kBinary = "US SS UL SL FL FD AT";
  return kBinary.find(vr) != std::string_view::npos ? vr : std::string();
}

double binaryNumber(ByteView bytes, std::size_t at, const std::string& kind, bool bigEndian) {
  if (kind == "US") return get16(bytes, at, bigEndian);
  if (kind == "SS") return static_cast<std::int16_t>(get16(bytes, at, bigEndian));
  if (kind == "SL") return static_cast<std::int32_t>(get32(bytes, at, bigEndian));
  if (kind == "FL") return getFloat(bytes, at, bigEndian);
  if (kind == "FD") return getDouble(bytes, at, bigEndian);
  return get32(bytes, at, bigEndian);
}

}  // namespace

DicomDataset::DicomDataset(ByteView bytes, DicomEncoding encoding) : m_encoding(encoding) {
  std::size_t at = 0;
  while (const auto header = headerAt(bytes, at, encoding)) {
    if (header->tag >> 16 == 0xFFFE) break;
    DicomElement element{.tag = header->tag, .vr = header->vr, .undefinedLength = header->length == kUndefined};
    const std::size_t room = bytes.size() - header->valueAt;
    if (isPixelTag(header->tag)) {
      const bool cut = !element.undefinedLength && header->length > room;
      element.value = bytes.subspan(header->valueAt, element.undefinedLength || cut ? room : header->length);
      m_pixels = element;
      m_pixelsTruncated = cut;
      break;
    }
    std::size_t next = header->valueAt;
    if (element.undefinedLength) {
      // UN of undefined length holds implicit little-endian items (PS3.5 6.2.2, note 4).
      const bool unknown = element.vr == std::array<char, 2>{'U', 'N'};
      const DicomEncoding inner = unknown && encoding.explicitVr ? DicomEncoding{.explicitVr = false, .bigEndian = false} : encoding;
      const auto end = endOfUndefined(bytes, header->valueAt, inner, kSequenceEnd);
      if (!end) break;
      element.value = bytes.subspan(header->valueAt, *end - header->valueAt);
      next = *end + 8;
    } else {
      if (header->length > room) break;
      element.value = bytes.subspan(header->valueAt, header->length);
      next = header->valueAt + header->length;
    }
    m_elements.emplace(element.tag, element);
    at = next;
  }
}

const DicomElement* DicomDataset::find(DicomTag tag) const {
  const auto found = m_elements.find(tag);
  return found == m_elements.end() ? nullptr : &found->second;
}

ByteView DicomDataset::raw(DicomTag tag) const {
  const auto* element = find(tag);
  return element ? element->value : ByteView{};
}

std::vector<std::string> DicomDataset::texts(DicomTag tag) const {
  const ByteView bytes = raw(tag);
  std::vector<std::string> result;
  if (bytes.empty()) return result;
  // No text that we read is longer; a longer one is damage.
  const std::string all(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(bytes.size(), 65536)));
  std::size_t from = 0;
  for (std::size_t at = 0; at <= all.size(); ++at) {
    if (at < all.size() && all[at] != '\\') continue;
    result.push_back(sanitisedUtf8(trimmed(std::string_view(all).substr(from, at - from))));
    from = at + 1;
  }
  return result;
}

std::string DicomDataset::text(DicomTag tag) const {
  const auto all = texts(tag);
  return all.empty() ? std::string() : all.front();
}

std::vector<double> DicomDataset::numbers(DicomTag tag, std::string_view binaryVr) const {
  const auto* element = find(tag);
  std::vector<double> result;
  if (!element || element->undefinedLength) return result;
  const std::string kind = binaryKind(*element, binaryVr);
  if (kind.empty()) {
    for (const auto& word : texts(tag)) {
      const double value = toNumber(word, std::nan(""));
      if (!std::isnan(value)) result.push_back(value);
    }
    return result;
  }
  const std::size_t width = kind == "US" || kind == "SS" ? 2 : kind == "FD" ? 8 : 4;
  for (std::size_t at = 0; at + width <= element->value.size(); at += width)
    result.push_back(binaryNumber(element->value, at, kind, m_encoding.bigEndian));
  return result;
}

std::optional<double> DicomDataset::number(DicomTag tag, std::string_view binaryVr) const {
  const auto all = numbers(tag, binaryVr);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

std::vector<DicomDataset> DicomDataset::sequence(DicomTag tag) const {
  std::vector<DicomDataset> items;
  const auto* element = find(tag);
  if (!element) return items;
  const bool unknown = element->vr == std::array<char, 2>{'U', 'N'};
  const DicomEncoding inner = unknown && m_encoding.explicitVr ? DicomEncoding{.explicitVr = false, .bigEndian = false} : m_encoding;
  const ByteView bytes = element->value;
  std::size_t at = 0;
  while (at + 8 <= bytes.size() && tagAt(bytes, at, inner.bigEndian) == kItem) {
    const std::uint32_t length = get32(bytes, at + 4, inner.bigEndian);
    at += 8;
    if (length == kUndefined) {
      const auto end = endOfUndefined(bytes, at, inner, kItemEnd);
      if (!end) break;
      items.emplace_back(bytes.subspan(at, *end - at), inner);
      at = *end + 8;
    } else {
      if (length > bytes.size() - at) break;
      items.emplace_back(bytes.subspan(at, length), inner);
      at += length;
    }
  }
  return items;
}

EncapsulatedPixels readFragments(const DicomElement& pixels) {
  EncapsulatedPixels result;
  const ByteView bytes = pixels.value;
  std::size_t at = 0, first = 0;
  bool table = true;
  // Encapsulated pixels are always little-endian.
  while (at + 8 <= bytes.size() && tagAt(bytes, at, false) == kItem) {
    const std::uint32_t length = get32(bytes, at + 4);
    if (length > bytes.size() - at - 8) break;
    const ByteView value = bytes.subspan(at + 8, length);
    if (table) {
      for (std::size_t entry = 0; entry + 4 <= value.size(); entry += 4) result.offsets.push_back(get32(value, entry));
      first = at + 8 + length;
      table = false;
    } else {
      result.fragments.push_back(value);
      result.positions.push_back(at - first);
    }
    at += 8 + std::size_t{length};
  }
  return result;
}

bool looksLikeDicom(ByteView bytes) {
  if (bytes.size() >= 132 && bytes[128] == 'D' && bytes[129] == 'I' && bytes[130] == 'C' && bytes[131] == 'M') return true;
  if (bytes.size() < 16) return false;
  const std::uint16_t group = get16(bytes, 0), element = get16(bytes, 2);
  const bool little = (group == 2 || group == 8) && element < 0x0100;
  const bool big = get16(bytes, 0, true) == 8 && get16(bytes, 2, true) < 0x0100;
  if (!little && !big) return false;
  return isVr(bytes[4], bytes[5]) || get32(bytes, 4, big) < std::min<std::size_t>(bytes.size(), 1024);
}

DicomFile openDicom(const SourceFile& file, const DecodeContext& context) {
  const ByteView bytes = file.bytes();
  const bool preamble = bytes.size() >= 132 && bytes[128] == 'D' && bytes[129] == 'I' && bytes[130] == 'C' && bytes[131] == 'M';
  std::size_t at = preamble ? 132 : 0;
  DicomFile result;
  // The meta header is explicit little-endian whatever the data set is; its own group length is often wrong, so it is walked.
  while (const auto header = headerAt(bytes, at, {})) {
    if (header->tag >> 16 != 2 || header->length > bytes.size() - header->valueAt) break;
    if (header->tag == 0x00020010) {
      const ByteView value = bytes.subspan(header->valueAt, std::min<std::uint32_t>(header->length, 64));
      result.transferSyntax = trimmed(std::string(value.begin(), value.end()));
    }
    at = header->valueAt + header->length;
  }
  ByteView body = bytes.subspan(at);
  if (result.transferSyntax == "1.2.840.10008.1.2.1.99") {
    result.inflated = inflateRaw(file, body, context.limits.largestImageBytes);
    body = result.inflated;
  }
  DicomEncoding encoding{.explicitVr = result.transferSyntax != "1.2.840.10008.1.2",
                         .bigEndian = result.transferSyntax == "1.2.840.10008.1.2.2"};
  if (body.size() >= 8) {
    // What the first element looks like wins over what the meta header says: some files contradict themselves.
    const bool swapped = get16(body, 0, encoding.bigEndian) > 0x00FF && get16(body, 0, !encoding.bigEndian) <= 0x00FF;
    if (swapped) encoding.bigEndian = !encoding.bigEndian;
    encoding.explicitVr = isVr(body[4], body[5]);
  }
  if (result.transferSyntax.empty()) {
    result.transferSyntaxAssumed = true;
    result.transferSyntax = encoding.bigEndian ? "1.2.840.10008.1.2.2" : encoding.explicitVr ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2";
  }
  result.dataset = DicomDataset(body, encoding);
  return result;
}

}  // namespace roundel
