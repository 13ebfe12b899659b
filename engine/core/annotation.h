#pragma once
#include <string>
#include <vector>

#include "core/mask.h"

namespace roundel {

/// Whether a class was looked for in a case. *Not annotated* (nobody said anything) is not *absent* (somebody said: not there).
enum class ClassState { NotAnnotated, Absent, Present };

std::string toString(ClassState state);
ClassState classStateFromString(const std::string& text);

/// What is known of one class in one case.
struct ClassAnnotation {
  ClassState state = ClassState::NotAnnotated;
  Mask mask;  ///< empty unless Present

  bool operator==(const ClassAnnotation&) const = default;
};

/// The labels of a case: one entry a class of the study, in the study's order. Classes may overlap; each is a mask of its own.
/// Pixels of `ignore` stay out of every loss and every metric, for every class.
struct Annotation {
  Size size;
  std::vector<ClassAnnotation> classes;
  Mask ignore;

  /// All classes not annotated.
  static Annotation empty(Size size, int classCount);
  /// Sets a class from a mask: present, or absent where the mask is empty.
  void set(int classIndex, Mask mask);
  bool anyAnnotated() const;

  bool operator==(const Annotation&) const = default;
};

Json toJson(const Annotation& annotation);
Annotation annotationFromJson(const Json& json);
/// SHA-256 over states and masks: the identity of a label version.
std::string contentHash(const Annotation& annotation);

}  // namespace roundel
