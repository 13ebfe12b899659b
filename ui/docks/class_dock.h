#pragma once
#include <QWidget>

class QMenu;
class QTreeWidget;
class QTreeWidgetItem;
class QLabel;
class QStackedWidget;

namespace roundel {

class Document;

/// The classes of the study in the open case: colour, shown, locked, and what is known of each here (labelled, absent, not looked for).
class ClassDock : public QWidget {
  Q_OBJECT

 public:
  explicit ClassDock(Document& document, QWidget* parent = nullptr);
  void step(int by);  ///< next or previous class
  /// Says of the class in hand that it is absent here, or that nobody has looked for it (a ClassState).
  void setCurrentState(int state);

 Q_SIGNALS:
  void editClassesRequested();

 private:
  void rebuild();
  void refreshStates();
  void selectCurrent();
  void clicked(QTreeWidgetItem* item, int column);
  void menu(const QPoint& at);
  void setState(int index, int state);
  void addStates(QMenu& menu, int index);
  int indexOf(QTreeWidgetItem* item) const;

  Document& m_document;
  QTreeWidget* m_tree;
  QStackedWidget* m_pages;
};

}  // namespace roundel
