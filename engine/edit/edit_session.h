#pragma once
#include <memory>
#include <optional>
#include <string>

#include "edit/edit_history.h"
#include "edit/edit_tool.h"
#include "edit/paint_surface.h"
#include "edit/stroke_journal.h"

namespace roundel {

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
  /// Before the labels are stored: journals the version (contentHash of annotation()) and waits until it is on the disk. Gives the version.
  std::string aboutToSave();
  /// After they were stored.
  void saved() { m_unsaved = false; }

 private:
  void remember(const LabelEdit& edit);

  Annotation m_annotation;
  Geometry m_geometry;
  const Image* m_image;
  PaintSurface m_surface;
  EditHistory m_history;
  std::unique_ptr<StrokeJournal> m_journal;
  bool m_unsaved = false;
};

}  // namespace roundel
