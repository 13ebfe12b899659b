#pragma once
#include <array>
#include <vector>

#include "edit/edit_tool.h"

namespace roundel {

/// The part of a case that a tool works on, as a small case of its own: one slice (z = 1), or the whole volume.
/// On a slice x and y are the slice's own axes: (x, y) on Z, (x, z) on Y, (y, z) on X.
class WorkGrid {
 public:
  explicit WorkGrid(const EditRequest& request);

  const Size& size() const { return m_size; }
  /// Of the grid's own axes; ones where the spacing is not known.
  const std::array<double, 3>& spacingMm() const { return m_spacing; }
  /// Whether it is one slice (or a picture).
  bool flat() const { return m_size.z == 1; }

  Mask toGrid(const Mask& mask) const;
  Mask toCase(const Mask& mask) const;
  /// The mask of a class, or of the region to ignore, on this grid.
  Mask classMask(int classIndex) const;
  /// Values of the image on this grid.
  std::vector<float> values() const;
  /// A point of the case in the grid's axes; on a slice z is 0.
  EditPoint toGrid(const EditPoint& point) const;
  /// Index of the pixel under a point of the case; -1 outside the grid.
  std::int64_t pixelAt(const EditPoint& point) const;

 private:
  const EditRequest& m_request;
  bool m_whole;
  Size m_size;
  std::array<double, 3> m_spacing;
};

/// What a tool's answer becomes: within the request's slice and region, as far as the policy lets it. Masks are on the grid.
LabelEdit addedEdit(const EditRequest& request, const WorkGrid& grid, const Mask& region, PaintMode mode, const std::string& name);
LabelEdit replacedEdit(const EditRequest& request, const WorkGrid& grid, const Mask& mask, const std::string& name);

}  // namespace roundel
