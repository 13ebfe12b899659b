#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/annotation.h"

namespace roundel {

/// Stands in place of a class's index for the annotation's region to ignore.
inline constexpr int kIgnoreRegion = -1;
/// The box of an edit that changed nothing.
inline constexpr PixelBox kNoPixels{0, 0, 0, 0, 0, 0};

inline int classCountOf(const Annotation& annotation) { return static_cast<int>(annotation.classes.size()); }

/// The mask of a class, or the region to ignore. The index is one of the annotation's or kIgnoreRegion.
inline const Mask& maskOf(const Annotation& annotation, int classIndex) {
  return classIndex == kIgnoreRegion ? annotation.ignore : annotation.classes[static_cast<std::size_t>(classIndex)].mask;
}

/// What one edit does to one class: pixels that come in, pixels that go out (never both), and what is known of the class.
struct ClassChange {
  int classIndex = 0;  ///< from 0 in the annotation's order, or kIgnoreRegion
  Mask added;
  Mask removed;
  ClassState before = ClassState::NotAnnotated;  ///< both NotAnnotated for the region to ignore
  ClassState after = ClassState::NotAnnotated;

  bool operator==(const ClassChange&) const = default;
};

/// One change of an Annotation that can be undone: only the runs that change, so a stroke costs some hundred bytes.
///
/// Everything that changes labels is one of these: a stroke, a tool, an accepted prompt, a class marked absent.
struct LabelEdit {
  std::string name;                  ///< a stable word for what was done ("brush", "threshold", "mark-absent"); the desktop translates it
  int classIndex = 0;                ///< the class that was worked on, or kIgnoreRegion
  Size size;                         ///< grid of the annotation
  std::vector<ClassChange> changes;  ///< one for every class that changes, ascending

  bool empty() const { return changes.empty(); }
  bool operator==(const LabelEdit&) const = default;
};

/// Changes the annotation. Throws Error(BadInput, "edit-mismatch") and leaves the annotation as it was where the edit was not made
/// on these labels: another grid or number of classes, another state, an added pixel that is already in, a removed one that is not.
void applyEdit(Annotation& annotation, const LabelEdit& edit);
/// Takes it back: every voxel and every state is as before. Throws as above.
void undoEdit(Annotation& annotation, const LabelEdit& edit);
/// The edit that takes this one back.
LabelEdit inverted(LabelEdit edit);

/// The edit from one annotation to another on the same grid with the same classes. Throws Error(BadInput, "size-mismatch").
LabelEdit differenceOf(const Annotation& before, const Annotation& after, std::string name, int classIndex);
/// Says of a class that it is absent, not annotated, or present (empty until somebody paints); the first two empty its mask.
LabelEdit stateEdit(const Annotation& annotation, int classIndex, ClassState state);

/// Tight box of all pixels that change; empty where only states do.
PixelBox boundsOf(const LabelEdit& edit);
/// The smallest box around both; an empty one adds nothing.
PixelBox unitedBoxes(const PixelBox& a, const PixelBox& b);
/// Pixels that come in and go out, over all classes.
std::int64_t changedPixels(const LabelEdit& edit);
/// Bytes that it takes in memory.
std::size_t byteSizeOf(const LabelEdit& edit);

/// As bytes for the journal: numbers of variable length, runs as gaps. The same edit gives the same bytes.
std::string packEdit(const LabelEdit& edit);
/// Throws Error(BadInput, "damaged-edit"); bytes from anywhere can be given: it allocates no more than they justify.
LabelEdit unpackEdit(std::string_view bytes);

/// The edit for a study whose classes were put in another order: entry i of `from` and `to` is the id of class i.
/// Changes of classes that are no longer there are left out.
LabelEdit inClassOrder(const LabelEdit& edit, const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& to);

}  // namespace roundel
