#pragma once
#include <QDialog>

#include "core/json.h"

class QComboBox;
class QDialogButtonBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace roundel {

class Document;
class EngineCommand;

/// Writes labels, predictions or machine's labels for other programs, in every format that the engine knows, and says what the format could
/// not hold.
class ExportDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ExportDialog(Document& document, QWidget* parent = nullptr);
  /// Of `roundel export`.
  QStringList arguments() const;

 protected:
  void reject() override;

 private:
  void fillFormats(const Json& description, const QString& failure);
  void fillRuns();
  void fillRounds();
  void check();
  void go();

  Document& m_document;
  EngineCommand* m_running = nullptr;
  QFormLayout* m_form;
  QComboBox *m_what, *m_run, *m_round, *m_verdict, *m_format;
  QLineEdit* m_folder;
  QLabel *m_sentence, *m_answer;
  QProgressBar* m_progress;
  QDialogButtonBox* m_buttons;
  QPushButton* m_go;
};

}  // namespace roundel
