#pragma once
#include <QImage>
#include <QTimer>
#include <QWidget>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "viewer/label_layer.h"
#include "viewer/picture.h"
#include "viewer/ray_budget.h"
#include "viewer/volume_scene.h"

namespace roundel {

class VolumeStage;
class VtkWidget;

/// The volume from outside: labels as surfaces, grey around them. VTK draws it, coarse while it is turned and, in strips where the machine
/// is slow, with a ray for every pixel when it rests; what it draws is made ready on a thread of its own, and the latest wish counts. Left
/// drag turns, right drag and wheel zoom, a double click goes back to the front. Where the screen has no OpenGL, a sentence says so in its
/// place.
class VolumeView : public QWidget {
  Q_OBJECT

 public:
  explicit VolumeView(QWidget* parent = nullptr);
  ~VolumeView() override;

  /// Null, or no volume: nothing is drawn.
  void setPicture(PicturePointer picture, const PixelPipelineSettings& display);
  void setDisplay(const PixelPipelineSettings& display);
  void setLabels(LabelSource source);
  /// Labels changed: drawn anew when nothing has changed for a moment.
  void updateLabels();
  void setLook(const VolumeLook& look);
  const VolumeLook& look() const { return m_look; }
  /// The volume and its labels as they were wished last are on the screen, as fine as they get.
  bool rests();
  /// What VTK has drawn, without the letters; null: nothing yet.
  QImage image();
  /// Why nothing is drawn, as a sentence; empty: it is.
  const QString& obstacle() const { return m_obstacle; }
  /// Of the last picture or strip: side of the square that a ray stands for, in pixels, and the time that it took.
  double rayPixels() const { return m_stripDrawn ? 1 : m_choice.pixels; }
  double lastRenderMs() const;

 Q_SIGNALS:
  void drawn();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  QSize minimumSizeHint() const override { return {120, 90}; }

 private:
  struct Shape {
    Mask mask;
    QRgb colour = 0;
    bool operator==(const Shape&) const = default;
  };
  struct Wish {
    PicturePointer picture;
    PixelPipelineSettings display;
    std::shared_ptr<const std::vector<Shape>> shapes;
  };
  /// What the thread hands over; what has not changed is not there.
  struct Ready {
    PicturePointer picture;
    OutsideGrid grid;
    std::shared_ptr<vtkImageData> grey;
    std::optional<std::vector<OutsideLabel>> labels;
  };
  using Detail = RayBudget::Detail;
  void ask();
  void takeLabels();
  void work();
  void take(const Ready& ready);
  void openStage();
  void draw(Detail detail);
  void prepare();
  void judge();
  void drawStrip(int index);
  int stripsNeeded() const;

  PicturePointer m_picture;
  PixelPipelineSettings m_display;
  LabelSource m_source;
  std::shared_ptr<const std::vector<Shape>> m_shapes;
  VolumeLook m_look;
  QString m_obstacle;
  QTimer m_wishRest, m_labelRest, m_rest;
  QPointF m_last;
  bool m_turned = false;

  std::unique_ptr<VolumeStage> m_stage;
  VtkWidget* m_vtk = nullptr;  ///< only where a volume has been shown: a window with OpenGL in it is composed by OpenGL
  QWidget* m_letters = nullptr;
  bool m_onStage = false;  ///< the picture is
  Detail m_detail = Detail::Coarse;
  bool m_judged = false, m_settled = false;
  RayBudget m_budget;
  RayBudget::Choice m_choice;
  int m_refined = 0;
  int m_strip = 0, m_strips = 0;  ///< of the picture at rest; no strips: it is drawn at once
  bool m_stripAsked = false, m_stripDrawn = false;

  std::mutex m_mutex;
  std::condition_variable m_wake;
  bool m_ending = false, m_working = false;
  std::optional<Wish> m_wish;
  std::thread m_thread;
};

}  // namespace roundel
