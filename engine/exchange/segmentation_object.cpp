#include "exchange/segmentation_object.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "raster/grid_map.h"

namespace roundel {
namespace {

/// Runs of pixels that hold a number, a number at a time, appended to those of its segment.
using SegmentRuns = std::map<int, std::vector<Mask::Run>>;

std::string nameOf(const Json& segment) {
  for (const char* key : {"label", "type"})
    if (const auto text = segment.value(key, std::string()); !text.empty()) return sanitisedUtf8(text);
  return "segment " + std::to_string(segment.value("number", 0));
}

}  // namespace

SegmentationObject::SegmentationObject(StoredImage image, const std::string& name) : m_image(std::move(image)), m_name(name) {
  const auto refuse = [&](const std::string& reason) {
    throw Error(ErrorKind::BadInput, "not-a-segmentation", name + " cannot be used as labels: " + reason + ".", {.path = name});
  };
  if (!m_image.source.is_object() || !m_image.source.contains("segmentation")) refuse("it is no DICOM segmentation object");
  const Json& facts = m_image.source["segmentation"];
  m_type = facts.at("type").get<std::string>();
  m_largest = facts.at("largest").get<double>();
  m_series = facts.at("series").get<std::vector<std::string>>();
  if (facts.at("frames").size() != static_cast<std::size_t>(m_image.geometry.size.z)) refuse("its frames do not say where they lie");
  m_row = facts.at("row").get<std::array<double, 3>>();
  m_column = facts.at("column").get<std::array<double, 3>>();
  for (const auto& frame : facts.at("frames"))
    m_frames.push_back({frame.at("segment").get<int>(), frame.at("position").get<std::array<double, 3>>()});
  std::set<std::string> taken;
  for (const auto& segment : facts.at("segments")) {
    const int number = segment.at("number").get<int>();
    if (m_type == "LABELMAP" && number == 0) continue;  // the background is listed there
    std::string text = nameOf(segment);
    if (!taken.insert(text).second) text += " (" + std::to_string(number) + ")";
    m_names.push_back(std::move(text));
    m_numbers.push_back(number);
  }
}

Geometry SegmentationObject::planeOf(const Frame& frame) const {
  Geometry plane{.size = {m_image.geometry.size.x, m_image.geometry.size.y, 1}, .originMm = frame.position};
  plane.spacingMm = {m_image.geometry.spacingMm[0], m_image.geometry.spacingMm[1], 1};
  const auto &r = m_row, &c = m_column;
  const std::array<double, 3> normal{r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]};
  for (std::size_t part = 0; part < 3; ++part) {
    plane.direction[3 * part] = r[part];
    plane.direction[3 * part + 1] = c[part];
    plane.direction[3 * part + 2] = normal[part];
  }
  return plane;
}

std::map<std::string, Mask> SegmentationObject::masksOn(const Geometry& geometry) const {
  SegmentRuns runs;
  const auto pixels = static_cast<std::size_t>(m_image.geometry.size.x * m_image.geometry.size.y);
  const bool labelMap = m_type == "LABELMAP";
  std::int64_t outside = 0;
  for (std::size_t f = 0; f < m_frames.size(); ++f) {
    const Geometry plane = planeOf(m_frames[f]);
    // Segment -> its pixels in this frame.
    std::map<int, std::vector<Mask::Run>> found;
    for (std::size_t i = 0; i < pixels;) {
      const auto segmentAt = [&](std::size_t at) {
        const double value = valueAt(m_image.values, f * pixels + at);
        if (labelMap) return static_cast<int>(value);
        return value > 0 && (m_type != "FRACTIONAL" || 2 * value >= m_largest) ? m_frames[f].segment : 0;
      };
      const std::size_t start = i;
      const int segment = segmentAt(start);
      while (++i < pixels && segmentAt(i) == segment) {
      }
      if (segment != 0) found[segment].push_back({static_cast<std::int64_t>(start), static_cast<std::int64_t>(i - start)});
    }
    if (found.empty()) continue;
    const auto place = gridMap(plane, geometry);
    if (!place)
      throw Error(ErrorKind::BadInput, "grid-mismatch",
                  "Segments of " + m_name + " do not lie on the pixels of the series that they are for.",
                  {.path = m_name, .remedy = "Import the series that it was drawn on."});
    for (auto& [segment, list] : found) {
      const CarriedMask moved = carried(Mask(plane.size, std::move(list)), *place, geometry.size);
      outside += moved.outside;
      auto& all = runs[segment];
      all.insert(all.end(), moved.mask.runs().begin(), moved.mask.runs().end());
    }
  }
  if (outside > 0)
    throw Error(ErrorKind::BadInput, "grid-mismatch",
                std::to_string(outside) + " pixels of " + m_name + " lie outside the series that they are for.",
                {.path = m_name, .remedy = "Import the whole series that it was drawn on."});
  std::map<std::string, Mask> masks;
  for (std::size_t s = 0; s < m_names.size(); ++s) masks.emplace(m_names[s], Mask(geometry.size, std::move(runs[m_numbers[s]])));
  return masks;
}

}  // namespace roundel
