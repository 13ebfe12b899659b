#include "edit/label_edit.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "edit/byte_codec.h"

namespace roundel {
namespace {

[[noreturn]] void mismatch() {
  throw Error(ErrorKind::BadInput, "edit-mismatch", "A change of the labels does not belong to these labels; they were left as they are.",
              {.remedy = "Open the case again from what is stored."});
}

bool isClass(const Annotation& annotation, int classIndex) { return classIndex >= 0 && classIndex < classCountOf(annotation); }

/// The state that an annotation gives a class; the region to ignore has none.
ClassState stateOf(const Annotation& annotation, int classIndex) {
  return classIndex == kIgnoreRegion ? ClassState::NotAnnotated : annotation.classes[static_cast<std::size_t>(classIndex)].state;
}

bool fits(const Annotation& annotation, const ClassChange& change) {
  if (change.classIndex != kIgnoreRegion && !isClass(annotation, change.classIndex)) return false;
  if (stateOf(annotation, change.classIndex) != change.before) return false;
  const Mask& mask = maskOf(annotation, change.classIndex);
  if (mask.size() != change.added.size() || mask.size() != change.removed.size()) return false;
  return overlapArea(mask, change.added) == 0 && overlapArea(mask, change.removed) == change.removed.area() &&
         overlapArea(change.added, change.removed) == 0;
}

bool keepsStates(const Annotation& annotation, const ClassChange& change, const Mask& result) {
  if (change.classIndex == kIgnoreRegion) return change.after == ClassState::NotAnnotated;
  return isClass(annotation, change.classIndex) && (result.empty() || change.after == ClassState::Present);
}

}  // namespace

void applyEdit(Annotation& annotation, const LabelEdit& edit) {
  if (edit.empty()) return;
  if (edit.size != annotation.size) mismatch();
  std::vector<Mask> results;
  int last = kIgnoreRegion - 1;
  for (const auto& change : edit.changes) {
    if (change.classIndex <= last || !fits(annotation, change)) mismatch();
    last = change.classIndex;
    const Mask& mask = maskOf(annotation, change.classIndex);
    Mask result = change.added.empty() ? mask : unite(mask, change.added);
    if (!change.removed.empty()) result = subtract(result, change.removed);
    if (!keepsStates(annotation, change, result)) mismatch();
    results.push_back(std::move(result));
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& change = edit.changes[i];
    if (change.classIndex == kIgnoreRegion) {
      annotation.ignore = std::move(results[i]);
    } else {
      auto& one = annotation.classes[static_cast<std::size_t>(change.classIndex)];
      one.mask = std::move(results[i]);
      one.state = change.after;
    }
  }
}

LabelEdit inverted(LabelEdit edit) {
  for (auto& change : edit.changes) {
    std::swap(change.added, change.removed);
    std::swap(change.before, change.after);
  }
  return edit;
}

void undoEdit(Annotation& annotation, const LabelEdit& edit) { applyEdit(annotation, inverted(edit)); }

LabelEdit differenceOf(const Annotation& before, const Annotation& after, std::string name, int classIndex) {
  if (before.size != after.size || before.classes.size() != after.classes.size())
    throw Error(ErrorKind::BadInput, "size-mismatch", "Two annotations have different images or classes and cannot be compared.");
  LabelEdit edit{.name = std::move(name), .classIndex = classIndex, .size = before.size, .changes = {}};
  for (int i = kIgnoreRegion; i < classCountOf(before); ++i) {
    const Mask &from = maskOf(before, i), &to = maskOf(after, i);
    if (from == to && stateOf(before, i) == stateOf(after, i)) continue;
    edit.changes.push_back({.classIndex = i,
                            .added = subtract(to, from),
                            .removed = subtract(from, to),
                            .before = stateOf(before, i),
                            .after = stateOf(after, i)});
  }
  return edit;
}

LabelEdit stateEdit(const Annotation& annotation, int classIndex, ClassState state) {
  if (!isClass(annotation, classIndex))
    throw Error(ErrorKind::Usage, "unknown-class", "There is no class number " + std::to_string(classIndex) + " in these labels.");
  const auto& one = annotation.classes[static_cast<std::size_t>(classIndex)];
  LabelEdit edit{.name = "mark-" + toString(state), .classIndex = classIndex, .size = annotation.size, .changes = {}};
  if (one.state == state) return edit;
  const Mask none(annotation.size);
  edit.changes.push_back({.classIndex = classIndex,
                          .added = none,
                          .removed = state == ClassState::Present ? none : one.mask,
                          .before = one.state,
                          .after = state});
  return edit;
}

PixelBox unitedBoxes(const PixelBox& a, const PixelBox& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1),
          std::max(a.y1, b.y1), std::min(a.z0, b.z0), std::max(a.z1, b.z1)};
}

