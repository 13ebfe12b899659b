#include "ui/docks/run_dock.h"

#include <QComboBox>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#include <map>

#include "project/ingest.h"
#include "ui/curve_widget.h"
#include "ui/dialogs/report_window.h"
#include "ui/dialogs/rounds_dialog.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/document.h"
#include "ui/engine_command.h"
#include "ui/pause_time_field.h"
#include "ui/texts.h"
#include "ui/theme.h"

namespace roundel {
namespace {

/// Runs that are there, the newest first.
QStringList runIds(const QString& study) {
  const QDir runs(study + QStringLiteral("/runs"));
  QStringList ids = runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed);
  ids.removeIf([&](const QString& id) { return !QFile::exists(runs.filePath(id) + QStringLiteral("/plan.json")); });
  return ids;
}

/// Whether something was decided about a run after it had ended: it would learn from that.
bool decidedSince(const std::filesystem::path& runFolder) {
  const QFileInfo ended(pathText(runFolder / "run.json"));
  const QFileInfoList decisions =
      QDir(pathText(runFolder / "decisions")).entryInfoList({QStringLiteral("*.json")}, QDir::Files, QDir::Time);
  return ended.exists() && !decisions.isEmpty() && decisions.first().lastModified() > ended.lastModified();
}

}  // namespace

RunDock::RunDock(Document& document, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_runs(new QComboBox),
      m_state(new QLabel),
      m_detail(new QLabel),
      m_progress(new QProgressBar),
      m_curves(new CurveWidget),
      m_rounds(new QTableWidget(0, 4)),
      m_pauseAt(new PauseTimeField),
      m_train(new QPushButton(tr("Train …"))),
      m_pause(new QPushButton(tr("Pause"))),
      m_cancel(new QPushButton(tr("Cancel"))),
      m_goOn(new QPushButton(tr("Go on"))),
      m_report(new QPushButton(tr("Report"))),
      m_compare(new QPushButton(tr("Compare …"))),
      m_promote(new QPushButton(tr("Use this model"))) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  auto* top = new QHBoxLayout;
  top->addWidget(m_train);
  top->addWidget(m_runs, 1);
  layout->addLayout(top);
  m_runs->setAccessibleName(tr("Runs"));
  QFont bold = font();
  bold.setBold(true);
  m_state->setFont(bold);
  for (QLabel* label : {m_state, m_detail}) {
    label->setWordWrap(true);
    label->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    layout->addWidget(label);
  }
  m_detail->setObjectName(QStringLiteral("faint"));
  layout->addWidget(m_progress);
  layout->addWidget(m_curves);
  m_rounds->setHorizontalHeaderLabels({tr("Round"), tr("On"), tr("Dice"), tr("Control")});
  m_rounds->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  m_rounds->verticalHeader()->hide();
  m_rounds->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
  m_rounds->setMinimumHeight(4 * (fontMetrics().height() + 8));
  m_rounds->setWordWrap(false);
  m_rounds->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_rounds->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_rounds->setSelectionMode(QAbstractItemView::SingleSelection);
  m_rounds->setAccessibleName(tr("Quality by round"));
  m_rounds->horizontalHeaderItem(2)->setToolTip(tr("Mean Dice over cases; its spread is in each row's hint."));
  m_rounds->horizontalHeaderItem(3)->setToolTip(tr("Trained as long on the labelled images alone."));
  layout->addWidget(m_rounds, 1);
  auto* buttons = new QHBoxLayout;
  for (QPushButton* button : {m_pause, m_cancel, m_goOn, m_report, m_compare}) buttons->addWidget(button);
  buttons->addStretch();
  layout->addWidget(m_pauseAt);
  layout->addLayout(buttons);
  layout->addWidget(m_promote);
  layout->addStretch();
  m_promote->setToolTip(tr("What is applied to new images from now on. Choose an earlier round to go back to it."));
  connect(m_train, &QPushButton::clicked, this, &RunDock::askToTrain);
  connect(m_pause, &QPushButton::clicked, this, [this] { control("pause"); });
  connect(m_pauseAt, &PauseTimeField::changed, this, [this] {
    if (!setPauseTime(m_watcher.folder(), m_pauseAt->time())) Q_EMIT notice(tr("The run's folder cannot be written."));
    refresh();
  });
  connect(m_cancel, &QPushButton::clicked, this, [this] { control("cancel"); });
  connect(m_goOn, &QPushButton::clicked, this, &RunDock::goOn);
  connect(m_report, &QPushButton::clicked, this, &RunDock::openReport);
  connect(m_compare, &QPushButton::clicked, this, &RunDock::compare);
  connect(m_promote, &QPushButton::clicked, this, [this] { promote(runId(), chosenRound(), QStringLiteral("strategy")); });
  connect(m_rounds, &QTableWidget::itemSelectionChanged, this,
          [this] { m_promote->setText(tr("Use the model of round %1").arg(chosenRound())); });
  connect(m_runs, &QComboBox::currentIndexChanged, this, [this] {
    m_watcher.watch(m_document.isOpen() && m_runs->currentIndex() >= 0 ? pathOf(m_document.folder()) / "runs" / runId().toStdString()
                                                                       : std::filesystem::path());
    Q_EMIT runsChanged();
  });
  connect(&m_watcher, &RunWatcher::changed, this, &RunDock::refresh);
  connect(&m_watcher, &RunWatcher::ended, this, [this](const QString& state) {
    m_stopping = false;
    if (state == QLatin1String("finished"))
      Q_EMIT notice(tr("Training %1 is finished. Look at what the machine labelled under Review.").arg(runId()));
    takeIn();
    Q_EMIT runsChanged();
  });
  connect(&m_starter, &RunStarter::began, this, &RunDock::started);
  connect(&m_starter, &RunStarter::refused, this, [this](const QString& sentence) {
    refresh();
    Q_EMIT notice(sentence);
  });
  connect(&document, &Document::studyChanged, this, &RunDock::fillRuns);
  refresh();
}

