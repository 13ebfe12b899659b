#pragma once
#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QList>
#include <QObject>
#include <functional>

namespace roundel {

/// One thing a person can do.
struct ActionSpec {
  QString id;     ///< a stable word; the shortcut of a person's own is kept under it
  QString group;  ///< heading in the cheat sheet
  QString text;
  QList<QKeySequence> keys = {};
  QString icon = {};
  bool checkable = false;
  bool inPicture = false;  ///< its keys are for the pictures alone: Space, Enter and Escape mean something else to buttons and fields
};

/// Everything that has a name, a shortcut and a place in menus; shortcuts can be changed, and the changes are kept.
class ActionTable : public QObject {
  Q_OBJECT

 public:
  struct Entry {
    QString id, group, icon;
    QAction* action = nullptr;
    QList<QKeySequence> defaults;
  };

  ActionTable(QWidget* window, QWidget* pictures);
  QAction* add(const ActionSpec& spec, std::function<void()> then = {});
  QAction* action(const QString& id) const;
  const QList<Entry>& entries() const { return m_entries; }
  /// The action that has this key already; null: none.
  const Entry* owner(const QKeySequence& key, const QString& except) const;
  void setKeys(const QString& id, const QList<QKeySequence>& keys);
  void restoreDefaults();
  /// Icons anew, in the colours of the theme.
  void recolour();

 private:
  QWidget* m_window;
  QWidget* m_pictures;
  QList<Entry> m_entries;
  QHash<QString, int> m_byId;
};

}  // namespace roundel
