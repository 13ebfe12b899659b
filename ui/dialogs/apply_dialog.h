#pragma once
#include <QDialog>
#include <functional>

class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace roundel {

class Document;
class EngineCommand;

/// Applies a model of the study to new images, or to its cases without labels, with a generalist's refinement if one is wanted. New images
/// become cases of the study; what the machine labels waits under Review and counts as a label once a person takes it over.
class ApplyDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ApplyDialog(Document& document, QWidget* parent = nullptr);
  void setSource(const QString& path);
  /// Name of the folder under `applied/` that came of it.
  const QString& applied() const { return m_applied; }

 protected:
  void reject() override;

 private:
  void fillModels();
  void check();
  void go();
  void next(const QStringList& arguments, const QString& saying, std::function<void()> then);
  void predict();
  void takeIn(const QString& predictions);
  void fail(const QString& sentence);
  QStringList images() const;

  Document& m_document;
  EngineCommand* m_running = nullptr;
  QComboBox *m_which, *m_model, *m_refine;
  QLineEdit* m_source;
  QPushButton *m_pickFolder, *m_pickFile, *m_go;
  QLabel* m_message;
  QProgressBar* m_progress;
  QDialogButtonBox* m_buttons;
  QString m_applied;
  QStringList m_warnings;
};

}  // namespace roundel
