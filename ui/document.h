#pragma once
#include <QColor>
#include <QObject>
#include <QStringList>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "edit/edit_session.h"
#include "edit/edit_tool.h"
#include "project/project.h"
#include "ui/image_store.h"
#include "ui/seen_image.h"

namespace roundel {

/// How a class is shown and guarded on the screen; kept as long as the study is open.
struct ClassLook {
  bool visible = true;
  bool locked = false;
};

/// The open study and the open case: what all docks and views look at and change, and nothing else does.
///
/// Holds the project's lock where it can; a study that somebody else holds, or on read-only media, is opened for looking alone.
/// Every change of labels goes through EditSession, is journalled, and becomes a label version of the project when the case is saved or
/// left. Nothing here asks questions: what a person should know comes through notice().
class Document : public QObject {
  Q_OBJECT

 public:
  explicit Document(QObject* parent = nullptr);
  ~Document() override;

  // The study ---------------------------------------------------------------------------------------------------------
  /// False where it cannot be opened; notice() says why.
  bool openStudy(const QString& folder);
  void closeStudy();
  /// Closes the project while an editing verb of the engine works on it, and opens it again after resume().
  void lend();
  bool resume();
  /// Splits and versions anew, after something else of this program wrote them.
  void readAgain();
  bool isOpen() const { return m_project != nullptr; }
  bool canEdit() const { return m_project != nullptr && m_project->access() == Access::Edit; }
  const QString& folder() const { return m_folder; }
  QString title() const;
  /// With what was left last stored in it.
  Project* project() {
    storeLeft();
    return m_project.get();
  }
  const LabelSet& classes() const { return m_classes; }
  void setClasses(const LabelSet& classes);
  const std::vector<Case>& cases() const { return m_cases; }
  const std::map<std::int64_t, AnnotationVersion>& versions() const { return m_versions; }
  /// labelled, unlabelled, validation, test of the split `main`; empty: in none.
  QString partOf(const std::string& caseName) const;
  int indexOfCase(const std::string& name) const;
  /// What Dice the machine's labels of a case are estimated to have, by case name: of the newest round that says so.
  const std::map<std::string, double>& qualities() const { return m_qualities; }
  void setQualities(std::map<std::string, double> qualities);

  // The case ----------------------------------------------------------------------------------------------------------
  /// Saves the case that is left. -1: none.
  void openCase(int index);
  int caseIndex() const { return m_index; }
  const Case* currentCase() const { return m_index < 0 ? nullptr : &m_cases[static_cast<std::size_t>(m_index)]; }
  const PicturePointer& picture() const { return m_picture; }
  ImageStore& images() { return m_images; }
  void wantThumbnail(int index);
  void toggleExcluded();

  // Blind re-reading --------------------------------------------------------------------------------------------------
  /// Finished cases that are labelled once more without their labels in sight. What is drawn is kept as a reading (project/reading.h) and
  /// never as the case's labels; until the last one is done only these cases are open.
  struct Rereading {
    std::string session, reader;  ///< reader: empty for whoever opened the study
    std::vector<std::string> cases;
    std::size_t at = 0;
  };
  /// False where none of the cases can be read.
  bool beginRereading(Rereading reading);
  const std::optional<Rereading>& rereading() const { return m_rereading; }
  /// Stores what was drawn as a reading and goes on to the next case; after the last one it is over.
  void storeReading();
  /// Leaves it; what is drawn on the present case is thrown away.
  void endRereading();

  // Labels ------------------------------------------------------------------------------------------------------------
  EditSession* session() { return m_session.get(); }
  int currentClass() const { return m_class; }
  void setCurrentClass(int index);
  /// Of a class, or of the region to be ignored (kIgnoreRegion), which cannot be locked.
  ClassLook look(int index) const { return index == kIgnoreRegion ? m_ignoreLook : m_looks[static_cast<std::size_t>(index)]; }
  void setLook(int index, ClassLook look);
  PaintPolicy policy() const;
  void setPaintOver(PaintOver over) { m_over = over; }
  /// The class's mask as it is on the screen, the stroke that is being drawn included.
  const Mask& shownMask(int index) const;
  /// The picture as the pixel pipeline gives it to trainer and generalist, for tools that work beside the window; null: none is open.
  const std::shared_ptr<SeenImage>& seenImage() const { return m_seen; }
  /// The same, at once; null: none is open.
  const Image* image() { return m_seen ? m_seen->get().get() : nullptr; }

  void beginStroke(const Stroke& stroke);
  void strokeTo(const EditPoint& point);
  void endStroke();
  void cancelStroke();
  bool commit(const LabelEdit& edit);
  void undo();
  void redo();
  void goTo(std::size_t position);
  /// True where there is nothing left to be saved.
  bool save();
  /// Also labels that a journal gave back and nobody stored yet.
  bool unsaved() const { return m_session && (m_session->unsaved() || m_restored); }

 Q_SIGNALS:
  void studyChanged();
  void caseChanged();     ///< another case is open, its picture perhaps not yet
  void pictureChanged();  ///< the picture is there, or is none
  void pictureFailed(const QString& sentence);
  void classesChanged();
  void looksChanged();
  void currentClassChanged();
  void labelsChanged(const roundel::PixelBox& box);  ///< empty: states alone
  void historyChanged();
  void rereadingChanged();
  void rereadingFinished();  ///< the last case is done
  void casesChanged();       ///< status, split or versions
  void thumbnail(int index, const QImage& image);
  void notice(const QString& sentence);

 private:
  void readStudy();
  ImageOrder orderOf(int index) const;
  void openLabels();
  void openReading();
  void goToReading();
  void closeLabels();
  /// Labels of the case that was left: stored a moment later, so that the next case is not kept waiting.
  struct LeftCase {
    Case of;
    std::unique_ptr<EditSession> session;
    std::string how;
  };
  void storeLeft();
  bool store(const Case& one, EditSession& session, const std::string& how);
  void liveAround(const PixelBox& box);
  void changed(const PixelBox& box);
  void setPicture(PicturePointer picture);

  QString m_folder;
  std::unique_ptr<Project> m_project;
  LabelSet m_classes;
  std::vector<Case> m_cases;
  std::map<std::int64_t, AnnotationVersion> m_versions;
  std::map<std::string, QString> m_parts;
  std::map<std::string, double> m_qualities;
  std::vector<ClassLook> m_looks;
  ClassLook m_ignoreLook;
  ImageStore m_images;

  int m_index = -1;
  int m_class = 0;
  PaintOver m_over = PaintOver::All;
  PicturePointer m_picture;
  std::shared_ptr<SeenImage> m_seen;
  std::unique_ptr<EditSession> m_session;
  std::optional<LeftCase> m_left;
  std::optional<Rereading> m_rereading;
  bool m_turning = false;  ///< the re-reading itself opens a case
  int m_strokeClass = -2;
  Mask m_live;  ///< of the stroke's class while it is drawn
  bool m_restored = false;
  std::string m_how = "brush";
};

}  // namespace roundel

Q_DECLARE_METATYPE(roundel::PixelBox)
