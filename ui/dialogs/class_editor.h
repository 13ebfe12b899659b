#pragma once
#include <QDialog>

#include "core/label_set.h"

class QLabel;
class QTableWidget;

namespace roundel {

/// Names with commas or line ends between them, as classes with colours that are told apart.
LabelSet classesFromNames(const QString& names);

/// The study's classes: add, rename, colour, order, remove.
class ClassEditor : public QDialog {
  Q_OBJECT

 public:
  explicit ClassEditor(const LabelSet& classes, QWidget* parent = nullptr);
  LabelSet classes() const { return m_classes; }

 protected:
  void accept() override;

 private:
  void add(const LabelClass& one);
  void pickColour(int row);
  void move(int by);

  LabelSet m_classes;
  QTableWidget* m_table;
  QLabel* m_message;
};

}  // namespace roundel
