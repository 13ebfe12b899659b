#pragma once
#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace roundel {

class Document;

/// Cases that were labelled twice: how far readers agree with themselves and with each other; and the way into another re-reading.
class RereadDialog : public QDialog {
  Q_OBJECT

 public:
  explicit RereadDialog(Document& document, QWidget* parent = nullptr);

 protected:
  void accept() override;

 private:
  void fill();
  void count();

  Document& m_document;
  QLabel *m_summary, *m_detail;
  QTableWidget* m_table;
  QSpinBox *m_cases, *m_seed;
  QLineEdit* m_reader;
  QPushButton* m_begin;
};

}  // namespace roundel
