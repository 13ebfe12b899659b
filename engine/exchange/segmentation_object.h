#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/mask.h"
#include "exchange/study.h"

namespace roundel {

/// A DICOM segmentation object (DICOM-SEG) after decoding: masks of segments that may overlap, on some slices of a series.
class SegmentationObject {
 public:
  /// Throws Error(BadInput, "not-a-segmentation") where the image is none, or its frames do not say where they lie.
  SegmentationObject(StoredImage image, const std::string& name);

  /// Keys of the series that it names (ImageFacts::seriesKey); may be empty.
  const std::vector<std::string>& series() const { return m_series; }
  /// Names of its segments: the label, else the type, else "segment N"; with its number where two have one name.
  const std::vector<std::string>& segments() const { return m_names; }
  /// Some values were fractions: half and more counts as in.
  bool fractional() const { return m_type == "FRACTIONAL"; }

  /// The mask of every segment on the grid of the image; an empty one for a segment without pixels there.
  /// Throws Error(BadInput, "grid-mismatch") where a frame does not lie on the voxels of the image, or reaches beyond it with pixels.
  std::map<std::string, Mask> masksOn(const Geometry& geometry) const;

 private:
  struct Frame {
    int segment = 0;
    std::array<double, 3> position{0, 0, 0};
  };
  Geometry planeOf(const Frame& frame) const;

  StoredImage m_image;
  std::string m_name, m_type;
  double m_largest = 1;
  std::vector<std::string> m_series, m_names;
  std::vector<int> m_numbers;  ///< of the segments
  std::vector<Frame> m_frames;
  std::array<double, 3> m_row{1, 0, 0}, m_column{0, 1, 0};
};

}  // namespace roundel
