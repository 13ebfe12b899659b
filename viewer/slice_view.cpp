#include "viewer/slice_view.h"

#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace roundel {
namespace {

constexpr double kSmallestZoom = 0.02, kLargestZoom = 64;

std::int64_t strideOf(const Size& size, int axis) { return axis == 0 ? 1 : axis == 1 ? size.x : size.x * size.y; }

/// Text that can be read on any picture.
void drawText(QPainter& painter, const QPointF& at, const QString& text) {
  QPainterPath path;
  path.addText(at, painter.font(), text);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.strokePath(path, QPen(QColor(0, 0, 0, 200), 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.fillPath(path, QColor(240, 240, 230));
}

}  // namespace

SliceView::SliceView(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Picture"));
}

SliceView::~SliceView() = default;

void SliceView::setPicture(PicturePointer picture, PlaneKind kind, bool keepView) {
  const bool sameGrid = keepView && picture && m_picture && picture->geometry() == m_picture->geometry() && kind == m_plane.kind;
  m_picture = std::move(picture);
  m_paintedOnce = false;
  m_layer = LabelLayer();
  if (m_picture) {
    m_plane = planeOf(m_picture->geometry(), kind);
    if (!sameGrid) {
      m_slice = m_plane.slices / 2;
      m_fitted = true;
    }
    setDisplay(m_picture->settings());
  }
  if (m_fitted) fit();
  redraw();
}

void SliceView::setPlaceholder(const QString& text) {
  m_placeholder = text;
  if (!m_picture) update();
}

void SliceView::setDisplay(const PixelPipelineSettings& settings) {
  m_display = settings;
  if (m_picture) m_grey = m_picture->greyTable(settings);
  redraw();
}

void SliceView::setSlice(std::int64_t slice) {
  slice = std::clamp<std::int64_t>(slice, 0, std::max<std::int64_t>(m_plane.slices - 1, 0));
  if (!m_picture || slice == m_slice) return;
  m_slice = slice;
  redraw();
  Q_EMIT sliceChanged(slice);
}

void SliceView::setLabels(LabelSource source) {
  m_labels = std::move(source);
  updateLabels();
}

void SliceView::updateLabels() {
  m_layer.makeStale();
  redraw();
}

void SliceView::updateLabels(const PixelBox& box) {
  const QRect part = m_layer.makeStale(box);
  if (part.isEmpty()) return;
  const double margin = static_cast<double>(m_layer.step());
  const QRectF device = transform().mapRect(QRectF(part).adjusted(-margin - 0.5, -margin - 0.5, margin, margin));
  const QRect stale = device.toAlignedRect().adjusted(-2, -2, 2, 2);
  m_staleFrame += stale.intersected(m_frame.rect());
  const double ratio = devicePixelRatioF();
  update(QRectF(stale.x() / ratio, stale.y() / ratio, stale.width() / ratio, stale.height() / ratio).toAlignedRect());
}

void SliceView::setOrientation(const Orientation& orientation) {
  m_orientation = orientation;
  if (m_fitted) fit();
  redraw();
}

void SliceView::fit() {
  m_fitted = true;
  if (!m_picture || width() < 2 || height() < 2) return;
  const double ratio = devicePixelRatioF();
  double planeWidth = static_cast<double>(m_plane.sizeU), planeHeight = static_cast<double>(m_plane.sizeV) * m_plane.pixelAspect;
  if (m_orientation.quarterTurns % 2 != 0) std::swap(planeWidth, planeHeight);
  m_zoom = std::clamp(std::min(width() * ratio / planeWidth, height() * ratio / planeHeight), kSmallestZoom, kLargestZoom);
  m_centre = {static_cast<double>(m_plane.sizeU - 1) / 2, static_cast<double>(m_plane.sizeV - 1) / 2};
  redraw();
  Q_EMIT zoomChanged();
}

void SliceView::setZoom(double devicePixels, const QPointF& at) {
  if (!m_picture) return;
  const double ratio = devicePixelRatioF();
  const QPointF before = transform().inverted().map(at * ratio);
  m_zoom = std::clamp(devicePixels, kSmallestZoom, kLargestZoom);
  const QPointF after = transform().inverted().map(at * ratio);
  m_centre[0] += before.x() - after.x(), m_centre[1] += before.y() - after.y();
  m_fitted = false;
  redraw();
  Q_EMIT zoomChanged();
}

void SliceView::oneToOne() { setZoom(1, QRectF(rect()).center()); }

void SliceView::centreOn(const std::array<double, 3>& index) {
  if (!m_picture) return;
  m_centre = m_plane.planeOf(index);
  m_fitted = false;
  redraw();
}

void SliceView::setCrosshair(std::optional<std::array<double, 3>> index) {
  m_crosshair = index;
  if (index && m_picture) setSlice(std::lround((*index)[static_cast<std::size_t>(m_plane.n)]));
  update();
}

void SliceView::setTool(ViewTool* tool) {
  m_tool = tool;
  m_drag = Drag::None;
  if (tool == nullptr) unsetCursor();
  update();
}

void SliceView::setMarks(ViewTool* marks) {
  m_marks = marks;
  update();
}

void SliceView::setToolCursor(const QCursor& cursor) { setCursor(cursor); }

QTransform SliceView::transform() const {
  const double ratio = devicePixelRatioF();
  return planeToScreen(m_plane, m_orientation, m_zoom, m_centre, width() * ratio, height() * ratio);
}

std::array<double, 3> SliceView::indexAt(const QPointF& screen) const {
  const QPointF place = transform().inverted().map(screen * devicePixelRatioF());
  return m_plane.indexOf(place.x(), place.y(), m_slice);
}

QPointF SliceView::screenAt(const std::array<double, 3>& index) const {
  const auto place = m_plane.planeOf(index);
  return transform().map(QPointF(place[0], place[1])) / devicePixelRatioF();
}

double SliceView::screenPerPixel() const { return m_zoom / devicePixelRatioF(); }

double SliceView::screenPerMm() const {
  if (!m_picture || !m_picture->geometry().hasSpacing()) return 0;
  return screenPerPixel() / m_plane.widthMm;
}

void SliceView::redraw() {
  m_staleFrame = QRegion(m_frame.rect());
  update();
}

int SliceView::levelFor(double zoom) const {
  int level = 0;
  while (level + 1 < static_cast<int>(m_picture->levels().size()) && zoom * std::exp2(level + 1) <= 1.0) ++level;
  return level;
}

void SliceView::compose(const QRect& device) {
  const int level = levelFor(m_zoom);
  const auto& codes = m_picture->levels()[static_cast<std::size_t>(level)];
  const double step = std::exp2(level);
  const Size size = m_picture->isVolume() ? m_picture->size() : Size{codes.width, codes.height, 1};
  Scene scene;
  scene.grey = &m_grey;
  auto& in = scene.samples;
  in.sizeU = m_picture->isVolume() ? m_plane.sizeU : codes.width;
  in.sizeV = m_picture->isVolume() ? m_plane.sizeV : codes.height;
  in.strideU = strideOf(size, m_plane.u), in.strideV = strideOf(size, m_plane.v);
  in.first = codes.codes.data() + m_slice * strideOf(size, m_plane.n);
  if (m_plane.backU) in.first += (in.sizeU - 1) * in.strideU, in.strideU = -in.strideU;
  if (m_plane.backV) in.first += (in.sizeV - 1) * in.strideV, in.strideV = -in.strideV;
  const QTransform toPlane = transform().inverted();
  // Pixel i of a level lies over pixels step * i ... of the plane; its middle is (step - 1) / 2 further.
  const auto toSquares = [&toPlane](double side) {
    return toPlane * QTransform(1 / side, 0, 0, 1 / side, -(side - 1) / 2 / side, -(side - 1) / 2 / side);
  };
  scene.screenToSamples = toSquares(step);
  scene.sampling = m_zoom >= 3 ? Sampling::Nearest : Sampling::Linear;
  scene.background = 0xff101214;
  if (m_labels) {
    // Squares of about a pixel of the screen: between 0.7 and 1.4 of them.
    const auto labelStep = static_cast<std::int64_t>(std::exp2(m_zoom >= 1 ? 0 : std::round(std::log2(1 / m_zoom))));
    m_layer.setGrid(m_plane, m_slice, labelStep);
    scene.screenToOverlay = toSquares(static_cast<double>(labelStep));
    m_layer.refresh(m_labels(), scene.screenToOverlay.mapRect(QRectF(device)).toAlignedRect().adjusted(-1, -1, 1, 1));
    scene.overlay = m_layer.samples();
  }
  roundel::compose(m_frame, device, scene);
}

void SliceView::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  if (!m_picture) {
    painter.fillRect(event->rect(), palette().color(QPalette::Window));
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(rect().adjusted(40, 40, -40, -40), static_cast<int>(Qt::AlignCenter) | static_cast<int>(Qt::TextWordWrap),
                     m_placeholder);
    return;
  }
  QElapsedTimer timer;
  timer.start();
  const double ratio = devicePixelRatioF();
  const QSize device(static_cast<int>(std::lround(width() * ratio)), static_cast<int>(std::lround(height() * ratio)));
  if (m_frame.size() != device) {
    m_frame = QImage(device, QImage::Format_RGB32);
    m_staleFrame = QRegion(m_frame.rect());
  }
  if (!m_staleFrame.isEmpty()) compose(m_staleFrame.boundingRect());
  m_staleFrame = {};
  m_frame.setDevicePixelRatio(ratio);
  const QRect part = event->rect();
  painter.drawImage(QRectF(part), m_frame, QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio));
  drawMarks(painter);
  for (ViewTool* one : {m_marks, m_tool})
    if (one != nullptr) one->paint(painter, *this);
  m_lastPaintMs = static_cast<double>(timer.nsecsElapsed()) / 1e6;
  if (!m_paintedOnce) {
    m_paintedOnce = true;
    Q_EMIT painted();
  }
}

