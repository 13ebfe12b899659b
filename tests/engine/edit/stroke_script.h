#pragma once
#include "edit/edit_session.h"
#include "engine/edit/edit_support.h"

// A script of steps that a session can be taken through: step i is the same in every process. Every step is one record.
namespace roundel::test {

inline Geometry scriptGeometry() { return geometryOf({400, 300, 1}); }
inline JournalSubject scriptSubject() { return {.caseId = 1, .version = "", .size = scriptGeometry().size, .classIds = {1, 2, 3, 4}}; }
inline Annotation scriptLabels() { return Annotation::empty(scriptGeometry().size, 4); }

/// One stroke, or the undoing of the last one.
inline void scriptStep(EditSession& session, std::int64_t index) {
  Random random(17, "script", static_cast<std::uint64_t>(index));
  const std::size_t before = session.history().position();
  if (index % 7 == 6) {
    session.undo();
    return;
  }
  Stroke stroke{.classIndex = static_cast<int>(index % 4), .brush = {.radius = random.uniform(5, 40)}};
  stroke.policy.exclusiveGroup = {1, 1, 0, 0};
  for (int tries = 0; session.history().position() == before; ++tries) {
    // Where everything under the stroke is painted already, it erases instead, so that every step changes something.
    stroke.mode = tries % 2 == 0 ? PaintMode::Add : PaintMode::Remove;
    session.beginStroke(stroke);
    const EditPoint at{random.uniform(0, 400), random.uniform(0, 300)};
    session.strokeTo(at);
    session.strokeTo({at.x + random.uniform(-60, 60), at.y + random.uniform(-60, 60)});
    session.endStroke();
  }
}

}  // namespace roundel::test
