#include "edit/paint_policy.h"

#include "core/error.h"

namespace roundel {
namespace {

bool listed(const std::vector<bool>& list, int classIndex) {
  return classIndex >= 0 && static_cast<std::size_t>(classIndex) < list.size() && list[static_cast<std::size_t>(classIndex)];
}

void requireClass(const Annotation& annotation, int classIndex) {
  if (classIndex < kIgnoreRegion || classIndex >= classCountOf(annotation))
    throw Error(ErrorKind::Usage, "unknown-class", "There is no class number " + std::to_string(classIndex) + " in these labels.");
}

bool sameGroup(const PaintPolicy& policy, int a, int b) {
  return a != b && policy.groupOf(a) > 0 && policy.groupOf(a) == policy.groupOf(b);
}

/// The change, with the ones that exclusive groups bring along.
LabelEdit editOf(const Annotation& annotation, int classIndex, Mask added, Mask removed, const PaintPolicy& policy, std::string name) {
  LabelEdit edit{.name = std::move(name), .classIndex = classIndex, .size = annotation.size, .changes = {}};
  const Mask none(annotation.size);
  for (int other = kIgnoreRegion; other < classCountOf(annotation); ++other) {
    ClassChange change;
    if (other == classIndex) change = changeOf(annotation, other, added, removed, policy);
    else if (sameGroup(policy, classIndex, other) && !added.empty())
      change = changeOf(annotation, other, none, intersect(maskOf(annotation, other), added), policy);
    else continue;
    if (!change.added.empty() || !change.removed.empty()) edit.changes.push_back(std::move(change));
  }
  return edit;
}

}  // namespace

bool PaintPolicy::isHidden(int classIndex) const { return listed(hidden, classIndex); }
bool PaintPolicy::isLocked(int classIndex) const { return classIndex == kIgnoreRegion ? ignoreLocked : listed(locked, classIndex); }
int PaintPolicy::groupOf(int classIndex) const {
  return classIndex >= 0 && static_cast<std::size_t>(classIndex) < exclusiveGroup.size()
             ? exclusiveGroup[static_cast<std::size_t>(classIndex)]
             : 0;
}

Mask editableArea(const Annotation& annotation, int classIndex, PaintMode mode, const PaintPolicy& policy, const Mask& within) {
  requireClass(annotation, classIndex);
  if (policy.isLocked(classIndex)) return Mask(annotation.size);
  Mask area = within;
  if (policy.over == PaintOver::OnlyClass) {
    requireClass(annotation, policy.onlyClass);
    area = intersect(area, maskOf(annotation, policy.onlyClass));
  }
  for (int other = 0; other < classCountOf(annotation); ++other) {
    if (other == classIndex || maskOf(annotation, other).empty()) continue;
    const bool blocks = policy.over == PaintOver::Empty || (policy.over == PaintOver::Visible && policy.isHidden(other)) ||
                        (mode == PaintMode::Add && policy.isLocked(other) && sameGroup(policy, classIndex, other));
    if (blocks) area = subtract(area, maskOf(annotation, other));
  }
  return area;
}

ClassChange changeOf(const Annotation& annotation, int classIndex, Mask added, Mask removed, const PaintPolicy& policy) {
  ClassChange change{.classIndex = classIndex, .added = std::move(added), .removed = std::move(removed)};
  if (classIndex == kIgnoreRegion) return change;
  const auto& one = annotation.classes[static_cast<std::size_t>(classIndex)];
  change.before = change.after = one.state;
  if (change.added.empty() && change.removed.empty()) return change;
  const std::int64_t left = one.mask.area() + change.added.area() - change.removed.area();
  change.after = left > 0 ? ClassState::Present : policy.emptied;
  return change;
}

LabelEdit paintEdit(const Annotation& annotation, int classIndex, const Mask& region, PaintMode mode, const PaintPolicy& policy,
                    std::string name) {
  const Mask area = editableArea(annotation, classIndex, mode, policy, region);
  const Mask& mask = maskOf(annotation, classIndex);
  const Mask none(annotation.size);
  if (mode == PaintMode::Add) return editOf(annotation, classIndex, subtract(area, mask), none, policy, std::move(name));
  return editOf(annotation, classIndex, none, intersect(mask, area), policy, std::move(name));
}

LabelEdit replaceEdit(const Annotation& annotation, int classIndex, const Mask& mask, const PaintPolicy& policy, std::string name) {
  requireClass(annotation, classIndex);
  const Mask& old = maskOf(annotation, classIndex);
  const Mask added = editableArea(annotation, classIndex, PaintMode::Add, policy, subtract(mask, old));
  const Mask removed = editableArea(annotation, classIndex, PaintMode::Remove, policy, subtract(old, mask));
  return editOf(annotation, classIndex, added, removed, policy, std::move(name));
}

LabelEdit replaceEdit(const Annotation& annotation, int classIndex, const Mask& mask, const Mask& within, const PaintPolicy& policy,
                      std::string name) {
  requireClass(annotation, classIndex);
  const Mask kept = subtract(maskOf(annotation, classIndex), within);
  return replaceEdit(annotation, classIndex, unite(kept, intersect(mask, within)), policy, std::move(name));
}

std::string toString(PaintOver over) {
  switch (over) {
    case PaintOver::All: return "all";
    case PaintOver::Visible: return "visible";
    case PaintOver::OnlyClass: return "only-class";
    case PaintOver::Empty: return "empty";
  }
  return {};
}

PaintOver paintOverFromString(const std::string& text) {
  for (const auto over : {PaintOver::All, PaintOver::Visible, PaintOver::OnlyClass, PaintOver::Empty})
    if (toString(over) == text) return over;
  throw Error(ErrorKind::Usage, "bad-parameter", "There is no way of painting named " + text + ".",
              {.remedy = "Known: all, visible, only-class, empty."});
}

}  // namespace roundel