QString RunDock::runId() const { return m_runs->currentData().toString(); }

void RunDock::fillRuns() {
  const QString before = runId();
  const QSignalBlocker blocked(m_runs);
  m_runs->clear();
  if (m_document.isOpen()) {
    for (const QString& id : runIds(m_document.folder())) m_runs->addItem(id, id);
    m_runs->setCurrentIndex(m_runs->count() == 0 ? -1 : std::max(0, m_runs->findData(before)));
    takeIn();  // what ended while nobody looked
  }
  m_stopping = false;
  m_watcher.watch({});
  if (m_runs->currentIndex() >= 0) m_watcher.watch(pathOf(m_document.folder()) / "runs" / runId().toStdString());
  refresh();
  Q_EMIT runsChanged();
}

void RunDock::takeIn() {
  if (!m_document.canEdit()) return;
  try {
    ingestAll(*m_document.project());
  } catch (const Error& error) {
    Q_EMIT notice(sentenceOf(error));
  }
}

void RunDock::askToTrain() {
  if (!m_document.isOpen() || m_starter.busy()) return;
  m_document.save();
  TrainDialog dialog(m_document, this);
  if (dialog.exec() != QDialog::Accepted) return;
  m_train->setEnabled(false);
  m_state->setText(tr("Starting …"));
  m_starter.start(m_document.folder(), dialog.arguments());
}

void RunDock::started(const QString& id) {
  m_stopping = false;
  if (m_runs->findData(id) < 0) fillRuns();
  m_runs->setCurrentIndex(m_runs->findData(id));
  refresh();
}

void RunDock::control(const char* word) {
  const QString folder = pathText(m_watcher.folder()) + QStringLiteral("/control");
  QDir().mkpath(folder);
  QFile file(folder + QLatin1Char('/') + QLatin1String(word));
  if (!file.open(QIODevice::WriteOnly)) return Q_EMIT notice(tr("The run's folder cannot be written."));
  m_stopping = true;
  refresh();
}

void RunDock::goOn() {
  if (m_starter.busy()) return;
  m_stopping = false;
  m_starter.goOn(m_document.folder(), runId());
  refresh();
}

