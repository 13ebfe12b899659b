#pragma once
#include <QWidget>

#include "ui/run_starter.h"
#include "ui/run_watcher.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace roundel {

class CurveWidget;
class Document;
class PauseTimeField;

/// The study's runs: start one, follow it, pause it, go on, and see what came of it.
class RunDock : public QWidget {
  Q_OBJECT

 public:
  explicit RunDock(Document& document, QWidget* parent = nullptr);
  /// Says what would be done and why; starts it where a person agrees.
  void askToTrain();
  RunWatcher& watcher() { return m_watcher; }
  QString runId() const;
  /// Makes a round the model of the study; an earlier one is how to roll back.
  void promote(const QString& run, int round, const QString& arm);
  /// All rounds of all runs beside their controls.
  void compare();
  /// Has the report of the run that is looked at written, and shows it.
  void openReport();
  void refresh();

 Q_SIGNALS:
  void runsChanged();
  void notice(const QString& sentence);

 private:
  void fillRuns();
  void started(const QString& id);
  void takeIn();
  void control(const char* word);
  void goOn();
  void fillRounds();
  int chosenRound() const;

  Document& m_document;
  RunWatcher m_watcher;
  RunStarter m_starter;
  bool m_stopping = false;
  QComboBox* m_runs;
  QLabel* m_state;
  QLabel* m_detail;
  QProgressBar* m_progress;
  CurveWidget* m_curves;
  QTableWidget* m_rounds;
  PauseTimeField* m_pauseAt;
  QPushButton *m_train, *m_pause, *m_cancel, *m_goOn, *m_report, *m_compare, *m_promote;
};

}  // namespace roundel
