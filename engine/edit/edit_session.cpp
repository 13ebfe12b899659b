#include "edit/edit_session.h"

#include <chrono>
#include <utility>

#include "core/error.h"

namespace roundel {
namespace {

constexpr std::chrono::milliseconds kLongestWait{2000};
}  // namespace

EditSession::EditSession(Annotation annotation, Geometry geometry, const Image* image, std::unique_ptr<StrokeJournal> journal,
                         EditHistory history)
    : m_annotation(std::move(annotation)),
      m_geometry(std::move(geometry)),
      m_image(image),
      m_surface(m_annotation, m_geometry, image),
      m_history(std::move(history)),
      m_journal(std::move(journal)),
      m_unsaved(m_journal && m_journal->finding() == JournalFinding::Unsaved) {
  if (m_journal && m_journal->finding() == JournalFinding::OtherVersion)
    throw Error(ErrorKind::Usage, "journal-of-other-version", "The stroke journal of this case was written on other labels.",
                {.remedy = "Take its edits over, set it aside or discard it first."});
}

EditSession::~EditSession() = default;

void EditSession::remember(const LabelEdit& edit) {
  if (m_journal) m_journal->appendEdit(edit);
  m_history.push(edit);
  countChange();
}

void EditSession::countChange() {
  ++m_changes;
  m_unsaved = true;
}

void EditSession::beginStroke(const Stroke& stroke) {
  if (m_journal) m_journal->waitUntilSynced(kLongestWait);
  m_surface.beginStroke(stroke);
}

LabelEdit EditSession::endStroke() {
  LabelEdit edit = m_surface.endStroke();
  if (edit.empty()) return edit;
  applyEdit(m_annotation, edit);
  remember(edit);
  return edit;
}

PixelBox EditSession::commit(const LabelEdit& edit) {
  if (edit.empty()) return kNoPixels;
  applyEdit(m_annotation, edit);
  m_surface.changed(edit, PaintSurface::Direction::Applied);
  remember(edit);
  return boundsOf(edit);
}

PixelBox EditSession::undo() {
  if (!m_history.canUndo() || m_surface.strokeUnderWay()) return kNoPixels;
  const LabelEdit& edit = m_history.nextUndo();
  undoEdit(m_annotation, edit);
  m_surface.changed(edit, PaintSurface::Direction::TakenBack);
  const PixelBox box = boundsOf(edit);
  m_history.undone();
  if (m_journal) m_journal->appendUndo();
  countChange();
  return box;
}

PixelBox EditSession::redo() {
  if (!m_history.canRedo() || m_surface.strokeUnderWay()) return kNoPixels;
  const LabelEdit& edit = m_history.nextRedo();
  applyEdit(m_annotation, edit);
  m_surface.changed(edit, PaintSurface::Direction::Applied);
  const PixelBox box = boundsOf(edit);
  m_history.redone();
  if (m_journal) m_journal->appendRedo();
  countChange();
  return box;
}

PixelBox EditSession::goTo(std::size_t position) {
  PixelBox all = kNoPixels;
  if (m_surface.strokeUnderWay()) return all;
  while (m_history.position() > position && m_history.canUndo()) all = unitedBoxes(all, undo());
  while (m_history.position() < position && m_history.canRedo()) all = unitedBoxes(all, redo());
  return all;
}

EditRequest EditSession::request(int classIndex) const {
  return {.annotation = m_annotation, .geometry = m_geometry, .image = m_image, .classIndex = classIndex};
}

std::string announceSave(StrokeJournal* journal, const SavePoint& point) {
  std::string version = contentHash(point.annotation);
  if (journal != nullptr) {
    journal->appendVersion(version, point.sequence);
    journal->waitUntilSynced(kLongestWait);
  }
  return version;
}

SavePoint EditSession::savePoint() const {
  return {.annotation = m_annotation, .sequence = m_journal ? m_journal->lastAppended() : 0, .changes = m_changes};
}

void EditSession::saved(const SavePoint& stored) { m_unsaved = stored.changes != m_changes; }

std::string EditSession::aboutToSave() { return announceSave(m_journal.get(), savePoint()); }

}  // namespace roundel