void RunDock::openReport() {
  if (!m_document.isOpen() || m_watcher.folder().empty() || !m_report->isEnabled()) return;
  if (m_watcher.state().summary.empty()) return Q_EMIT notice(tr("There is nothing to report yet: no round is finished."));
  const QString out = pathText(m_watcher.folder()) + QStringLiteral("/report");
  m_report->setEnabled(false);
  EngineCommand::run({QStringLiteral("report"), m_document.folder(), QStringLiteral("--run"), runId(), QStringLiteral("--out"), out}, this,
                     [this](const EngineCommand::Outcome& outcome) {
                       m_report->setEnabled(true);
                       if (!outcome.ok) return Q_EMIT notice(outcome.sentence);
                       for (const auto& file : outcome.result.value("files", Json::array()))
                         if (const QString path = textOf(file.get<std::string>()); path.endsWith(QLatin1String(".html")))
                           (new ReportWindow(tr("Report of %1").arg(runId()), path, window()))->show();
                     });
}

int RunDock::chosenRound() const {
  if (const auto chosen = m_rounds->selectedItems(); !chosen.isEmpty())
    return m_rounds->item(chosen.first()->row(), 0)->data(Qt::UserRole).toInt();
  int last = 0;
  for (const auto& line : m_watcher.state().summary)
    if (line.is_object() && line.value("arm", std::string()) == "strategy") last = std::max(last, line.value("round", 0));
  return last;
}

void RunDock::promote(const QString& run, int round, const QString& arm) {
  if (!m_document.canEdit()) return;
  const QString folder = m_document.folder();
  const int index = m_document.caseIndex();
  m_document.lend();  // the verb writes project.db
  window()->setEnabled(false);
  EngineCommand::run(
      {QStringLiteral("promote"), folder, QStringLiteral("--run"), run, QStringLiteral("--round"), QString::number(round),
       QStringLiteral("--arm"), arm},
      this, [this, index, round, run](const EngineCommand::Outcome& outcome) {
        window()->setEnabled(true);
        m_document.resume();
        m_document.openCase(index);
        Q_EMIT notice(outcome.ok ? tr("Round %1 of %2 is now the model of this study.").arg(round).arg(run) : outcome.sentence);
      });
}

void RunDock::compare() {
  if (!m_document.isOpen()) return;
  RoundsDialog dialog(m_document, runIds(m_document.folder()), this);
  if (dialog.exec() == QDialog::Accepted) promote(dialog.run(), dialog.round(), dialog.arm());
}

