#include "imaging/dicom_facts.h"

#include <algorithm>
#include <cmath>

#include "core/hash.h"

namespace roundel {
namespace {

std::string_view signedVr(bool isSigned) { return isSigned ? "SS" : "US"; }

/// A Modality or VOI LUT item (PS3.3 C.11.1.1, C.11.2.1). None where descriptor and data do not fit.
std::optional<LookupTable> readTable(const DicomDataset& item, bool isSigned) {
  const auto descriptor = item.numbers(0x00283002, "US");
  const ByteView data = item.raw(0x00283006);
  if (descriptor.size() < 3 || data.empty()) return {};
  const auto count = static_cast<std::size_t>(std::lround(descriptor[0]) & 0xFFFF);
  LookupTable table{.bitsPerEntry = static_cast<int>(descriptor[2]), .explanation = item.text(0x00283003)};
  const auto first = static_cast<std::uint16_t>(std::lround(descriptor[1]) & 0xFFFF);
  table.firstMapped = isSigned ? static_cast<std::int16_t>(first) : static_cast<std::int64_t>(first);
  const std::size_t wanted = count == 0 ? 65536 : count;
  const bool bytes = data.size() < 2 * wanted && table.bitsPerEntry <= 8;
  if (data.size() < (bytes ? wanted : 2 * wanted) || table.bitsPerEntry < 1 || table.bitsPerEntry > 16) return {};
  table.entries.reserve(wanted);
  for (std::size_t index = 0; index < wanted; ++index)
    table.entries.push_back(bytes ? data[index] : get16(data, 2 * index, item.encoding().bigEndian));
  return table;
}

std::optional<Rescale> readRescale(const DicomDataset& data) {
  const auto slope = data.number(0x00281053), intercept = data.number(0x00281052);
  if (!slope && !intercept) return {};
  return Rescale{.slope = slope.value_or(1), .intercept = intercept.value_or(0)};
}

void readWindows(StoredImage& image, const DicomDataset& data) {
  const auto centers = data.numbers(0x00281050), widths = data.numbers(0x00281051);
  const auto explanations = data.texts(0x00281055);
  const auto function = windowFunctionFromString(data.text(0x00281056));
  for (std::size_t index = 0; index < std::min(centers.size(), widths.size()); ++index)
    image.windows.push_back({.center = centers[index],
                             .width = widths[index],
                             .function = function,
                             .explanation = index < explanations.size() ? explanations[index] : std::string()});
}

void readModality(StoredImage& image, const DicomLayout& layout, const DicomScopes& scopes, std::vector<Rescale>& differing) {
  for (const auto& item : scopes.root.sequence(0x00283000)) {
    if (const auto table = readTable(item, layout.isSigned)) {
      image.modality = *table;
      return;
    }
  }
  std::vector<Rescale> all;
  for (std::int64_t frame = 0; frame < layout.frames; ++frame) {
    const auto group = scopes.group(0x00289145, static_cast<std::size_t>(frame));
    const auto rescale = group ? readRescale(*group) : std::nullopt;
    if (!rescale) break;
    all.push_back(*rescale);
    if (scopes.perFrame.empty()) break;
  }
  if (all.empty()) {
    if (const auto rescale = readRescale(scopes.root)) image.modality = *rescale;
    return;
  }
  image.modality = all.front();
  const bool same = std::all_of(all.begin(), all.end(), [&](const Rescale& rescale) { return rescale == all.front(); });
  if (!same && all.size() == static_cast<std::size_t>(layout.frames)) differing = std::move(all);
}

void readVoi(StoredImage& image, const DicomLayout& layout, const DicomScopes& scopes) {
  if (const auto group = scopes.group(0x00289132, 0)) readWindows(image, *group);
  if (image.windows.empty()) readWindows(image, scopes.root);
  // The input of a VOI LUT is what the modality transform gives: signed where that can be negative.
  bool negative = layout.isSigned;
  if (const auto* rescale = std::get_if<Rescale>(&image.modality)) negative = negative || rescale->intercept < 0 || rescale->slope < 0;
  if (std::holds_alternative<LookupTable>(image.modality)) negative = false;
  for (const auto& item : scopes.root.sequence(0x00283010))
    if (auto table = readTable(item, negative)) image.voiLuts.push_back(std::move(*table));
}

std::optional<std::array<double, 3>> threeNumbers(const DicomDataset& data, DicomTag tag) {
  const auto numbers = data.numbers(tag);
  if (numbers.size() < 3 || !std::all_of(numbers.begin(), numbers.begin() + 3, [](double value) { return std::isfinite(value); }))
    return {};
  return std::array{numbers[0], numbers[1], numbers[2]};
}

bool readOrientation(const DicomDataset& data, SlicePlacement& plane) {
  const auto numbers = data.numbers(0x00200037);
  if (numbers.size() < 6 || !std::all_of(numbers.begin(), numbers.end(), [](double value) { return std::isfinite(value); })) return false;
  std::copy_n(numbers.begin(), 3, plane.rowDirection.begin());
  std::copy_n(numbers.begin() + 3, 3, plane.columnDirection.begin());
  return true;
}

/// [row, column] mm of a tag: between rows (y) first. False where absent or not above 0.
bool takeSpacing(Geometry& geometry, const DicomDataset& data, DicomTag tag, SpacingSource source) {
  const auto numbers = data.numbers(tag);
  const auto good = [](double value) { return std::isfinite(value) && value > 0; };
  if (numbers.size() < 2 || !good(numbers[0]) || !good(numbers[1])) return false;
  geometry.spacingMm[0] = numbers[1];
  geometry.spacingMm[1] = numbers[0];
  geometry.spacingSource = source;
  return true;
}

}  // namespace

DicomScopes::DicomScopes(const DicomDataset& top) : root(top), shared(top.sequence(0x52009229)), perFrame(top.sequence(0x52009230)) {}

std::optional<DicomDataset> DicomScopes::group(DicomTag sequence, std::size_t frame) const {
  if (frame < perFrame.size()) {
    auto items = perFrame[frame].sequence(sequence);
    if (!items.empty()) return std::move(items.front());
  }
  if (!shared.empty()) {
    auto items = shared.front().sequence(sequence);
    if (!items.empty()) return std::move(items.front());
  }
  return {};
}

void readFacts(StoredImage& image, const DicomFile& dicom, const DicomLayout& layout, const DicomScopes& scopes,
               std::vector<Rescale>& differing) {
  const DicomDataset& data = dicom.dataset;
  readModality(image, layout, scopes, differing);
  readVoi(image, layout, scopes);
  const std::string shape = data.text(0x20500020);
  if (shape == "IDENTITY") image.presentation = PresentationShape::Identity;
  if (shape == "INVERSE") image.presentation = PresentationShape::Inverse;
  if (const auto padding = data.number(0x00280120, signedVr(layout.isSigned))) {
    // The VR of this tag follows the pixels; writers that say US for signed pixels mean the same bits.
    const auto fold = [&](double value) { return layout.isSigned && value > 32767 ? value - 65536 : value; };
    image.padding = PixelPadding{.value = fold(*padding)};
    if (const auto limit = data.number(0x00280121, signedVr(layout.isSigned))) image.padding->limit = fold(*limit);
  }
  image.modalityWord = data.text(0x00080060);
  image.bodyPart = data.text(0x00180015);
  image.laterality = data.text(0x00200062);
  if (image.laterality.empty()) image.laterality = data.text(0x00200060);
  if (image.laterality.empty())
    if (const auto anatomy = scopes.group(0x00209071, 0)) image.laterality = anatomy->text(0x00209072);
  image.burnedInAnnotation = data.text(0x00280301) == "YES";
}

void readSpacing(Geometry& geometry, const DicomScopes& scopes) {
  const DicomDataset& root = scopes.root;
  if (const auto measures = scopes.group(0x00289110, 0)) {
    if (takeSpacing(geometry, *measures, 0x00280030, SpacingSource::FunctionalGroup)) {
      if (const auto between = measures->number(0x00180088); between && *between > 0) geometry.spacingMm[2] = *between;
      else if (const auto thick = measures->number(0x00180050); thick && *thick > 0) geometry.spacingMm[2] = *thick;
      return;
    }
  }
  const bool calibrated = !root.text(0x00280A02).empty();
  if (takeSpacing(geometry, root, 0x00280030, calibrated ? SpacingSource::PixelSpacingCalibrated : SpacingSource::PixelSpacing)) {
    if (const auto between = root.number(0x00180088); between && *between > 0) geometry.spacingMm[2] = *between;
    else if (const auto thick = root.number(0x00180050); thick && *thick > 0) geometry.spacingMm[2] = *thick;
    return;
  }
  if (takeSpacing(geometry, root, 0x00181164, SpacingSource::ImagerPixelSpacing)) return;
  takeSpacing(geometry, root, 0x00182010, SpacingSource::NominalScannedPixelSpacing);
}

std::vector<SlicePlacement> readPlanes(const DicomScopes& scopes, std::int64_t frames) {
  std::vector<SlicePlacement> planes;
  const auto offsets = scopes.root.numbers(0x3004000C);
  for (std::int64_t index = 0; index < frames; ++index) {
    const auto frame = static_cast<std::size_t>(index);
    SlicePlacement plane;
    const auto orientation = scopes.group(0x00209116, frame);
    if (!(orientation && readOrientation(*orientation, plane)) && !readOrientation(scopes.root, plane)) return {};
    const auto position = scopes.group(0x00209113, frame);
    auto place = position ? threeNumbers(*position, 0x00200032) : std::nullopt;
    if (!place) place = threeNumbers(scopes.root, 0x00200032);
    if (!place) return {};
    plane.position = *place;
    if (!position && frame < offsets.size() && offsets.size() == static_cast<std::size_t>(frames)) {
      const auto normal = normalOf(plane);
      for (std::size_t axis = 0; axis < 3; ++axis) plane.position[axis] += (offsets[frame] - offsets[0]) * normal[axis];
    }
    planes.push_back(plane);
  }
  return planes;
}

PatientFacts readPatient(const DicomDataset& data, const std::string& salt, const std::filesystem::path& file) {
  const std::string id = data.text(0x00100020);
  if (id.empty()) return patientOfFolder(salt, file);
  return {.hasPatientId = true, .patientKey = sha256Hex(salt + "\npatient\n" + id)};
}

PatientFacts patientOfFolder(const std::string& salt, const std::filesystem::path& file) {
  return {.hasPatientId = false,
          .patientKey = sha256Hex(salt + "\nfolder\n" + std::filesystem::absolute(file).lexically_normal().parent_path().string())};
}

std::string readSeriesKey(const DicomDataset& data, const std::string& salt) {
  const std::string uid = data.text(0x0020000E);
  return uid.empty() ? std::string() : sha256Hex(salt + "\nseries\n" + uid);
}

}  // namespace roundel
