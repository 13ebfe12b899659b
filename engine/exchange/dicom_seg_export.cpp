#include <algorithm>
#include <cmath>

#include "core/build_id.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/dicom_seg_format.h"
#include "exchange/dicom_writer.h"
#include "exchange/export_losses.h"

namespace roundel {
namespace {

constexpr const char* kSegmentation = "1.2.840.10008.5.1.4.1.1.66.4";

/// What one segment needs to know of its class and its pixels.
struct Segment {
  const LabelClass* labelClass = nullptr;
  const Mask* mask = nullptr;
};

bool isAscii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The text of a class as DICOM's LO holds it: 64 characters, no backslash; in ASCII where the object has another character set.
std::string shortText(const std::string& text, bool utf8) {
  std::string result;
  std::size_t characters = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = byte < 0x80 || byte >= 0xC0;
    if (begins && ++characters > 64) break;
    if (byte < 0x20 || c == '\\') result.push_back('_');
    else if (byte < 0x80 || utf8) result.push_back(c);
    else if (begins) result.push_back('?');
  }
  return result;
}

/// CIE L*a*b* of an sRGB colour in DICOM's 16 bits (PS3.3 C.10.7.1.1), white point D65.
std::vector<std::uint16_t> labOf(const std::array<std::uint8_t, 3>& colour) {
  std::array<double, 3> linear{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double value = colour[i] / 255.0;
    linear[i] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  }
  const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
  const double x = f((0.4124564 * linear[0] + 0.3575761 * linear[1] + 0.1804375 * linear[2]) / 0.95047);
  const double y = f(0.2126729 * linear[0] + 0.7151522 * linear[1] + 0.0721750 * linear[2]);
  const double z = f((0.0193339 * linear[0] + 0.1191920 * linear[1] + 0.9503041 * linear[2]) / 1.08883);
  const auto scaled = [](double value) { return static_cast<std::uint16_t>(std::lround(std::clamp(value, 0.0, 1.0) * 65535)); };
  return {scaled((116 * y - 16) / 100), scaled((500 * (x - y) + 128) / 255), scaled((200 * (y - z) + 128) / 255)};
}

/// Frames of all segments, bit by bit: pixels of frame after frame without a gap, the first in the lowest bit.
class FrameBits {
 public:
  explicit FrameBits(std::int64_t pixelsPerFrame) : m_pixels(static_cast<std::size_t>(pixelsPerFrame)) {}
  void add(std::span<const std::uint8_t> frame) {
    m_bytes.resize(((m_frames + 1) * m_pixels + 7) / 8, '\0');
    for (std::size_t i = 0; i < m_pixels; ++i)
      if (frame[i] != 0) {
        const std::size_t at = m_frames * m_pixels + i;
        m_bytes[at / 8] = static_cast<char>(m_bytes[at / 8] | 1 << at % 8);
      }
    ++m_frames;
  }
  std::size_t frames() const { return m_frames; }
  std::string take() { return std::move(m_bytes); }

 private:
  std::size_t m_pixels, m_frames = 0;
  std::string m_bytes;
};

class SegmentationWriter {
 public:
  SegmentationWriter(const ExportedCase& one, const DicomSource& source, const LabelSet& classes, LabelOrigin origin)
      : m_case(one), m_source(source), m_origin(origin), m_bits(one.geometry.size.x * one.geometry.size.y) {
    bool plain = true;
    for (const auto& [tag, value] : source.identity) plain = plain && (tag == "00080005" || isAscii(value));
    const auto charset = source.identity.find("00080005");
    m_utf8 = plain || (charset != source.identity.end() && charset->second == "ISO_IR 192");
    for (int c = 0; c < classes.size(); ++c)
      if (const auto& label = one.annotation.classes[static_cast<std::size_t>(c)]; label.state != ClassState::NotAnnotated)
        m_segments.push_back({&classes[c], &label.mask});
  }