void RunDock::refresh() {
  const auto& now = m_watcher.state();
  const bool any = !m_watcher.folder().empty();
  const bool running = any && now.state == QLatin1String("running") && now.alive;
  const bool broken = any && now.state == QLatin1String("running") && !now.alive;
  const bool finished = now.state == QLatin1String("finished");
  const bool starting = m_starter.busy() || (any && now.state.isEmpty());
  m_train->setEnabled(m_document.isOpen() && !running && !m_starter.busy());
  m_runs->setVisible(any);
  m_progress->setVisible(running);
  m_curves->setVisible(any);
  m_rounds->setVisible(any);
  for (QPushButton* button : {m_pause, m_cancel}) {
    button->setVisible(running);
    button->setEnabled(!m_stopping);
  }
  const std::optional<QDateTime> pauses = any ? pauseTimeOf(m_watcher.folder()) : std::nullopt;
  m_pauseAt->setVisible(running);
  m_pauseAt->show(pauses ? std::optional(pauses->time()) : std::nullopt);
  const bool decided = finished && decidedSince(m_watcher.folder()) && m_document.canEdit();
  m_goOn->setVisible(any && !running && (!finished || decided) && !starting);
  m_goOn->setText(decided ? tr("Learn from your decisions") : tr("Go on"));
  m_goOn->setToolTip(decided ? tr("The rounds are trained anew with what you decided under Review; what does not depend on it stays.")
                             : QString());
  m_report->setVisible(any && !now.summary.empty());
  m_compare->setVisible(any && !now.summary.empty());
  m_promote->setVisible(any && !running && !now.summary.empty() && m_document.canEdit());
  if (!any) {
    m_state->setText(m_document.isOpen() ? tr("Nothing was trained yet.") : QString());
    m_detail->setText(
        m_document.isOpen()
            ? tr("Label some cases, then press Train. The machine then labels the others, and says how good each label is likely to be.")
            : QString());
    return;
  }
  const QString round = now.round < 0 ? QString() : now.round == 0 ? tr("Before the first round: ") : tr("Round %1: ").arg(now.round);
  if (running) m_state->setText(round + stageText(now.stage));
  else if (starting) m_state->setText(tr("Starting …"));
  else if (!now.cause.isEmpty()) m_state->setText(now.cause);
  else if (broken)
    m_state->setText(tr("The engine ended before the run did. Your labels are safe; Go on continues from its last checkpoint."));
  else if (finished) m_state->setText(tr("Finished."));
  else if (now.state == QLatin1String("paused"))
    m_state->setText(pauses && *pauses <= QDateTime::currentDateTime()
                         ? tr("Paused at %1, as asked.").arg(QLocale().toString(pauses->time(), QStringLiteral("HH:mm")))
                         : tr("Paused."));
  else if (now.state == QLatin1String("cancelled")) m_state->setText(tr("Cancelled. What is done is kept; Go on continues from there."));
  else m_state->setText(tr("It failed."));
  QStringList detail;
  if (running && m_stopping) detail << tr("It stops at the next step …");
  else if (running && now.total > 0) detail << tr("%L1 of %L2").arg(now.done).arg(now.total);
  if (running && !m_stopping && now.secondsLeft >= 0) detail << tr("about %1 left of this step").arg(timeText(now.secondsLeft));
  if (running && detail.isEmpty()) detail << tr("It goes on when this window is closed.");
  if (!running && !now.warnings.isEmpty()) detail << now.warnings.first();
  m_detail->setText(detail.join(QStringLiteral(" · ")));
  m_progress->setRange(0, now.total > 0 ? 1000 : 0);
  if (now.total > 0) m_progress->setValue(static_cast<int>(1000 * now.done / now.total));
  m_curves->setCurves({{tr("loss"), now.loss}, {tr("Dice on validation"), now.validation, 0, 1}});
  fillRounds();
}

void RunDock::fillRounds() {
  struct Line {
    QString strategy, control, spread;
  };
  std::map<std::pair<int, std::string>, Line> lines;
  for (const auto& one : m_watcher.state().summary) {
    if (!one.is_object() || one.value("metric", std::string()) != "dice") continue;
    const QString mean = QLocale().toString(one.value("mean", 0.0), 'f', 3),
                  spread = QLocale().toString(one.value("deviation", 0.0), 'f', 3);
    Line& line = lines[{one.value("round", 0), one.value("split", std::string())}];
    (one.value("arm", std::string()) == "control" ? line.control : line.strategy) = mean;
    if (!line.spread.isEmpty()) line.spread += QLatin1Char('\n');
    line.spread += (one.value("arm", std::string()) == "control" ? tr("Control: %1 ± %2 over %n case(s)", nullptr, one.value("cases", 0))
                                                                 : tr("Strategy: %1 ± %2 over %n case(s)", nullptr, one.value("cases", 0)))
                       .arg(mean, spread);
  }
  const auto used = m_document.isOpen() ? m_document.project()->promotedModel() : std::nullopt;
  const QSignalBlocker blocked(m_rounds);  // what is chosen stays chosen
  m_rounds->setRowCount(static_cast<int>(lines.size()));
  int row = 0;
  for (const auto& [at, line] : lines) {
    const bool mine = used && textOf(used->run) == runId() && used->round == at.first;
    const QStringList texts{mine ? tr("%1 in use").arg(at.first) : QString::number(at.first),
                            at.second == "test" ? tr("test") : tr("validation"), line.strategy,
                            line.control.isEmpty() ? QStringLiteral("–") : line.control};
    for (int column = 0; column < texts.size(); ++column) {
      QTableWidgetItem* cell = m_rounds->item(row, column);
      if (cell == nullptr) m_rounds->setItem(row, column, cell = new QTableWidgetItem);
      cell->setText(texts[column]);
      cell->setToolTip(line.spread);
      cell->setData(Qt::UserRole, at.first);
    }
    ++row;
  }
  m_promote->setText(tr("Use the model of round %1").arg(chosenRound()));
}

}  // namespace roundel