PixelBox boundsOf(const LabelEdit& edit) {
  PixelBox all{0, 0, 0, 0, 0, 0};
  for (const auto& change : edit.changes) all = unitedBoxes(unitedBoxes(all, change.added.bounds()), change.removed.bounds());
  return all;
}

std::int64_t changedPixels(const LabelEdit& edit) {
  std::int64_t count = 0;
  for (const auto& change : edit.changes) count += change.added.area() + change.removed.area();
  return count;
}

std::size_t byteSizeOf(const LabelEdit& edit) {
  std::size_t bytes = sizeof(LabelEdit) + edit.name.size();
  for (const auto& change : edit.changes)
    bytes += sizeof(ClassChange) + sizeof(Mask::Run) * (change.added.runs().size() + change.removed.runs().size());
  return bytes;
}

std::string packEdit(const LabelEdit& edit) {
  std::string out;
  putText(out, edit.name);
  putNumber(out, static_cast<std::uint64_t>(edit.classIndex + 1));
  putSize(out, edit.size);
  putNumber(out, edit.changes.size());
  for (const auto& change : edit.changes) {
    putNumber(out, static_cast<std::uint64_t>(change.classIndex + 1));
    putNumber(out, static_cast<std::uint64_t>(change.before) * 3 + static_cast<std::uint64_t>(change.after));
    putRuns(out, change.added);
    putRuns(out, change.removed);
  }
  return out;
}

LabelEdit unpackEdit(std::string_view in) {
  constexpr std::uint64_t kMostClasses = 1 << 20;
  const auto takeIndex = [&] {
    const std::uint64_t number = takeNumber(in);
    if (number > kMostClasses) damagedEdit();
    return static_cast<int>(number) - 1;
  };
  LabelEdit edit;
  edit.name = takeText(in);
  edit.classIndex = takeIndex();
  edit.size = takeSize(in);
  const std::uint64_t count = takeNumber(in);
  if (count > in.size() / 4) damagedEdit();  // a change takes four bytes or more
  for (std::uint64_t i = 0; i < count; ++i) {
    ClassChange change;
    change.classIndex = takeIndex();
    const std::uint64_t states = takeNumber(in);
    if (states >= 9) damagedEdit();
    change.before = static_cast<ClassState>(states / 3);
    change.after = static_cast<ClassState>(states % 3);
    change.added = takeRuns(in, edit.size);
    change.removed = takeRuns(in, edit.size);
    edit.changes.push_back(std::move(change));
  }
  if (!in.empty()) damagedEdit();
  return edit;
}

LabelEdit inClassOrder(const LabelEdit& edit, const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& to) {
  if (from == to) return edit;
  const auto moved = [&](int classIndex) -> std::optional<int> {
    if (classIndex == kIgnoreRegion) return kIgnoreRegion;
    if (classIndex < 0 || static_cast<std::size_t>(classIndex) >= from.size()) return std::nullopt;
    const auto found = std::find(to.begin(), to.end(), from[static_cast<std::size_t>(classIndex)]);
    if (found == to.end()) return std::nullopt;
    return static_cast<int>(found - to.begin());
  };
  LabelEdit result{.name = edit.name, .classIndex = moved(edit.classIndex).value_or(kIgnoreRegion), .size = edit.size, .changes = {}};
  for (const auto& change : edit.changes)
    if (const auto index = moved(change.classIndex)) {
      result.changes.push_back(change);
      result.changes.back().classIndex = *index;
    }
  std::sort(result.changes.begin(), result.changes.end(),
            [](const ClassChange& a, const ClassChange& b) { return a.classIndex < b.classIndex; });
  return result;
}

}  // namespace roundel
