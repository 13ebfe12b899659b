#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/annotation.h"

namespace roundel {

/// Where a label version comes from.
struct Provenance {
  std::string who = {};   ///< empty: who opened the project
  std::string when = {};  ///< UTC, ISO 8601 ("2026-03-01T12:00:00Z"); empty: now
  std::string how;        ///< "import", "brush", "prompt", "pseudo-label accepted" ...
  std::string tool = {};  ///< format, brush or model, with its version where it has one
};

/// State and size of one class in one version, known without unpacking its masks.
struct ClassSummary {
  std::int64_t classId = 0;
  ClassState state = ClassState::NotAnnotated;
  std::int64_t area = 0;  ///< pixels (voxels); 0 unless present
};

/// One version of the labels of a case. Versions are only ever added; the newest counts.
struct AnnotationVersion {
  std::int64_t id = 0;
  std::int64_t caseId = 0;
  int number = 0;  ///< 1, 2, ... within its case
  Provenance provenance;
  std::string hash;  ///< contentHash of the annotation as it was stored
  Size size;
  std::vector<ClassSummary> classes;  ///< annotated ones only (absent or present)

  bool anyAnnotated() const { return !classes.empty(); }
};

/// A version that is about to be stored.
struct NewAnnotation {
  std::int64_t caseId = 0;
  Annotation annotation;
  Provenance provenance;
};

}  // namespace roundel
