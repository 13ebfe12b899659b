#include "imaging/dicom_source.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/files.h"
#include "core/series_list.h"
#include "imaging/decode_protocol.h"
#include "imaging/dicom_facts.h"
#include "imaging/dicom_reader.h"

namespace roundel {
namespace {

/// Patient and general study module (PS3.3 C.7.1.1, C.7.2.1), as far as a derived object must repeat them.
constexpr std::array<DicomTag, 13> kIdentity{0x00080005, 0x00080020, 0x00080030, 0x00080050, 0x00080090, 0x00081030, 0x00100010,
                                             0x00100020, 0x00100030, 0x00100040, 0x0020000D, 0x00200010, 0x00101010};

std::string tagText(DicomTag tag) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[tag >> shift & 0xF];
  return text;
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& reason) {
  throw Error(ErrorKind::BadInput, "not-dicom", displayPath(path.filename()) + " " + reason + ".", {.path = displayPath(path)});
}

std::vector<std::filesystem::path> filesOf(const std::vector<std::filesystem::path>& paths, const DecodeContext& context) {
  if (paths.empty()) throw Error(ErrorKind::Usage, "no-file", "No image file was given.");
  std::error_code failure;
  if (paths.size() > 1) return paths;
  if (std::filesystem::is_directory(paths.front(), failure)) return seriesFiles(paths.front(), context);
  const SourceFile file(paths.front());
  if (looksLikeSeriesList({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}))
    return readSeriesList(paths.front()).files;
  return paths;
}

std::string rawText(const DicomDataset& data, DicomTag tag) {
  const ByteView raw = data.raw(tag);
  std::string text(reinterpret_cast<const char*>(raw.data()), raw.size());
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  return text;
}

void takeIdentity(DicomSource& source, const DicomDataset& data, const SlicePlacement& plane) {
  for (const DicomTag tag : kIdentity)
    if (std::string value = rawText(data, tag); !value.empty() && value.size() < 4096) source.identity[tagText(tag)] = std::move(value);
  source.seriesInstance = data.text(0x0020000E);
  source.frameOfReference = data.text(0x00200052);
  std::copy(plane.rowDirection.begin(), plane.rowDirection.end(), source.orientation.begin());
  std::copy(plane.columnDirection.begin(), plane.columnDirection.end(), source.orientation.begin() + 3);
}

std::string hexOf(const std::string& bytes) { return hexOfPath(std::filesystem::path(bytes)); }

}  // namespace

DicomSource readDicomSource(const std::vector<std::filesystem::path>& paths, const DecodeContext& context) {
  const auto files = filesOf(paths, context);
  DicomSource source;
  std::vector<SlicePlacement> planes;
  for (const auto& path : files) {
    const SourceFile file(path);
    if (!looksLikeDicom(file.bytes())) refuse(path, "is no DICOM file");
    const DicomFile dicom = openDicom(file, context);
    const DicomLayout layout = readLayout(file, dicom);
    if (layout.frames > 1 && files.size() > 1) refuse(path, "holds several frames, so it is no slice of a series");
    const auto found = readPlanes(DicomScopes(dicom.dataset), layout.frames);
    if (found.empty()) refuse(path, "does not say where its pixels lie in the patient");
    if (planes.empty()) takeIdentity(source, dicom.dataset, found.front());
    for (std::size_t frame = 0; frame < found.size(); ++frame)
      source.slices.push_back({.sopClass = dicom.dataset.text(0x00080016),
                               .sopInstance = dicom.dataset.text(0x00080018),
                               .frame = layout.frames > 1 ? static_cast<int>(frame) + 1 : 0,
                               .position = found[frame].position});
    planes.insert(planes.end(), found.begin(), found.end());
  }
  const SliceOrder order = orderSlices(planes);
  const bool keepOrder = planes.size() > 1 && (!order.isVolume || (files.size() == 1 && order.order.size() != planes.size()));
  if (keepOrder) refuse(paths.front(), "holds slices that do not lie behind one another, so they are no volume");
  std::vector<DicomSource::Slice> sorted;
  for (const std::size_t index : order.order) sorted.push_back(std::move(source.slices[index]));
  source.slices = std::move(sorted);
  if (source.seriesInstance.empty() || source.slices.front().sopInstance.empty())
    refuse(paths.front(), "does not name its series, so nothing can refer to it");
  return source;
}

Json toJson(const DicomSource& source) {
  // Bytes in some character set: hexadecimal on their way.
  Json identity = Json::object(), slices = Json::array();
  for (const auto& [tag, value] : source.identity) identity[tag] = hexOf(value);
  for (const auto& slice : source.slices)
    slices.push_back({{"class", slice.sopClass}, {"instance", slice.sopInstance}, {"frame", slice.frame}, {"position", slice.position}});
  return {{"identity", std::move(identity)},
          {"series", source.seriesInstance},
          {"frame_of_reference", source.frameOfReference},
          {"orientation", source.orientation},
          {"slices", std::move(slices)}};
}

DicomSource dicomSourceFromJson(const Json& json) {
  try {
    DicomSource source{.seriesInstance = json.at("series").get<std::string>(),
                       .frameOfReference = json.at("frame_of_reference").get<std::string>(),
                       .orientation = json.at("orientation").get<std::array<double, 6>>()};
    for (const auto& [tag, value] : json.at("identity").items()) source.identity[tag] = pathOfHex(value.get<std::string>()).native();
    for (const auto& slice : json.at("slices"))
      source.slices.push_back({.sopClass = slice.at("class").get<std::string>(),
                               .sopInstance = slice.at("instance").get<std::string>(),
                               .frame = slice.at("frame").get<int>(),
                               .position = slice.at("position").get<std::array<double, 3>>()});
    return source;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::BadInput, "bad-document", std::string("The description of a DICOM series is damaged: ") + error.what());
  }
}

}  // namespace roundel
