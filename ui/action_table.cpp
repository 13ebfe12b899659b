#include "ui/action_table.h"

#include <QSettings>
#include <QWidget>

#include "core/error.h"
#include "ui/theme.h"

namespace roundel {
namespace {

QString settingOf(const QString& id) { return QStringLiteral("shortcuts/") + id; }

void describe(QAction& action) {
  const QString keys = QKeySequence::listToString(action.shortcuts(), QKeySequence::NativeText);
  QString text = action.text();
  text.remove(QLatin1Char('&'));
  action.setToolTip(keys.isEmpty() ? text : QStringLiteral("%1 (%2)").arg(text, keys));
}

}  // namespace

ActionTable::ActionTable(QWidget* window, QWidget* pictures) : QObject(window), m_window(window), m_pictures(pictures) {}

QAction* ActionTable::add(const ActionSpec& spec, std::function<void()> then) {
  if (m_byId.contains(spec.id)) throw Error(ErrorKind::Defect, "defect", "Two actions are named " + spec.id.toStdString() + ".");
  auto* action = new QAction(spec.text, this);
  action->setObjectName(spec.id);
  action->setCheckable(spec.checkable);
  const QSettings settings;
  QList<QKeySequence> keys = spec.keys;
  if (settings.contains(settingOf(spec.id))) keys = QKeySequence::listFromString(settings.value(settingOf(spec.id)).toString());
  action->setShortcuts(keys);
  describe(*action);
  if (!spec.icon.isEmpty()) action->setIcon(themedIcon(spec.icon));
  if (then) connect(action, &QAction::triggered, this, [run = std::move(then)] { run(); });
  if (spec.inPicture) action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  (spec.inPicture ? m_pictures : m_window)->addAction(action);
  m_byId[spec.id] = static_cast<int>(m_entries.size());
  m_entries.push_back({spec.id, spec.group, spec.icon, action, spec.keys});
  return action;
}

QAction* ActionTable::action(const QString& id) const {
  const auto found = m_byId.constFind(id);
  return found == m_byId.constEnd() ? nullptr : m_entries[*found].action;
}

const ActionTable::Entry* ActionTable::owner(const QKeySequence& key, const QString& except) const {
  for (const Entry& entry : m_entries)
    if (entry.id != except && entry.action->shortcuts().contains(key)) return &entry;
  return nullptr;
}

void ActionTable::setKeys(const QString& id, const QList<QKeySequence>& keys) {
  QAction* changed = action(id);
  if (changed == nullptr) return;
  changed->setShortcuts(keys);
  describe(*changed);
  QSettings().setValue(settingOf(id), QKeySequence::listToString(keys));
}

void ActionTable::restoreDefaults() {
  QSettings settings;
  for (const Entry& entry : m_entries) {
    entry.action->setShortcuts(entry.defaults);
    describe(*entry.action);
    settings.remove(settingOf(entry.id));
  }
}

void ActionTable::recolour() {
  for (const Entry& entry : m_entries)
    if (!entry.icon.isEmpty()) entry.action->setIcon(themedIcon(entry.icon));
}

}  // namespace roundel
