#pragma once
#include <QStackedWidget>
#include <QTimer>
#include <functional>
#include <vector>

#include "viewer/slice_view.h"
#include "viewer/volume_view.h"

class QGridLayout;
class QLabel;

namespace roundel {

class Document;

/// What is laid over the labels for a while: a preview, a suggestion, another opinion.
struct ExtraShape {
  Mask mask;
  QRgb colour = 0;
  double opacity = 0.5;
};

enum class LabelStyle { Filled, Outlined, Hidden };

/// The middle of the window: one picture, or three linked cuts through a volume with the volume from outside beside them.
class ViewArea : public QStackedWidget {
  Q_OBJECT

 public:
  explicit ViewArea(Document& document, QWidget* parent = nullptr);

  SliceView* active() const { return m_active; }
  const std::vector<SliceView*>& views() const { return m_views; }  ///< those that are shown: one or three
  void setTool(ViewTool* tool, const QCursor& cursor);
  /// Over the picture, not over volumes.
  void setMarks(ViewTool* marks) { m_picture->setMarks(marks); }
  void setScheme(MouseScheme scheme);
  void setDisplay(const PixelPipelineSettings& settings);
  void setOrientation(const Orientation& orientation);
  void fit();
  /// One of the cuts (or the volume from outside) alone; once more: all four.
  void maximise(QWidget* pane);
  bool maximised() const { return m_maximised != nullptr; }
  VolumeView& outside() { return *m_outside; }
  void setLabelStyle(LabelStyle style, double opacity);
  LabelStyle labelStyle() const { return m_style; }
  double opacity() const { return m_opacity; }
  /// While it is held, labels are not drawn.
  void setLabelsHeld(bool hidden);
  /// Drawn above the labels; the box is what changes.
  void setExtra(std::vector<ExtraShape> shapes, const PixelBox& box = {});
  void setPlaceholder(const QString& text);
  /// The case is being opened: says so, and how long it has taken once that can be felt.
  void setWaiting(const QString& caseName);
  /// Milliseconds from openCase() to the picture on the screen, of the last one.
  double lastOpenMs() const { return m_lastOpenMs; }

 Q_SIGNALS:
  void probed(const std::optional<std::array<std::int64_t, 3>>& index);
  void displayChanged();
  void displayDragged();  ///< by the mouse
  void caseWheel(int step);
  void toolWheel(int steps);
  void zoomChanged();

 private:
  SliceView* makeView();
  void showPicture();
  void tellWaiting();
  std::vector<LabelShape> shapes() const;
  void crosshair(const std::array<double, 3>& index);

  Document& m_document;
  SliceView* m_picture;
  std::vector<SliceView*> m_cuts;
  QWidget* m_volume;
  QGridLayout* m_grid;
  VolumeView* m_outside;
  QWidget* m_maximised = nullptr;
  std::vector<SliceView*> m_views;
  SliceView* m_active;
  LabelStyle m_style = LabelStyle::Filled;
  double m_opacity = 0.35;
  bool m_held = false;
  std::vector<ExtraShape> m_extra;
  QElapsedTimer m_opened;
  QTimer m_waitTimer;
  QString m_waitsFor;
  double m_lastOpenMs = 0;
};

}  // namespace roundel
