#pragma once
#include <QDialog>

class QKeySequenceEdit;
class QLabel;
class QTreeWidget;

namespace roundel {

class ActionTable;

/// The cheat sheet, in which every shortcut can be changed.
class ShortcutsDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ShortcutsDialog(ActionTable& actions, QWidget* parent = nullptr);

 private:
  void fill(const QString& words);
  void change();

  ActionTable& m_actions;
  QTreeWidget* m_tree;
  QKeySequenceEdit* m_keys;
  QLabel* m_message;
};

}  // namespace roundel
