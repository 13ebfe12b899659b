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
#include "viewer/volume_scene.h"

namespace roundel {

/// The volume from outside: labels as surfaces, grey around them. Drawn by rays beside the window, coarse while it is turned and fine when
/// it rests; the latest wish counts. Left drag turns, right drag and wheel zoom, a double click goes back to the front.
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
  /// What is on the screen; null: nothing yet.
  const QImage& image() const { return m_image; }

 Q_SIGNALS:
  void drawn();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  QSize minimumSizeHint() const override { return {120, 90}; }

 private:
  struct Shape {
    Mask mask;
    QRgb colour = 0;
  };
  struct Wish {
    PicturePointer picture;
    PixelPipelineSettings display;
    std::shared_ptr<const std::vector<Shape>> shapes;
    VolumeLook look;
    QSize size;
  };
  void ask(bool coarse);
  void takeLabels();
  void work();
  void drawAxes(QPainter& painter);

  PicturePointer m_picture;
  PixelPipelineSettings m_display;
  LabelSource m_source;
  std::shared_ptr<const std::vector<Shape>> m_shapes;
  VolumeLook m_look;
  QImage m_image;
  QTimer m_rest, m_labelRest;
  QPointF m_last;
  bool m_turned = false;

  std::mutex m_mutex;
  std::condition_variable m_wake;
  bool m_ending = false;
  std::optional<Wish> m_wish;
  std::thread m_thread;
};

}  // namespace roundel
