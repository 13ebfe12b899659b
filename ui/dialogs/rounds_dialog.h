#pragma once
#include <QDialog>
#include <QStringList>

class QCheckBox;
class QLabel;
class QPushButton;
class QTableWidget;

namespace roundel {

class Document;

/// All rounds of all runs of the study: mean Dice of the strategy and of its control, and the difference case by case with its spread.
/// Accepted, it names the round that is to be the study's model.
class RoundsDialog : public QDialog {
  Q_OBJECT

 public:
  RoundsDialog(Document& document, const QStringList& runs, QWidget* parent = nullptr);
  QString run() const;
  int round() const;
  QString arm() const;

 private:
  void addRun(const QString& id);
  void choose();

  Document& m_document;
  QTableWidget* m_table;
  QLabel* m_detail;
  QCheckBox* m_control;
  QPushButton* m_use;
};

}  // namespace roundel
