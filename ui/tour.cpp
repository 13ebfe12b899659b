#include "ui/tour.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QMainWindow>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/document.h"
#include "ui/tool_box.h"
#include "ui/tools/prompt_tool.h"
#include "ui/view_area.h"

namespace roundel {
namespace {

/// A ring around a part of the window, which lets the mouse through.
class Ring : public QWidget {
 public:
  explicit Ring(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    setFocusPolicy(Qt::NoFocus);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(QColor(0, 0, 0, 90), 6));
    painter.drawRoundedRect(QRectF(rect()).adjusted(4, 4, -4, -4), 6, 6);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 3));
    painter.drawRoundedRect(QRectF(rect()).adjusted(4, 4, -4, -4), 6, 6);
  }
};

}  // namespace

Tour::Tour(QMainWindow& window, Document& document, ViewArea& area, ToolBox& tools, PromptTool& prompt)
    : QObject(&window),
      m_window(window),
      m_document(document),
      m_panel(new QFrame(&window)),
      m_ring(new Ring(&window)),
      m_title(new QLabel),
      m_text(new QLabel),
      m_count(new QLabel),
      m_back(new QPushButton(tr("Back"))),
      m_next(new QPushButton) {
  m_panel->setObjectName(QStringLiteral("tour"));
  m_panel->setFrameShape(QFrame::StyledPanel);
  m_panel->setAutoFillBackground(true);
  m_panel->setFixedWidth(400);
  m_panel->setAccessibleName(tr("Tour"));
  m_title->setObjectName(QStringLiteral("tour-title"));
  QFont bold = m_title->font();
  bold.setBold(true);
  bold.setPointSizeF(bold.pointSizeF() * 1.15);
  m_title->setFont(bold);
  m_text->setWordWrap(true);
  m_count->setObjectName(QStringLiteral("faint"));
  auto* stop = new QPushButton(tr("End the tour"));
  stop->setFlat(true);
  auto* layout = new QVBoxLayout(m_panel);
  layout->setContentsMargins(14, 12, 14, 12);
  layout->addWidget(m_title);
  layout->addWidget(m_text);
  auto* row = new QHBoxLayout;
  row->addWidget(m_count);
  row->addWidget(stop);
  row->addStretch();
  row->addWidget(m_back);
  row->addWidget(m_next);
  layout->addLayout(row);
  m_panel->hide();
  m_ring->hide();
  window.installEventFilter(this);
  connect(stop, &QPushButton::clicked, this, &Tour::end);
  connect(m_back, &QPushButton::clicked, this, [this] { go(m_step - 1); });
  connect(m_next, &QPushButton::clicked, this, [this] { go(m_step + 1); });
  connect(&document, &Document::caseChanged, this, [this] { done(Deed::CaseOpened); });
  connect(&area, &ViewArea::displayDragged, this, [this] { done(Deed::WindowChanged); });
  connect(&tools, &ToolBox::chosen, this, [this](const QString& id) {
    if (id == QLatin1String("brush")) done(Deed::BrushTaken);
  });
  connect(&document, &Document::historyChanged, this, [this] {
    const EditSession* session = m_document.session();
    if (session == nullptr) return;
    if (session->history().canRedo()) done(Deed::Undone);
    else if (session->history().canUndo()) done(Deed::Painted);
  });
  connect(&prompt, &PromptTool::answered, this, [this] { done(Deed::Prompted); });
  connect(&document, &Document::studyChanged, this, [this] {
    if (!m_document.isOpen()) end();
  });
}

Tour::~Tour() = default;

bool Tour::seen() { return QSettings().value(QStringLiteral("tour/seen"), false).toBool(); }

std::vector<Tour::Step> Tour::script() const {
  return {{tr("The cases"),
           tr("These are the radiographs of the study. The dot says how far each is: nobody has begun, in progress, labelled. Click "
              "another one, or press D."),
           QStringLiteral("cases"), Deed::CaseOpened},
          {tr("Look"),
           tr("Drag in the picture with the left button: window and level. The middle button moves, the right one zooms, Space puts "
              "everything back. The data never change."),
           QStringLiteral("pictures"), Deed::WindowChanged},
          {tr("What is labelled"),
           tr("Every class is a structure, here a tooth. Choose the one that you want to paint. The eye hides it, the padlock guards it; "
              "a click on the second column says that it is absent here, or that nobody has looked."),
           QStringLiteral("classes")},
          {tr("The brush"), tr("Take the brush: here, or with 2."), QStringLiteral("tools"), Deed::BrushTaken},
          {tr("Paint"),
           tr("Left paints, right erases, [ and ] change the size. Every stroke is on the disk before the next one begins. Paint one."),
           QStringLiteral("pictures"), Deed::Painted},
          {tr("Take it back"), tr("Ctrl+Z. Steps, at the right, lists everything that was done; a click goes there."),
           QStringLiteral("tool"), Deed::Undone},
          {tr("Let a generalist outline"),
           tr("Press P, then click into a tooth or drag a box around it. Points and corners can be moved. Enter takes the outline over."),
           QStringLiteral("pictures"), Deed::Prompted},
          {tr("Train"),
           tr("With a few cases labelled, Train says what it would do, and does it, while you go on. Review then shows what the machine "
              "made of the rest. F1 lists every key."),
           QStringLiteral("train-button")}};
}

int Tour::steps() const { return static_cast<int>(script().size()); }

void Tour::start() {
  m_steps = script();
  go(0);
}

void Tour::end() {
  if (m_step < 0) return;
  m_step = -1;
  m_panel->hide();
  m_ring->hide();
  QSettings().setValue(QStringLiteral("tour/seen"), true);
}

void Tour::go(int step) {
  if (step >= static_cast<int>(m_steps.size())) return end();
  m_step = std::max(0, step);
  const Step& now = m_steps[static_cast<std::size_t>(m_step)];
  m_title->setText(now.title);
  m_text->setText(now.text);
  m_count->setText(tr("%1 of %2").arg(m_step + 1).arg(m_steps.size()));
  m_back->setEnabled(m_step > 0);
  m_next->setText(m_step + 1 == static_cast<int>(m_steps.size()) ? tr("Done") : now.deed == Deed::None ? tr("Next") : tr("Skip"));
  m_panel->setAccessibleDescription(now.title + QStringLiteral(". ") + now.text);
  m_panel->show();
  arrange();
}

void Tour::done(Deed deed) {
  if (m_step >= 0 && m_steps[static_cast<std::size_t>(m_step)].deed == deed) go(m_step + 1);
}

void Tour::arrange() {
  if (m_step < 0) return;
  auto* place = m_window.findChild<QWidget*>(m_steps[static_cast<std::size_t>(m_step)].place);
  auto* pictures = m_window.findChild<QWidget*>(QStringLiteral("pictures"));
  m_ring->setVisible(place != nullptr && place->isVisible());
  if (m_ring->isVisible()) {
    m_ring->setGeometry(QRect(place->mapTo(&m_window, QPoint(0, 0)), place->size()).adjusted(-2, -2, 2, 2).intersected(m_window.rect()));
    m_ring->raise();
  }
  m_panel->adjustSize();
  const QWidget* around = pictures != nullptr ? pictures : &m_window;
  const QPoint corner =
      around->mapTo(&m_window, QPoint((around->width() - m_panel->width()) / 2, around->height() - m_panel->height() - 40));
  m_panel->move(corner);
  m_panel->raise();
}

bool Tour::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)
    QMetaObject::invokeMethod(this, &Tour::arrange, Qt::QueuedConnection);
  return QObject::eventFilter(watched, event);
}

}  // namespace roundel
