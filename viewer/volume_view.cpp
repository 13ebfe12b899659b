#include "viewer/volume_view.h"

#include <QActionGroup>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPointer>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "viewer/volume_stage.h"
#include "viewer/vtk_widget.h"

namespace roundel {
namespace {

/// Voxels a side of the grid that grey and surfaces are made on. A processor that draws has enough with less.
std::int64_t mostSide() { return VtkWidget::isDrawnByProcessor() ? 160 : 256; }

constexpr QColor kBackground(16, 18, 20);

/// A picture at rest becomes finer at most so often: a machine that is busy now and then gives other times each time.
constexpr int kMostRefined = 2;
/// And a picture of strips is done within a second or two on anything.
constexpr int kMostStrips = 32;

void drawAxes(QPainter& painter, const VolumeLook& look, const QPointF& from) {
  painter.setRenderHint(QPainter::Antialiasing);
  const auto axes = screenAxes(look);
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

/// The body's axes, over what VTK draws.
class Letters : public QWidget {
 public:
  explicit Letters(const VolumeLook& look, QWidget* parent) : QWidget(parent), m_look(look) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    drawAxes(painter, m_look, QPointF(44, height() - 44.0));
  }

 private:
  const VolumeLook& m_look;
};

}  // namespace

VolumeView::VolumeView(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_OpaquePaintEvent);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Volume from outside"));
  setToolTip(
      tr("Left drag or arrow keys turn, right drag or wheel zoom, a double click or Home goes back to the front. A right click chooses "
         "what is shown."));
  const auto after = [this](QTimer& timer, int milliseconds, auto act) {
    timer.setSingleShot(true);
    timer.setInterval(milliseconds);
    connect(&timer, &QTimer::timeout, this, act);
  };
  after(m_wishRest, 150, [this] { ask(); });
  after(m_labelRest, 400, [this] {
    takeLabels();
    ask();
  });
  after(m_rest, 150, [this] {
    m_refined = 0;
    draw(Detail::Fine);
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
  delete m_vtk;  // before what it draws
}

void VolumeView::setPicture(PicturePointer picture, const PixelPipelineSettings& display) {
  m_picture = picture && picture->isVolume() ? std::move(picture) : nullptr;
  m_display = display;
  m_obstacle = m_picture ? VtkWidget::whyNot() : QString();
  setAccessibleDescription(m_obstacle);
  m_onStage = false;
  if (m_picture && m_obstacle.isEmpty() && !m_stage) openStage();
  if (m_vtk != nullptr) m_vtk->hide(), m_letters->hide();
  takeLabels();
  m_wishRest.start();  // when it has its place on the screen
  update();
}

void VolumeView::setDisplay(const PixelPipelineSettings& display) {
  m_display = display;
  m_wishRest.start();
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
  if (look.style != m_look.style || look.veil != m_look.veil) {
    m_judged = false;
    m_budget.forget();
  }
  m_look = look;
  m_look.pitch = std::clamp(look.pitch, -std::numbers::pi / 2, std::numbers::pi / 2);
  m_look.zoom = std::clamp(look.zoom, 0.3, 12.0);
  if (m_stage) m_stage->setLook(m_look);
  if (m_letters != nullptr) m_letters->update();
  draw(Detail::Coarse);
  m_rest.start();
}

void VolumeView::ask() {
  if (!m_picture || !m_obstacle.isEmpty() || !isVisible()) return;
  const std::scoped_lock lock(m_mutex);
  m_wish = Wish{m_picture, m_display, m_shapes};
  m_wake.notify_all();
}

void VolumeView::work() {
  Wish made;
  OutsideGrid grid;
  std::vector<std::pair<Mask, std::shared_ptr<vtkPolyData>>> surfaces;  // of the last wish: most of them are in the next one, too
  for (;;) {
    Wish wish;
    {
      std::unique_lock lock(m_mutex);
      m_wake.wait(lock, [this] { return m_ending || m_wish; });
      if (m_ending) return;
      wish = std::move(*m_wish);
      m_wish.reset();
      m_working = true;
    }
    Ready ready{.picture = wish.picture, .grid = {}, .grey = {}, .labels = {}};
    try {
      const bool other = wish.picture != made.picture;
      const Geometry& geometry = wish.picture->geometry();
      if (other) surfaces.clear(), grid = outsideGrid(geometry, mostSide());
      if (other || !(wish.display == made.display)) {
        ready.grey = outsideGrey(*wish.picture, wish.display, grid);
      }
      if (other || wish.shapes != made.shapes) {
        std::vector<OutsideLabel> labels;
        std::vector<std::pair<Mask, std::shared_ptr<vtkPolyData>>> now;
        for (const Shape& shape : *wish.shapes) {
          const auto same = std::find_if(surfaces.begin(), surfaces.end(), [&](const auto& one) { return one.first == shape.mask; });
          now.emplace_back(shape.mask, same != surfaces.end() ? same->second : outsideSurface(shape.mask, grid));
          labels.push_back({now.back().second, shape.colour});
          const std::scoped_lock lock(m_mutex);
          if (m_ending) return;
        }
        if (!now.empty()) surfaces = std::move(now);  // labels that are hidden come back
        ready.labels = std::move(labels);
      }
      ready.grid = grid;
      made = std::move(wish);
    } catch (const std::exception&) {
      made = {};  // no memory for it: the slices are there all the same
      surfaces.clear();
      ready = {};
    }
    QMetaObject::invokeMethod(this, [this, ready = std::move(ready)] { take(ready); });
  }
}

void VolumeView::openStage() {
  // With the first OpenGL in it, Qt makes a window anew, and what was active no longer is. Now, when a case is opened, nothing is being
  // painted.
  const bool active = window()->isActiveWindow();
  const QPointer<QWidget> focus = window()->focusWidget();
  m_stage = std::make_unique<VolumeStage>();
  m_stage->setLook(m_look);
  m_vtk = new VtkWidget(this);
  m_vtk->setAttribute(Qt::WA_TransparentForMouseEvents);
  for (vtkRenderer* renderer : m_stage->renderers()) m_vtk->add(renderer);
  connect(m_vtk, &VtkWidget::aboutToRender, this, &VolumeView::prepare);
  connect(m_vtk, &VtkWidget::emptied, this, [this] {
    m_judged = false;
    draw(Detail::Coarse);
    m_rest.start();
  });
  connect(m_vtk, &VtkWidget::rendered, this, &VolumeView::judge);
  m_letters = new Letters(m_look, this);
  if (active) window()->activateWindow();
  if (active && focus) focus->setFocus();
}

void VolumeView::take(const Ready& ready) {
  {
    const std::scoped_lock lock(m_mutex);
    m_working = false;
  }
  if (!ready.picture || ready.picture != m_picture) return;
  if (ready.grey) m_stage->setGrey(ready.grey, ready.grid);
  if (ready.labels) m_stage->setLabels(*ready.labels, ready.grid);
  if (!m_onStage) {
    m_onStage = true;
    m_judged = false;
    m_budget.forget();
    for (QWidget* part : {static_cast<QWidget*>(m_vtk), m_letters}) {
      part->setGeometry(rect());
      part->show();
      part->raise();
    }
  }
  draw(m_judged ? Detail::Fine : Detail::Coarse);
  if (!m_judged) m_rest.start();
}

void VolumeView::draw(Detail detail) {
  if (!m_onStage) return;
  m_detail = detail;
  m_settled = m_stripAsked = false;
  m_choice = m_budget.choice(detail);
  m_vtk->requestRender();
}

void VolumeView::drawStrip(int index) {
  m_strip = index;
  m_stripAsked = true;
  m_vtk->requestRender();
}

int VolumeView::stripsNeeded() const {
  return m_stage->hasRays() && m_choice.pixels > 1 ? std::clamp(m_budget.partsOf({}), 2, kMostStrips) : 0;
}

/// The picture that is rendered now: the strip that was asked for, or all of it, whoever asked (a window that was docked, say).
void VolumeView::prepare() {
  m_stripDrawn = std::exchange(m_stripAsked, false);
  const RayBudget::Choice choice = m_stripDrawn ? RayBudget::Choice() : m_choice;
  m_stage->setDetail(choice.pixels, choice.voxels);
  m_stage->setCamera(m_vtk->pixels(), m_stripDrawn ? VolumeStage::Strip{m_strip, m_strips} : VolumeStage::Strip{});
}

void VolumeView::judge() {
  const bool fine = m_detail == Detail::Fine;
  if (m_stripDrawn) {
    m_settled = m_strip + 1 >= m_strips;
    if (!m_settled) drawStrip(m_strip + 1);
  } else if (!m_judged) {  // shaders were compiled and voxels sent: that says nothing of the next one
    m_judged = true;
    if (fine) draw(m_detail);
  } else {
    if (m_stage->hasRays()) m_budget.note(m_choice, m_vtk->lastRenderMs());
    if (fine && m_stage->hasRays() && m_budget.choice(m_detail).pixels < m_choice.pixels && m_refined < kMostRefined) {
      ++m_refined;
      draw(m_detail);
    } else if (fine) {
      m_strips = stripsNeeded();
      m_settled = m_strips == 0;
      if (!m_settled) drawStrip(0);
    }
  }
  Q_EMIT drawn();
}

double VolumeView::lastRenderMs() const { return m_vtk != nullptr ? m_vtk->lastRenderMs() : 0; }

bool VolumeView::rests() {
  const std::scoped_lock lock(m_mutex);
  return m_onStage && m_settled && !m_working && !m_wish && !m_wishRest.isActive() && !m_labelRest.isActive() && !m_rest.isActive();
}

QImage VolumeView::image() { return m_onStage && m_vtk->renders() > 0 ? m_vtk->grabFramebuffer() : QImage(); }

void VolumeView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), kBackground);
  if (m_obstacle.isEmpty()) return;
  painter.setPen(QColor(225, 225, 220));
  painter.drawText(rect().adjusted(16, 16, -16, -16), static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, m_obstacle);
}

void VolumeView::resizeEvent(QResizeEvent*) {
  if (m_vtk != nullptr) m_vtk->resize(size()), m_letters->resize(size());
}

void VolumeView::showEvent(QShowEvent*) { m_wishRest.start(); }

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

void VolumeView::keyPressEvent(QKeyEvent* event) {
  constexpr double kTurn = std::numbers::pi / 36;
  VolumeLook look = m_look;
  switch (event->key()) {
    case Qt::Key_Left: look.yaw += kTurn; break;
    case Qt::Key_Right: look.yaw -= kTurn; break;
    case Qt::Key_Up: look.pitch -= kTurn; break;
    case Qt::Key_Down: look.pitch += kTurn; break;
    case Qt::Key_Home: look = {.style = m_look.style, .veil = m_look.veil}; break;
    default: return QWidget::keyPressEvent(event);
  }
  setLook(look);
}

void VolumeView::wheelEvent(QWheelEvent* event) {
  event->accept();
  VolumeLook look = m_look;
  look.zoom *= std::exp(event->angleDelta().y() / 480.0);
  setLook(look);
}

void VolumeView::contextMenuEvent(QContextMenuEvent* event) {
  if (!m_picture || m_turned || !m_obstacle.isEmpty()) return;
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
