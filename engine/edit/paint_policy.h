#pragma once
#include <string>
#include <vector>

#include "edit/label_edit.h"

namespace roundel {

/// Where a class may be painted and erased, seen from the classes that already lie there.
enum class PaintOver {
  All,        ///< everywhere
  Visible,    ///< not where a hidden class lies: what one cannot see stays as it is
  OnlyClass,  ///< only within one class (a crown within its tooth)
  Empty       ///< only where no other class lies
};

enum class PaintMode { Add, Remove };

/// The rules that every tool keeps. Lists are by class index; a list that is too short says "no" (or 0) for the rest.
struct PaintPolicy {
  PaintOver over = PaintOver::All;
  int onlyClass = 0;                     ///< for OnlyClass
  std::vector<bool> hidden = {};         ///< classes that are not shown
  std::vector<bool> locked = {};         ///< classes that no edit changes
  bool ignoreLocked = false;             ///< the region to ignore is locked
  std::vector<int> exclusiveGroup = {};  ///< classes of the same group (above 0) never overlap: painting one erases the others there
  /// What is known of a class once its last pixel is erased. Not annotated: nobody has said that it is absent.
  ClassState emptied = ClassState::NotAnnotated;

  bool isHidden(int classIndex) const;
  bool isLocked(int classIndex) const;
  int groupOf(int classIndex) const;
};

/// The pixels of `within` where the class may change in the given way. A pixel where a locked class of the same exclusive group
/// lies cannot be painted. Empty for a locked class. Throws Error(Usage, "unknown-class") on an index outside the annotation.
Mask editableArea(const Annotation& annotation, int classIndex, PaintMode mode, const PaintPolicy& policy, const Mask& within);

/// Adds the region to the class or removes it, as far as the policy lets it.
LabelEdit paintEdit(const Annotation& annotation, int classIndex, const Mask& region, PaintMode mode, const PaintPolicy& policy,
                    std::string name);
/// Makes the class's mask `mask` (within `within` alone), as far as the policy lets it.
/// An accepted prompt is one of these.
LabelEdit replaceEdit(const Annotation& annotation, int classIndex, const Mask& mask, const PaintPolicy& policy, std::string name);
LabelEdit replaceEdit(const Annotation& annotation, int classIndex, const Mask& mask, const Mask& within, const PaintPolicy& policy,
                      std::string name);

/// The change of one class, with the states that follow from it; nothing to do where both masks are empty and the state stays.
ClassChange changeOf(const Annotation& annotation, int classIndex, Mask added, Mask removed, const PaintPolicy& policy);

std::string toString(PaintOver over);
/// Throws Error(Usage, "bad-parameter").
PaintOver paintOverFromString(const std::string& text);

}  // namespace roundel
