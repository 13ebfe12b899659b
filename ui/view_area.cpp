#include "ui/view_area.h"

#include <QGridLayout>
#include <QLabel>

#include "ui/document.h"

namespace roundel {

ViewArea::ViewArea(Document& document, QWidget* parent)
    : QStackedWidget(parent), m_document(document), m_picture(makeView()), m_volume(new QWidget) {
  setObjectName(QStringLiteral("pictures"));
  addWidget(m_picture);
  m_grid = new QGridLayout(m_volume);
  m_grid->setContentsMargins(0, 0, 0, 0);
  m_grid->setSpacing(2);
  for (int i = 0; i < 3; ++i) m_cuts.push_back(makeView());
  m_outside = new VolumeView(this);
  m_outside->setLabels([this] { return shapes(); });
  m_grid->addWidget(m_cuts[0], 0, 0);
  m_grid->addWidget(m_cuts[2], 0, 1);
  m_grid->addWidget(m_cuts[1], 1, 0);
  m_grid->addWidget(m_outside, 1, 1);
  for (SliceView* cut : m_cuts) connect(cut, &SliceView::doubleClicked, this, [this, cut] { maximise(cut); });
  maximise(nullptr);
  addWidget(m_volume);
  m_views = {m_picture};
  m_active = m_picture;
  connect(&m_waitTimer, &QTimer::timeout, this, &ViewArea::tellWaiting);
  connect(&document, &Document::caseChanged, this, [this] {
    m_opened.start();
    m_extra.clear();
  });
  connect(&document, &Document::pictureChanged, this, &ViewArea::showPicture);
  connect(&document, &Document::labelsChanged, this, [this](const PixelBox& box) {
    for (SliceView* view : m_views) box.empty() ? view->update() : view->updateLabels(box);
    m_outside->updateLabels();
  });
  const auto all = [this] {
    for (SliceView* view : m_views) view->updateLabels();
    m_outside->updateLabels();
  };
  connect(&document, &Document::looksChanged, this, all);
  connect(&document, &Document::classesChanged, this, all);
}

SliceView* ViewArea::makeView() {
  auto* view = new SliceView(this);
  view->setLabels([this] { return shapes(); });
  connect(view, &SliceView::probed, this, [this, view](const auto& index) {
    if (index) m_active = view;
    Q_EMIT probed(index);
  });
  connect(view, &SliceView::displayChanged, this, [this, view] {
    for (SliceView* other : m_views)
      if (other != view) other->setDisplay(view->display());
    m_outside->setDisplay(view->display());
    Q_EMIT displayChanged();
    Q_EMIT displayDragged();
  });
  connect(view, &SliceView::caseWheel, this, &ViewArea::caseWheel);
  connect(view, &SliceView::toolWheel, this, &ViewArea::toolWheel);
  connect(view, &SliceView::zoomChanged, this, &ViewArea::zoomChanged);
  connect(view, &SliceView::crosshairMoved, this, &ViewArea::crosshair);
  connect(view, &SliceView::sliceChanged, this, [this, view](std::int64_t slice) {
    // The crosshair follows the slice, and with it the lines in the other cuts.
    if (m_views.size() < 2) return;
    auto place = view->indexAt(QPointF(view->rect().center()));
    place[static_cast<std::size_t>(view->plane().n)] = static_cast<double>(slice);
    for (SliceView* other : m_views)
      if (other != view) place[static_cast<std::size_t>(other->plane().n)] = static_cast<double>(other->slice());
    for (SliceView* other : m_views) other->setCrosshair(place);
  });
  connect(view, &SliceView::painted, this, [this] {
    if (m_opened.isValid()) m_lastOpenMs = static_cast<double>(m_opened.nsecsElapsed()) / 1e6;
    m_opened.invalidate();
  });
  return view;
}

void ViewArea::showPicture() {
  const PicturePointer& picture = m_document.picture();
  const bool volume = picture && picture->isVolume();
  m_views = volume ? m_cuts : std::vector<SliceView*>{m_picture};
  m_active = m_views[0];
  if (volume) {
    const PlaneKind kinds[] = {PlaneKind::Axial, PlaneKind::Coronal, PlaneKind::Sagittal};
    for (std::size_t i = 0; i < 3; ++i) m_cuts[i]->setPicture(picture, kinds[i]);
    const Size size = picture->size();
    crosshair({static_cast<double>(size.x / 2), static_cast<double>(size.y / 2), static_cast<double>(size.z / 2)});
    m_picture->setPicture(nullptr, PlaneKind::Picture);
  } else {
    m_picture->setPicture(picture, PlaneKind::Picture);
    for (SliceView* cut : m_cuts) cut->setPicture(nullptr, PlaneKind::Axial);
  }
  m_outside->setPicture(volume ? picture : nullptr, m_active->display());
  setCurrentWidget(volume ? m_volume : static_cast<QWidget*>(m_picture));
  Q_EMIT displayChanged();
}

void ViewArea::crosshair(const std::array<double, 3>& index) {
  if (m_views.size() < 2 || !m_document.picture()) return;
  const Size size = m_document.picture()->size();
  const std::array<double, 3> inside{std::clamp(index[0], 0.0, static_cast<double>(size.x - 1)),
                                     std::clamp(index[1], 0.0, static_cast<double>(size.y - 1)),
                                     std::clamp(index[2], 0.0, static_cast<double>(size.z - 1))};
  for (SliceView* view : m_views) {
    const QSignalBlocker blocked(view);
    view->setCrosshair(inside);
  }
}

std::vector<LabelShape> ViewArea::shapes() const {
  std::vector<LabelShape> shapes;
  EditSession* session = m_document.session();
  if (session != nullptr && m_style != LabelStyle::Hidden && !m_held && m_document.picture() &&
      session->geometry().size == m_document.picture()->size()) {
    const auto add = [&](int index, QRgb colour) {
      shapes.push_back({.mask = &m_document.shownMask(index),
                        .colour = colour,
                        .opacity = m_opacity,
                        .outline = true,
                        .filled = m_style == LabelStyle::Filled});
    };
    const LabelSet& classes = m_document.classes();
    for (int i = 0; i < classes.size(); ++i)
      if (i != m_document.currentClass() && m_document.look(i).visible)
        add(i, qRgb(classes[i].colour[0], classes[i].colour[1], classes[i].colour[2]));
    // The class in hand lies on top.
    const int now = m_document.currentClass();
    if (now >= 0 && now < classes.size() && m_document.look(now).visible)
      add(now, qRgb(classes[now].colour[0], classes[now].colour[1], classes[now].colour[2]));
    if (m_document.look(kIgnoreRegion).visible) {
      add(kIgnoreRegion, qRgb(170, 170, 170));
      shapes.back().hatched = true;
    }
  }
  for (const ExtraShape& extra : m_extra) shapes.push_back({.mask = &extra.mask, .colour = extra.colour, .opacity = extra.opacity});
  return shapes;
}

void ViewArea::setTool(ViewTool* tool, const QCursor& cursor) {
  for (SliceView* view : {m_picture, m_cuts[0], m_cuts[1], m_cuts[2]}) {
    view->setTool(tool);
    if (tool != nullptr) view->setToolCursor(cursor);
  }
}

void ViewArea::setScheme(MouseScheme scheme) {
  for (SliceView* view : {m_picture, m_cuts[0], m_cuts[1], m_cuts[2]}) view->setScheme(scheme);
}

void ViewArea::setDisplay(const PixelPipelineSettings& settings) {
  for (SliceView* view : m_views) view->setDisplay(settings);
  m_outside->setDisplay(settings);
  Q_EMIT displayChanged();
}

void ViewArea::setOrientation(const Orientation& orientation) { m_active->setOrientation(orientation); }

void ViewArea::fit() {
  for (SliceView* view : m_views) view->fit();
}

void ViewArea::maximise(QWidget* pane) {
  m_maximised = pane == m_maximised ? nullptr : pane;
  for (QWidget* one : {static_cast<QWidget*>(m_cuts[0]), static_cast<QWidget*>(m_cuts[1]), static_cast<QWidget*>(m_cuts[2]),
                       static_cast<QWidget*>(m_outside)})
    one->setVisible(m_maximised == nullptr || one == m_maximised);
  // An empty row or column would keep its share.
  for (int line = 0; line < 2; ++line) {
    const auto holds = [&](bool row) {
      for (int other = 0; other < 2; ++other) {
        QLayoutItem* item = row ? m_grid->itemAtPosition(line, other) : m_grid->itemAtPosition(other, line);
        if (item != nullptr && item->widget() == m_maximised) return true;
      }
      return m_maximised == nullptr;
    };
    m_grid->setRowStretch(line, holds(true) ? 1 : 0);
    m_grid->setColumnStretch(line, holds(false) ? 1 : 0);
  }
  if (auto* cut = qobject_cast<SliceView*>(pane)) {
    cut->fit();
    cut->setFocus();
  }
}

void ViewArea::setLabelStyle(LabelStyle style, double opacity) {
  if ((style == LabelStyle::Hidden) != (m_style == LabelStyle::Hidden)) m_outside->updateLabels();
  m_style = style;
  m_opacity = opacity;
  for (SliceView* view : m_views) view->updateLabels();
}

void ViewArea::setLabelsHeld(bool hidden) {
  if (m_held == hidden) return;
  m_held = hidden;
  for (SliceView* view : m_views) view->updateLabels();
}

void ViewArea::setExtra(std::vector<ExtraShape> shapes, const PixelBox& box) {
  m_extra = std::move(shapes);
  for (SliceView* view : m_views) box.empty() ? view->updateLabels() : view->updateLabels(box);
}

void ViewArea::setPlaceholder(const QString& text) {
  m_waitTimer.stop();
  m_picture->setPlaceholder(text);
}

void ViewArea::setWaiting(const QString& caseName) {
  m_waitsFor = caseName;
  m_picture->setPlaceholder(tr("Opening %1 …").arg(caseName));
  m_waitTimer.start(500);
}

void ViewArea::tellWaiting() {
  const qint64 seconds = m_opened.isValid() ? m_opened.elapsed() / 1000 : 0;
  if (m_document.picture() || m_document.currentCase() == nullptr) m_waitTimer.stop();
  else if (seconds > 0)
    m_picture->setPlaceholder(
        tr("Opening %1 …").arg(m_waitsFor) + QLatin1Char('\n') +
        tr("%n second(s) so far. Packed pictures (JPEG 2000, deflated) take longer.", nullptr, static_cast<int>(seconds)));
}

}  // namespace roundel