  /// The bytes of the file; empty: no segment has a pixel.
  std::string encoded() {
    std::vector<DicomWriter> frames;
    for (std::size_t s = 0; s < m_segments.size(); ++s) addFrames(static_cast<std::uint16_t>(s + 1), *m_segments[s].mask, frames);
    if (frames.empty()) return {};
    const std::string now = utcNow(), pixels = m_bits.take();
    const std::string instance =
        uidOf("instance " + m_source.seriesInstance + " " + m_case.name + " " + contentHash(m_case.annotation) + " " + now);
    DicomWriter data;
    patientAndStudy(data);
    data.text(0x00080008, "CS", "DERIVED\\PRIMARY");
    data.text(0x00080016, "UI", kSegmentation);
    data.text(0x00080018, "UI", instance);
    data.text(0x00080023, "DA", now.substr(0, 4) + now.substr(5, 2) + now.substr(8, 2));
    data.text(0x00080033, "TM", now.substr(11, 2) + now.substr(14, 2) + now.substr(17, 2));
    data.text(0x00080060, "CS", "SEG");
    data.text(0x00080070, "LO", "Roundel");
    data.text(0x0008103E, "LO", "Segmentation");
    data.text(0x00081090, "LO", "Roundel");
    data.text(0x00181000, "LO", "1");
    data.text(0x00181020, "LO", buildId().empty() ? "unknown" : buildId().substr(0, 16));
    data.text(0x0020000E, "UI", uidOf("series " + m_source.seriesInstance));
    data.text(0x00200011, "IS", "1000");
    data.text(0x00200013, "IS", "1");
    data.text(0x00200052, "UI",
              m_source.frameOfReference.empty() ? uidOf("frame of reference " + m_source.seriesInstance) : m_source.frameOfReference);
    data.text(0x00201040, "LO", "");
    pixelModule(data);
    references(data);
    dimensions(data, instance);
    segments(data);
    data.sequence(0x52009229, {sharedGroups()});
    data.sequence(0x52009230, frames);
    data.bytes(0x7FE00010, "OB", pixels);
    return dicomFile(kSegmentation, instance, data);
  }

  bool namesChanged() const {
    return std::any_of(m_segments.begin(), m_segments.end(),
                       [&](const Segment& one) { return shortText(one.labelClass->name, m_utf8) != one.labelClass->name; });
  }

 private:
  void patientAndStudy(DicomWriter& data) const {
    static const std::map<std::string, std::string> vrs{{"00080020", "DA"}, {"00080030", "TM"}, {"00080050", "SH"}, {"00080090", "PN"},
                                                        {"00081030", "LO"}, {"00100010", "PN"}, {"00100020", "LO"}, {"00100030", "DA"},
                                                        {"00100040", "CS"}, {"00101010", "AS"}, {"0020000D", "UI"}, {"00200010", "SH"}};
    for (const auto& [tag, vr] : vrs) {
      const auto found = m_source.identity.find(tag);
      const bool optional = tag == "00081030" || tag == "00101010";
      if (found == m_source.identity.end() && optional) continue;
      data.text(static_cast<std::uint32_t>(std::stoul(tag, nullptr, 16)), vr, found == m_source.identity.end() ? "" : found->second);
    }
    if (!m_source.identity.contains("0020000D")) data.text(0x0020000D, "UI", uidOf("study " + m_source.seriesInstance));
    const auto charset = m_source.identity.find("00080005");
    if (m_utf8) data.text(0x00080005, "CS", "ISO_IR 192");
    else if (charset != m_source.identity.end()) data.text(0x00080005, "CS", charset->second);
  }

  void pixelModule(DicomWriter& data) {
    data.unsigned16(0x00280002, {1});
    data.text(0x00280004, "CS", "MONOCHROME2");
    data.text(0x00280008, "IS", std::to_string(m_bits.frames()));
    data.unsigned16(0x00280010, {static_cast<std::uint16_t>(m_case.geometry.size.y)});
    data.unsigned16(0x00280011, {static_cast<std::uint16_t>(m_case.geometry.size.x)});
    data.unsigned16(0x00280100, {1});
    data.unsigned16(0x00280101, {1});
    data.unsigned16(0x00280102, {0});
    data.unsigned16(0x00280103, {0});
    data.text(0x00282110, "CS", "00");
  }

