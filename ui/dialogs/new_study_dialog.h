#pragma once
#include <QDialog>
#include <QStringList>

class QButtonGroup;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace roundel {

class EngineCommand;

/// A new study in three steps: where the images are, which classes, go. What it does is what `project new`, `classes` and `import` of the
/// command line do.
class NewStudyDialog : public QDialog {
  Q_OBJECT

 public:
  explicit NewStudyDialog(QWidget* parent = nullptr);
  /// The study's folder once it was accepted.
  QString folder() const;
  void setSource(const QString& path);

 protected:
  void reject() override;

 private:
  void showStep(int step);
  void checkStep();
  void go();
  void next(const QStringList& arguments, const QString& saying, std::function<void()> then);
  void fail(const QString& sentence);

  QStackedWidget* m_pages;
  QLineEdit* m_source;
  QLineEdit* m_folder;
  QLineEdit* m_classNames;
  QButtonGroup* m_palette;
  QLabel* m_title;
  QLabel* m_message;
  QLabel* m_summary;
  QProgressBar* m_progress;
  QPushButton* m_back;
  QPushButton* m_forward;
  QPushButton* m_cancel;
  EngineCommand* m_running = nullptr;
  bool m_made = false;
  QStringList m_warnings;
};

}  // namespace roundel
