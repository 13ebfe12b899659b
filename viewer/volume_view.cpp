#include "viewer/volume_view.h"

#include <QActionGroup>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace roundel {

VolumeView::VolumeView(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_OpaquePaintEvent);
  setFocusPolicy(Qt::ClickFocus);
  setAccessibleName(tr("Volume from outside"));
  setToolTip(tr("Left drag turns, right drag and wheel zoom, a double click goes back to the front. A right click chooses what is shown."));
  m_rest.setSingleShot(true);
  m_rest.setInterval(150);
  connect(&m_rest, &QTimer::timeout, this, [this] { ask(false); });
  m_labelRest.setSingleShot(true);
  m_labelRest.setInterval(400);
  connect(&m_labelRest, &QTimer::timeout, this, [this] {
    takeLabels();
    ask(false);
  });
  m_thread = std::thread([this] { work(); });
}

VolumeView::~VolumeView() {
  {
    const std::scoped_lock lock(m_mutex);
    m_ending = true;
  }
  m_wake.notify_all();
  m_thread.join();
}

void VolumeView::setPicture(PicturePointer picture, const PixelPipelineSettings& display) {
  m_picture = picture && picture->isVolume() ? std::move(picture) : nullptr;
  m_display = display;
  m_image = QImage();
  takeLabels();
  m_rest.start();  // when it has its place on the screen
  update();
}

void VolumeView::setDisplay(const PixelPipelineSettings& display) {
  m_display = display;
  m_rest.start();
}

void VolumeView::setLabels(LabelSource source) { m_source = std::move(source); }

void VolumeView::updateLabels() {
  if (m_picture) m_labelRest.start();
}

void VolumeView::takeLabels() {
  auto shapes = std::make_shared<std::vector<Shape>>();
  if (m_picture && m_source)
    for (const LabelShape& shape : m_source())
      if (shape.mask != nullptr && !shape.mask->empty() && !shape.hatched) shapes->push_back({*shape.mask, shape.colour});
  m_shapes = std::move(shapes);
}

void VolumeView::setLook(const VolumeLook& look) {
  m_look = look;
  m_look.pitch = std::clamp(look.pitch, -std::numbers::pi / 2, std::numbers::pi / 2);
  m_look.zoom = std::clamp(look.zoom, 0.3, 12.0);
  ask(true);
  m_rest.start();
}

void VolumeView::ask(bool coarse) {
  if (!m_picture || !isVisible() || width() < 8 || height() < 8) return;
  const QSize size = QSizeF(width() * devicePixelRatioF(), height() * devicePixelRatioF()).toSize() / (coarse ? 3 : 1);
  const std::scoped_lock lock(m_mutex);
  m_wish = Wish{m_picture, m_display, m_shapes, m_look, size.boundedTo({900, 900})};
  m_wake.notify_all();
}

void VolumeView::work() {
  VolumeScene scene;
  PicturePointer picture;
  PixelPipelineSettings display;
  std::shared_ptr<const std::vector<Shape>> shapes;
  for (;;) {
    Wish wish;
    {
      std::unique_lock lock(m_mutex);
      m_wake.wait(lock, [this] { return m_ending || m_wish; });
      if (m_ending) return;
      wish = std::move(*m_wish);
      m_wish.reset();
    }
    try {
      const bool other = wish.picture != picture || !(wish.display == display);
      if (other) scene = volumeScene(*wish.picture, wish.display);
      if (other || wish.shapes != shapes) {
        std::vector<LabelShape> laid;
        for (const Shape& shape : *wish.shapes) laid.push_back({.mask = &shape.mask, .colour = shape.colour});
        layLabels(scene, wish.picture->size(), laid);
      }
      picture = wish.picture, display = wish.display, shapes = wish.shapes;
      QImage image = castRays(scene, wish.look, wish.size, [this] {
        const std::scoped_lock lock(m_mutex);
        return m_ending;
      });
      if (image.isNull()) continue;
      QMetaObject::invokeMethod(this, [this, of = wish.picture, image = std::move(image)] {
        if (of != m_picture) return;
        m_image = image;
        update();
        Q_EMIT drawn();
      });
    } catch (const std::exception&) {
      picture = nullptr;  // no memory for it: the slices are there all the same
    }
  }
}

void VolumeView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), QColor(16, 18, 20));
  if (!m_picture || m_image.isNull()) return;
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(rect(), m_image);
  drawAxes(painter);
}

void VolumeView::drawAxes(QPainter& painter) {
  painter.setRenderHint(QPainter::Antialiasing);
  const auto axes = screenAxes(m_look);
  const QPointF from(44, height() - 44.0);
  // Ends of the body's axes; those that point at the eye last, so that they lie above.
  struct End {
    const char* letter;
    QPointF way;
    double away;
  };
  std::vector<End> ends;
  const char* letters[3][2] = {{"L", "R"}, {"P", "A"}, {"S", "I"}};
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (const int sign : {1, -1})
      ends.push_back({letters[axis][sign > 0 ? 0 : 1], QPointF(axes[0][axis] * sign, axes[1][axis] * sign) * 20, axes[2][axis] * sign});
  std::sort(ends.begin(), ends.end(), [](const End& a, const End& b) { return a.away > b.away; });
  for (const End& end : ends) {
    const int strength = end.away > 0.1 ? 110 : 235;
    painter.setPen(QPen(QColor(strength, strength, strength - 5), 1.2));
    painter.drawLine(from, from + end.way);
    painter.drawText(QRectF(from + end.way * 1.45 - QPointF(8, 8), QSizeF(16, 16)), Qt::AlignCenter, QString::fromLatin1(end.letter));
  }
}

void VolumeView::resizeEvent(QResizeEvent*) { m_rest.start(); }

void VolumeView::mousePressEvent(QMouseEvent* event) {
  m_last = event->position();
  m_turned = false;
}

void VolumeView::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() == Qt::NoButton) return;
  const QPointF delta = event->position() - m_last;
  m_last = event->position();
  m_turned = true;
  VolumeLook look = m_look;
  if ((event->buttons() & Qt::LeftButton) != 0) look.yaw -= delta.x() / 120, look.pitch += delta.y() / 120;
  else look.zoom *= std::exp(-delta.y() / 150);
  setLook(look);
}

void VolumeView::mouseReleaseEvent(QMouseEvent*) { m_rest.start(); }

void VolumeView::mouseDoubleClickEvent(QMouseEvent*) { setLook({.style = m_look.style, .veil = m_look.veil}); }

void VolumeView::wheelEvent(QWheelEvent* event) {
  event->accept();
  VolumeLook look = m_look;
  look.zoom *= std::exp(event->angleDelta().y() / 480.0);
  setLook(look);
}

void VolumeView::contextMenuEvent(QContextMenuEvent* event) {
  if (!m_picture || m_turned) return;
  QMenu menu(this);
  const auto add = [&](const QString& text, VolumeStyle style, double veil) {
    QAction* action = menu.addAction(text, this, [this, style, veil] {
      VolumeLook look = m_look;
      look.style = style, look.veil = veil;
      setLook(look);
    });
    action->setCheckable(true);
    action->setChecked(m_look.style == style && (style == VolumeStyle::Maximum || m_look.veil == veil));
  };
  add(tr("Labels and volume"), VolumeStyle::Surfaces, 0.5);
  add(tr("Labels alone"), VolumeStyle::Surfaces, 0.0);
  add(tr("Volume, stronger"), VolumeStyle::Surfaces, 2.0);
  add(tr("Brightest values"), VolumeStyle::Maximum, 0.5);
  menu.exec(event->globalPos());
}

}  // namespace roundel