void SliceView::drawMarks(QPainter& painter) {
  painter.save();
  QFont font = painter.font();
  font.setBold(true);
  painter.setFont(font);
  if (!m_plane.letters[0].isEmpty()) {
    // A letter is at the side where its end of the axis is seen now, however the view is turned.
    const QPointF middle(width() / 2.0, height() / 2.0);
    const QTransform turn = transform();
    const std::array<QPointF, 4> ends{QPointF(-1, 0), QPointF(1, 0), QPointF(0, -1), QPointF(0, 1)};
    for (std::size_t side = 0; side < 4; ++side) {
      QPointF way = turn.map(ends[side]) - turn.map(QPointF(0, 0));
      way /= std::max(1e-9, std::hypot(way.x(), way.y()));
      const QPointF at(middle.x() + way.x() * (width() / 2.0 - 16), middle.y() + way.y() * (height() / 2.0 - 16));
      drawText(painter, at + QPointF(-5, 6), m_plane.letters[side]);
    }
  } else if (!m_picture->facts().laterality.empty()) {
    drawText(painter, QPointF(12, 26), QString::fromStdString(m_picture->facts().laterality));
  }
  if (m_plane.kind != PlaneKind::Picture)
    drawText(painter, QPointF(12, height() - 12), QStringLiteral("%1 / %2").arg(m_slice + 1).arg(m_plane.slices));
  drawScaleBar(painter);
  if (m_crosshair) {
    const QPointF at = screenAt(*m_crosshair);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(QColor(90, 200, 250, 170), 1));
    painter.drawLine(QPointF(0, at.y()), QPointF(at.x() - 8, at.y()));
    painter.drawLine(QPointF(at.x() + 8, at.y()), QPointF(width(), at.y()));
    painter.drawLine(QPointF(at.x(), 0), QPointF(at.x(), at.y() - 8));
    painter.drawLine(QPointF(at.x(), at.y() + 8), QPointF(at.x(), height()));
  }
  painter.restore();
}

void SliceView::drawScaleBar(QPainter& painter) {
  const double perMm = screenPerMm();
  if (!(perMm > 0)) return;
  double length = std::pow(10.0, std::floor(std::log10(width() / 4.0 / perMm)));
  for (const double factor : {5.0, 2.0})
    if (length * factor * perMm <= width() / 4.0) {
      length *= factor;
      break;
    }
  const double pixels = length * perMm, right = width() - 16.0, y = height() - 14.0;
  painter.setPen(QPen(QColor(0, 0, 0, 200), 4));
  painter.drawLine(QPointF(right - pixels, y), QPointF(right, y));
  painter.setPen(QPen(QColor(240, 240, 230), 2));
  painter.drawLine(QPointF(right - pixels, y), QPointF(right, y));
  const QString text = length >= 10 ? QStringLiteral("%L1 cm").arg(length / 10) : QStringLiteral("%L1 mm").arg(length);
  drawText(painter, QPointF(right - painter.fontMetrics().horizontalAdvance(text), y - 7), text);
}

}  // namespace roundel
