#pragma once
#include <QDialog>

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace roundel {

class Document;

/// What Train would do with the study as it is, and why: no choice has to be made. Draws the study's split where it has none.
class TrainDialog : public QDialog {
  Q_OBJECT

 public:
  explicit TrainDialog(Document& document, QWidget* parent = nullptr);
  /// Of `roundel run`.
  QStringList arguments() const;

 protected:
  void accept() override;

 private:
  void look();
  void describe();

  Document& m_document;
  QLabel* m_plan;
  QComboBox* m_strategy;
  QComboBox* m_preset;
  QSpinBox* m_rounds;
  QPushButton* m_start;
  int m_labelled = 0, m_unlabelled = 0, m_validation = 0, m_test = 0;
  bool m_hasSplit = false, m_redraw = false;
};

}  // namespace roundel
