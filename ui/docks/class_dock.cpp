#include "ui/docks/class_dock.h"

#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/document.h"
#include "ui/texts.h"
#include "ui/theme.h"

namespace roundel {
namespace {

enum Column { Name, State, Shown, Locked };

QIcon swatch(const std::array<std::uint8_t, 3>& colour) {
  QPixmap pixmap(36, 36);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(QColor(0, 0, 0, 120), 2));
  painter.setBrush(QColor(colour[0], colour[1], colour[2]));
  painter.drawRoundedRect(QRectF(3, 3, 30, 30), 7, 7);
  return QIcon(pixmap);
}

QIcon hatch() {
  QPixmap pixmap(36, 36);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(QColor(120, 120, 120), 2));
  painter.setBrush(QBrush(QColor(150, 150, 150), Qt::BDiagPattern));
  painter.drawRoundedRect(QRectF(3, 3, 30, 30), 7, 7);
  return QIcon(pixmap);
}

}  // namespace

ClassDock::ClassDock(Document& document, QWidget* parent) : QWidget(parent), m_document(document) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(6, 6, 6, 6);
  m_pages = new QStackedWidget;
  layout->addWidget(m_pages);
  m_tree = new QTreeWidget;
  m_tree->setRootIsDecorated(false);
  m_tree->setUniformRowHeights(true);
  m_tree->setColumnCount(4);
  m_tree->setHeaderLabels({tr("Class"), tr("In this case"), QString(), QString()});
  m_tree->header()->setSectionResizeMode(Name, QHeaderView::Stretch);
  m_tree->header()->setSectionResizeMode(State, QHeaderView::ResizeToContents);
  for (const int column : {Shown, Locked}) {
    m_tree->header()->setSectionResizeMode(column, QHeaderView::Fixed);
    m_tree->header()->resizeSection(column, 30);
  }
  m_tree->header()->setStretchLastSection(false);
  m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
  m_tree->setAccessibleName(tr("Classes"));
  m_pages->addWidget(m_tree);
  auto* empty = new QWidget;
  auto* emptyLayout = new QVBoxLayout(empty);
  auto* hint = new QLabel(
      tr("This study has no classes yet: nothing can be painted. A class is a structure that you label, such as a tooth or a bone."));
  hint->setWordWrap(true);
  hint->setObjectName(QStringLiteral("faint"));
  auto* make = new QPushButton(tr("Add classes …"));
  emptyLayout->addWidget(hint);
  emptyLayout->addWidget(make, 0, Qt::AlignLeft);
  emptyLayout->addStretch();
  m_pages->addWidget(empty);
  connect(make, &QPushButton::clicked, this, &ClassDock::editClassesRequested);
  connect(m_tree, &QTreeWidget::itemClicked, this, &ClassDock::clicked);
  connect(m_tree, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (item != nullptr) m_document.setCurrentClass(indexOf(item));
  });
  connect(m_tree, &QTreeWidget::customContextMenuRequested, this, &ClassDock::menu);
  connect(&document, &Document::studyChanged, this, &ClassDock::rebuild);
  connect(&document, &Document::classesChanged, this, &ClassDock::rebuild);
  connect(&document, &Document::caseChanged, this, &ClassDock::refreshStates);
  connect(&document, &Document::historyChanged, this, &ClassDock::refreshStates);
  connect(&document, &Document::looksChanged, this, &ClassDock::refreshStates);
  connect(&document, &Document::currentClassChanged, this, &ClassDock::selectCurrent);
  rebuild();
}

void ClassDock::rebuild() {
  const QSignalBlocker blocked(m_tree);
  m_tree->clear();
  for (const LabelClass& one : m_document.classes().classes()) {
    auto* item = new QTreeWidgetItem(m_tree);
    item->setIcon(Name, swatch(one.colour));
    item->setText(Name, textOf(one.name));
    item->setToolTip(Name, one.code.empty() ? textOf(one.name) : QStringLiteral("%1 (%2)").arg(textOf(one.name), textOf(one.code)));
  }
  if (!m_document.classes().empty()) {
    auto* ignore = new QTreeWidgetItem(m_tree);
    ignore->setIcon(Name, hatch());
    ignore->setText(Name, tr("Ignore"));
    ignore->setToolTip(Name, tr("A part of the picture that nobody should judge. Paint it like a class: it is left out of training and of "
                                "every measure."));
    QFont slanting = ignore->font(Name);
    slanting.setItalic(true);
    ignore->setFont(Name, slanting);
  }
  m_pages->setCurrentIndex(m_document.classes().empty() && m_document.isOpen() ? 1 : 0);
  refreshStates();
  selectCurrent();
}

