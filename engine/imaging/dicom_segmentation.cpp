#include "imaging/dicom_segmentation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace roundel {
namespace {

bool isSegmentation(const std::string& sopClass) {
  return sopClass == "1.2.840.10008.5.1.4.1.1.66.4" || sopClass == "1.2.840.10008.5.1.4.1.1.66.7";
}

/// US of a binary data set; 0 where absent.
int whole(const DicomDataset& data, DicomTag tag) {
  const double value = data.number(tag, "US").value_or(0);
  return value >= 0 && value <= 65535 ? static_cast<int>(std::lround(value)) : 0;
}

std::string codeMeaning(const DicomDataset& item, DicomTag sequence) {
  const auto codes = item.sequence(sequence);
  return codes.empty() ? std::string() : codes.front().text(0x00080104);
}

Json segmentsOf(const DicomDataset& root) {
  Json segments = Json::array();
  for (const auto& item : root.sequence(0x00620002))
    segments.push_back({{"number", whole(item, 0x00620004)}, {"label", item.text(0x00620005)}, {"type", codeMeaning(item, 0x0062000F)}});
  return segments;
}

bool alike(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return std::abs(a[0] - b[0]) < 1e-4 && std::abs(a[1] - b[1]) < 1e-4 && std::abs(a[2] - b[2]) < 1e-4;
}

}  // namespace

Json segmentationOf(const DicomFile& dicom, const DicomScopes& scopes, const std::vector<SlicePlacement>& planes,
                    const std::vector<std::size_t>& order, const std::string& salt) {
  const DicomDataset& root = dicom.dataset;
  if (!isSegmentation(root.text(0x00080016))) return nullptr;
  Json series = Json::array();
  for (const auto& item : root.sequence(0x00081115))
    if (std::string key = readSeriesKey(item, salt); !key.empty()) series.push_back(std::move(key));
  Json result{{"type", root.text(0x00620001)},
              {"largest", std::max(whole(root, 0x0062000E), 1)},
              {"series", std::move(series)},
              {"segments", segmentsOf(root)},
              {"frames", Json::array()}};
  const bool together = std::all_of(planes.begin(), planes.end(), [&](const SlicePlacement& plane) {
    return alike(plane.rowDirection, planes.front().rowDirection) && alike(plane.columnDirection, planes.front().columnDirection);
  });
  if (planes.empty() || !together) return result;
  result["row"] = planes.front().rowDirection;
  result["column"] = planes.front().columnDirection;
  std::vector<std::size_t> frames = order;
  if (frames.empty()) {
    frames.resize(planes.size());
    std::iota(frames.begin(), frames.end(), std::size_t{0});
  }
  for (const std::size_t frame : frames) {
    const auto identification = scopes.group(0x0062000A, frame);
    result["frames"].push_back(
        {{"segment", identification ? whole(*identification, 0x0062000B) : 0}, {"position", planes.at(frame).position}});
  }
  return result;
}

}  // namespace roundel
