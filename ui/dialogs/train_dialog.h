#pragma once
#include <QDialog>
#include <QPointer>
#include <QTimer>

#include "core/json.h"
#include "project/split_proposal.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace roundel {

class AdvancedForm;
class Document;
class EngineCommand;
class PauseTimeField;

/// What Train would do with the study as it is, why, how long it will take and how much memory: no choice has to be made. The engine says
/// it
/// (`advise`), and measures a few steps for the forecast. Saves the study's split where it has none, or where cases came since.
class TrainDialog : public QDialog {
  Q_OBJECT

 public:
  explicit TrainDialog(Document& document, QWidget* parent = nullptr);
  ~TrainDialog() override;
  /// Of `roundel run`.
  QStringList arguments() const;
  /// Of the forecast, or null where there is none yet.
  const Json& forecast() const { return m_forecastDocument; }

 protected:
  void accept() override;

 private:
  void look();
  void describe();
  void fitTexts();
  void askAgain();
  void ask(bool forecast);
  void takeAdvice(const Json& advice);
  void showForecast();
  QStringList choices() const;

  Document& m_document;
  QLabel *m_plan, *m_forecast;
  QComboBox *m_strategy, *m_preset;
  QSpinBox* m_rounds;
  QToolButton* m_more;
  PauseTimeField* m_pauseAt;
  AdvancedForm* m_advanced;
  QPushButton* m_start;
  QTimer m_soon;
  QPointer<EngineCommand> m_asking;
  int m_question = 0;  ///< answers to older ones are passed over
  bool m_ownPreset = false, m_ownRounds = false, m_enough = false;
  SplitProposal m_proposal;
  Json m_advice, m_forecastDocument;
  QString m_worry;
};

}  // namespace roundel