void ClassDock::refreshStates() {
  const EditSession* session = m_document.session();
  const QIcon seen = themedIcon(QStringLiteral("eye")), unseen = themedIcon(QStringLiteral("eye-off"));
  const QIcon locked = themedIcon(QStringLiteral("lock"));
  for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
    QTreeWidgetItem* item = m_tree->topLevelItem(i);
    const int index = indexOf(item);
    const ClassLook look = m_document.look(index);
    item->setIcon(Shown, look.visible ? seen : unseen);
    item->setToolTip(Shown, look.visible ? tr("Shown. Click to hide.") : tr("Hidden. Click to show."));
    item->setIcon(Locked, look.locked ? locked : QIcon());
    if (index == kIgnoreRegion) {
      item->setText(State, session != nullptr && !session->annotation().ignore.empty() ? tr("marked") : QStringLiteral("–"));
      continue;
    }
    item->setToolTip(Locked, look.locked ? tr("Locked: no tool changes it. Click to unlock.") : tr("Click to lock."));
    QString text;
    if (session != nullptr) {
      switch (session->annotation().classes[static_cast<std::size_t>(index)].state) {
        case ClassState::Present: text = tr("labelled"); break;
        case ClassState::Absent: text = tr("absent"); break;
        case ClassState::NotAnnotated: text = QStringLiteral("–"); break;
      }
    }
    item->setText(State, text);
    item->setToolTip(State, tr("Click to say that the class is absent here, or that nobody has looked for it."));
  }
}

void ClassDock::selectCurrent() {
  const QSignalBlocker blocked(m_tree);
  const int now = m_document.currentClass();
  m_tree->setCurrentItem(m_tree->topLevelItem(now == kIgnoreRegion ? m_document.classes().size() : now));
}

int ClassDock::indexOf(QTreeWidgetItem* item) const {
  const int row = m_tree->indexOfTopLevelItem(item);
  return row < m_document.classes().size() ? row : kIgnoreRegion;
}

void ClassDock::step(int by) {
  const int count = m_document.classes().size();
  if (count > 0) m_document.setCurrentClass((std::max(0, m_document.currentClass()) + by + count) % count);
}

void ClassDock::clicked(QTreeWidgetItem* item, int column) {
  const int index = indexOf(item);
  ClassLook look = m_document.look(index);
  if (column == State && index != kIgnoreRegion && m_document.session() != nullptr && m_document.canEdit()) {
    QMenu menu(this);
    addStates(menu, index);
    menu.exec(m_tree->viewport()->mapToGlobal(m_tree->visualItemRect(item).bottomLeft() + QPoint(m_tree->columnWidth(Name), 0)));
    return;
  }
  if (column == Shown) look.visible = !look.visible;
  else if (column == Locked) look.locked = !look.locked;
  else return;
  m_document.setLook(index, look);
}

void ClassDock::setState(int index, int state) {
  if (m_document.session() == nullptr || !m_document.canEdit() || m_document.look(index).locked) return;
  m_document.commit(stateEdit(m_document.session()->annotation(), index, static_cast<ClassState>(state)));
}

void ClassDock::setCurrentState(int state) {
  if (const int now = m_document.currentClass(); now >= 0 && now < m_document.classes().size()) setState(now, state);
}

void ClassDock::addStates(QMenu& menu, int index) {
  const ClassState now = m_document.session()->annotation().classes[static_cast<std::size_t>(index)].state;
  const auto add = [&](const QString& text, ClassState state) {
    QAction* action = menu.addAction(text, this, [this, index, state] { setState(index, static_cast<int>(state)); });
    action->setCheckable(true);
    action->setChecked(now == state);
    return action;
  };
  add(tr("Labelled: what is painted is all there is"), ClassState::Present);
  add(tr("Absent in this case"), ClassState::Absent);
  add(tr("Nobody has looked for it here"), ClassState::NotAnnotated);
  for (QAction* action : menu.actions()) action->setEnabled(!m_document.look(index).locked);
}

void ClassDock::menu(const QPoint& at) {
  QTreeWidgetItem* item = m_tree->itemAt(at);
  if (item == nullptr) return;
  const int index = indexOf(item);
  if (index == kIgnoreRegion) return;
  QMenu menu(this);
  if (m_document.session() != nullptr && m_document.canEdit()) {
    addStates(menu, index);
    menu.addAction(tr("All that are not labelled are absent"), this, [this] {
      const int count = m_document.classes().size();
      for (int i = 0; i < count; ++i)
        if (m_document.session()->annotation().classes[static_cast<std::size_t>(i)].state == ClassState::NotAnnotated)
          setState(i, static_cast<int>(ClassState::Absent));
    });
    menu.addSeparator();
  }
  const auto forAll = [this](auto change) {
    for (int i = 0; i < m_document.classes().size(); ++i) {
      ClassLook look = m_document.look(i);
      change(i, look);
      m_document.setLook(i, look);
    }
  };
  menu.addAction(tr("Show this one only"), this,
                 [forAll, index] { forAll([index](int i, ClassLook& look) { look.visible = i == index; }); });
  menu.addAction(tr("Show all"), this, [forAll] { forAll([](int, ClassLook& look) { look.visible = true; }); });
  menu.addAction(tr("Lock all others"), this, [forAll, index] { forAll([index](int i, ClassLook& look) { look.locked = i != index; }); });
  menu.addAction(tr("Unlock all"), this, [forAll] { forAll([](int, ClassLook& look) { look.locked = false; }); });
  menu.addSeparator();
  menu.addAction(tr("Change the classes …"), this, &ClassDock::editClassesRequested);
  menu.exec(m_tree->viewport()->mapToGlobal(at));
}

}  // namespace roundel