  /// Every object that a slice comes from, once.
  void references(DicomWriter& data) const {
    std::vector<DicomWriter> instances;
    std::string last;
    for (const auto& slice : m_source.slices) {
      if (slice.sopInstance == last) continue;
      last = slice.sopInstance;
      instances.push_back(reference(slice));
    }
    DicomWriter series;
    series.text(0x0020000E, "UI", m_source.seriesInstance);
    series.sequence(0x0008114A, instances);
    data.sequence(0x00081115, {series});
  }

  static DicomWriter reference(const DicomSource::Slice& slice) {
    DicomWriter item;
    item.text(0x00081150, "UI", slice.sopClass);
    item.text(0x00081155, "UI", slice.sopInstance);
    return item;
  }

  static void dimensions(DicomWriter& data, const std::string& instance) {
    const std::string organisation = uidOf("dimensions " + instance);
    DicomWriter item;
    item.text(0x00209164, "UI", organisation);
    data.sequence(0x00209221, {item});
    std::vector<DicomWriter> indices(2);
    const std::uint32_t pointers[2] = {0x0062000B, 0x00200032}, groups[2] = {0x0062000A, 0x00209113};
    const char* labels[2] = {"Segment", "Position"};
    for (std::size_t i = 0; i < 2; ++i) {
      indices[i].text(0x00209164, "UI", organisation);
      indices[i].tags(0x00209165, {pointers[i]});
      indices[i].tags(0x00209167, {groups[i]});
      indices[i].text(0x00209421, "LO", labels[i]);
    }
    data.sequence(0x00209222, indices);
  }

  void segments(DicomWriter& data) const {
    bool overlap = false;
    Mask seen(m_case.annotation.size);
    std::vector<DicomWriter> items;
    for (std::size_t s = 0; s < m_segments.size(); ++s) {
      const auto& [labelClass, mask] = m_segments[s];
      if (!mask->empty()) {
        overlap = overlap || overlapArea(seen, *mask) > 0;
        seen = unite(seen, *mask);
      }
      const std::string name = shortText(labelClass->name, m_utf8);
      DicomWriter item;
      item.code(0x00620003, "123037004", "SCT", "Anatomical Structure");
      item.unsigned16(0x00620004, {static_cast<std::uint16_t>(s + 1)});
      item.text(0x00620005, "LO", name);
      // Drawn by hand, with prompts or corrected: this program does not tell them apart in a finished label.
      item.text(0x00620008, "CS", m_origin == LabelOrigin::Machine ? "AUTOMATIC" : "SEMIAUTOMATIC");
      item.text(0x00620009, "LO", "Roundel");
      item.unsigned16(0x0062000D, labOf(labelClass->colour));
      item.code(0x0062000F, "C" + std::to_string(labelClass->id), "99ROUNDEL", name);
      items.push_back(std::move(item));
    }
    data.text(0x00620001, "CS", "BINARY");
    data.sequence(0x00620002, items);
    data.text(0x00620013, "CS", overlap ? "YES" : "NO");
    data.text(0x00700080, "CS", "SEGMENTATION");
    data.text(0x00700081, "LO", "");
    data.text(0x00700084, "PN", "");
  }

  DicomWriter sharedGroups() const {
    const auto& spacing = m_case.geometry.spacingMm;
    DicomWriter measures, orientation, groups;
    measures.decimals(0x00180050, {spacing[2]});
    measures.decimals(0x00180088, {spacing[2]});
    measures.decimals(0x00280030, {spacing[1], spacing[0]});
    orientation.decimals(0x00200037, {m_source.orientation.begin(), m_source.orientation.end()});
    groups.sequence(0x00289110, {measures});
    groups.sequence(0x00209116, {orientation});
    return groups;
  }

