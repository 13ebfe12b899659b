#include "ui/dialogs/shortcuts_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/action_table.h"

namespace roundel {
namespace {

QString plain(QString text) { return text.remove(QLatin1Char('&')); }

}  // namespace

ShortcutsDialog::ShortcutsDialog(ActionTable& actions, QWidget* parent)
    : QDialog(parent), m_actions(actions), m_tree(new QTreeWidget), m_keys(new QKeySequenceEdit), m_message(new QLabel) {
  setWindowTitle(tr("Keyboard shortcuts"));
  resize(560, 560);
  auto* search = new QLineEdit;
  search->setPlaceholderText(tr("Search"));
  search->setClearButtonEnabled(true);
  m_tree->setHeaderLabels({tr("What"), tr("Keys")});
  m_tree->header()->setStretchLastSection(false);
  m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  auto* set = new QPushButton(tr("Set"));
  auto* none = new QPushButton(tr("None"));
  auto* defaults = new QPushButton(tr("Restore all"));
  auto* row = new QHBoxLayout;
  row->addWidget(new QLabel(tr("New keys:")));
  row->addWidget(m_keys, 1);
  row->addWidget(set);
  row->addWidget(none);
  row->addWidget(defaults);
  auto* close = new QDialogButtonBox(QDialogButtonBox::Close);
  m_message->setWordWrap(true);
  auto* mouse =
      new QLabel(tr("Mouse: left drag window and level, middle drag move, right drag zoom, wheel next case or slice, Ctrl and wheel zoom. "
                    "With a brush: left paints, right erases, Ctrl and right drag the window."));
  mouse->setWordWrap(true);
  mouse->setObjectName(QStringLiteral("faint"));
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(search);
  layout->addWidget(m_tree, 1);
  layout->addWidget(mouse);
  layout->addLayout(row);
  layout->addWidget(m_message);
  layout->addWidget(close);
  connect(search, &QLineEdit::textChanged, this, &ShortcutsDialog::fill);
  connect(set, &QPushButton::clicked, this, &ShortcutsDialog::change);
  connect(none, &QPushButton::clicked, this, [this] {
    m_keys->clear();
    change();
  });
  connect(defaults, &QPushButton::clicked, this, [this, search] {
    m_actions.restoreDefaults();
    fill(search->text());
  });
  connect(close, &QDialogButtonBox::rejected, this, &QDialog::reject);
  fill({});
}

void ShortcutsDialog::fill(const QString& words) {
  m_tree->clear();
  QHash<QString, QTreeWidgetItem*> groups;
  for (const auto& entry : m_actions.entries()) {
    const QString text = plain(entry.action->text());
    if (!words.isEmpty() && !text.contains(words, Qt::CaseInsensitive)) continue;
    QTreeWidgetItem*& group = groups[entry.group];
    if (group == nullptr) {
      group = new QTreeWidgetItem(m_tree, {entry.group});
      group->setFlags(Qt::ItemIsEnabled);
      QFont bold = group->font(0);
      bold.setBold(true);
      group->setFont(0, bold);
    }
    auto* item = new QTreeWidgetItem(group, {text, QKeySequence::listToString(entry.action->shortcuts(), QKeySequence::NativeText)});
    item->setData(0, Qt::UserRole, entry.id);
  }
  m_tree->expandAll();
}

void ShortcutsDialog::change() {
  QTreeWidgetItem* item = m_tree->currentItem();
  const QString id = item == nullptr ? QString() : item->data(0, Qt::UserRole).toString();
  if (id.isEmpty()) {
    m_message->setText(tr("Choose a line first."));
    return;
  }
  const QKeySequence keys = m_keys->keySequence();
  if (!keys.isEmpty()) {
    if (const auto* owner = m_actions.owner(keys, id)) {
      m_message->setText(tr("%1 belongs to “%2” already.").arg(keys.toString(QKeySequence::NativeText), plain(owner->action->text())));
      return;
    }
  }
  m_actions.setKeys(id, keys.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{keys});
  item->setText(1, keys.toString(QKeySequence::NativeText));
  m_message->clear();
}

}  // namespace roundel
