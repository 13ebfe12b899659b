#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "edit/edit_history.h"
#include "edit/edit_tool.h"
#include "edit/paint_surface.h"
#include "edit/stroke_journal.h"

namespace roundel {

/// Labels that are about to be stored.
struct SavePoint {
  Annotation annotation;
  std::uint64_t sequence = 0;  ///< of the journal: what is in these labels
  std::uint64_t changes = 0;   ///< how often the session's labels had changed
};

/// Before labels are stored, on any thread: journals their version, waits until it is on the disk (at most 2 s) and gives it
/// (contentHash). The journal may be null.
std::string announceSave(StrokeJournal* journal, const SavePoint& point);

/// The labels of the case that a person is working on: one object for the thread of the view, which is never blocked by the disk.
///
/// Every change goes through here and is one step of the history; with a journal it is on the disk before the next stroke begins.
/// Boxes that calls return are the pixels that changed, for the textures; empty where nothing did.
class EditSession {
 public:
  /// Image: for gated brushes; may be null, must outlive the session. Journal: may be null. What an unsaved journal holds is taken
  /// in by the caller (replay) and given as annotation and history.
  EditSession(Annotation annotation, Geometry geometry, const Image* image = nullptr, std::unique_ptr<StrokeJournal> journal = nullptr,
              EditHistory history = EditHistory());
  ~EditSession();
  EditSession(const EditSession&) = delete;
  EditSession& operator=(const EditSession&) = delete;

  const Annotation& annotation() const { return m_annotation; }
  const Geometry& geometry() const { return m_geometry; }
  const EditHistory& history() const { return m_history; }
  PaintSurface& surface() { return m_surface; }
  StrokeJournal* journal() { return m_journal.get(); }
  /// The image for gated brushes, where it comes later than the labels; must outlive the session or be taken back with null.
  void setImage(const Image* image) {
    m_surface.setImage(image);
    m_image = image;
  }

  /// Waits for the journal where the last edit is not on the disk yet (at most 2 s; it then goes on, journal()->failure() says why).
  void beginStroke(const Stroke& stroke);
  PixelBox strokeTo(const EditPoint& point) { return m_surface.strokeTo(point); }
  /// One step of the history, empty where the stroke changed nothing.
  LabelEdit endStroke();
  PixelBox cancelStroke() { return m_surface.cancelStroke(); }

  /// Applies an edit that was made for these labels (a tool's, an accepted prompt's). Throws as applyEdit.
  PixelBox commit(const LabelEdit& edit);
  /// Do nothing where there is nothing to undo or redo, and while a stroke is under way.
  PixelBox undo();
  PixelBox redo();
  /// Undoes or redoes until so many steps are applied: a click in the list of steps.
  PixelBox goTo(std::size_t position);

  /// A request of the tools on these labels; the caller fills in the rest.
  EditRequest request(int classIndex) const;

  /// Whether something changed since the session began or since saved().
  bool unsaved() const { return m_unsaved; }
  /// Saving, so that painting goes on meanwhile: a copy of the labels here, announceSave() and the storing on another thread, and
  /// saved() here once they are stored.
  SavePoint savePoint() const;
  void saved(const SavePoint& stored);
  /// All at once, for short labels: journals the version and waits until that is on the disk. Gives the version. Then store, then saved().
  std::string aboutToSave();
  void saved() { m_unsaved = false; }

 private:
  void remember(const LabelEdit& edit);
  void countChange();

  Annotation m_annotation;
  Geometry m_geometry;
  const Image* m_image;
  PaintSurface m_surface;
  EditHistory m_history;
  std::unique_ptr<StrokeJournal> m_journal;
  std::uint64_t m_changes = 0;
  bool m_unsaved = false;
};

}  // namespace roundel