  void addFrames(std::uint16_t segment, const Mask& mask, std::vector<DicomWriter>& frames) {
    const Size& size = m_case.geometry.size;
    const std::int64_t pixels = size.x * size.y;
    std::vector<std::uint8_t> frame(static_cast<std::size_t>(pixels));
    const auto& runs = mask.runs();
    std::size_t at = 0;
    for (std::int64_t z = 0; z < size.z; ++z) {
      std::fill(frame.begin(), frame.end(), std::uint8_t{0});
      bool any = false;
      // A run may go on from one slice to the next.
      for (; at < runs.size() && runs[at].start < (z + 1) * pixels; ++at) {
        const std::int64_t from = std::max(runs[at].start, z * pixels), to = std::min(runs[at].start + runs[at].length, (z + 1) * pixels);
        std::fill(frame.begin() + (from - z * pixels), frame.begin() + (to - z * pixels), std::uint8_t{1});
        any = any || to > from;
        if (runs[at].start + runs[at].length > (z + 1) * pixels) break;
      }
      if (!any) continue;
      m_bits.add(frame);
      frames.push_back(groupsOf(segment, z));
    }
  }

  DicomWriter groupsOf(std::uint16_t segment, std::int64_t z) const {
    const DicomSource::Slice& slice = m_source.slices[static_cast<std::size_t>(z)];
    DicomWriter content, position, identification, derivation, groups;
    DicomWriter image = reference(slice);
    if (slice.frame > 0) image.text(0x00081160, "IS", std::to_string(slice.frame));
    image.text(0x0028135A, "CS", "YES");  // pixel for pixel where it was in the source
    image.code(0x0040A170, "121322", "DCM", "Source image for image processing operation");
    derivation.code(0x00089215, "113076", "DCM", "Segmentation");
    derivation.sequence(0x00082112, {image});
    content.unsigned32(0x00209157, {segment, static_cast<std::uint32_t>(z + 1)});
    position.decimals(0x00200032, {slice.position.begin(), slice.position.end()});
    identification.unsigned16(0x0062000B, {segment});
    groups.sequence(0x00089124, {derivation});
    groups.sequence(0x00209111, {content});
    groups.sequence(0x00209113, {position});
    groups.sequence(0x0062000A, {identification});
    return groups;
  }

  const ExportedCase& m_case;
  const DicomSource& m_source;
  LabelOrigin m_origin;
  FrameBits m_bits;
  std::vector<Segment> m_segments;
  bool m_utf8 = true;
};

void leaveOut(ExportReport& report, const std::string& name, const std::string& code, const std::string& message) {
  report.warnings.push_back({code, name, message});
}

}  // namespace

ExportReport DicomSegExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  ExportReport report;
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    try {
      const DicomSource dicom = source.dicom(one);
      if (static_cast<std::int64_t>(dicom.slices.size()) != one.geometry.size.z)
        throw Error(ErrorKind::BadInput, "size-mismatch",
                    "The series of " + one.name + " has " + std::to_string(dicom.slices.size()) + " slices, but its labels have " +
                        std::to_string(one.geometry.size.z) + ".");
      SegmentationWriter writer(one, dicom, source.classes, source.origin);
      if (const std::string bytes = writer.encoded(); bytes.empty()) {
        leaveOut(report, one.name, "no-pixels",
                 "No class has a pixel in " + one.name + ", so that there is no segmentation object to write.");
      } else {
        report.files.push_back(folder / (fileNameOf(one.name) + ".dcm"));
        writeFileAtomically(report.files.back(), bytes);
        ++report.cases;
        if (writer.namesChanged())
          leaveOut(report, one.name, "names-changed",
                   "Names of classes were shortened or written in plain letters in " + one.name +
                       ": the character set of its patient cannot hold them.");
        reportLosses(report, "A segmentation object",
                     {.notAnnotated = FormatAbility::NotAnnotated::BecomesBackground, .ignore = FormatAbility::Ignore::Lost}, one,
                     source.classes, 0);
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      leaveOut(report, one.name, error.code(), one.name + " was left out: " + error.what());
    }
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing segmentation objects");
  }
  if (report.cases == 0)
    throw Error(
        ErrorKind::BadInput, "nothing-exported",
        "No case could be written as a DICOM segmentation object." + (report.warnings.empty() ? "" : " " + report.warnings.front().message),
        {.remedy = "Segmentation objects are made for cases that were imported as DICOM; export others as nifti."});
  return report;
}

}  // namespace roundel
