#include "ui/docks/run_dock.h"

#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QFile>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <map>

#include "project/ingest.h"
#include "ui/curve_widget.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/document.h"
#include "ui/engine_command.h"
#include "ui/texts.h"
#include "ui/theme.h"

namespace roundel {
namespace {

QString timeText(double seconds) {
  if (seconds < 90) return QCoreApplication::translate("RunDock", "%1 s").arg(static_cast<int>(seconds));
  if (seconds < 5400) return QCoreApplication::translate("RunDock", "%1 min").arg(static_cast<int>(seconds / 60 + 0.5));
  return QCoreApplication::translate("RunDock", "%1 h").arg(QLocale().toString(seconds / 3600, 'f', 1));
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
      m_train(new QPushButton(tr("Train …"))),
      m_pause(new QPushButton(tr("Pause"))),
      m_cancel(new QPushButton(tr("Cancel"))),
      m_goOn(new QPushButton(tr("Go on"))),
      m_report(new QPushButton(tr("Report"))),
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
  m_rounds->setHorizontalHeaderLabels({tr("Round"), tr("Measured on"), tr("Dice"), tr("Control")});
  m_rounds->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  m_rounds->verticalHeader()->hide();
  m_rounds->setWordWrap(false);
  m_rounds->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_rounds->setSelectionMode(QAbstractItemView::NoSelection);
  m_rounds->setAccessibleName(tr("Quality by round"));
  m_rounds->setToolTip(tr("Mean Dice with its spread over cases. Control: trained as long on the labelled images alone."));
  layout->addWidget(m_rounds, 1);
  auto* buttons = new QHBoxLayout;
  for (QPushButton* button : {m_pause, m_cancel, m_goOn, m_report, m_promote}) buttons->addWidget(button);
  buttons->addStretch();
  layout->addLayout(buttons);
  layout->addStretch();
  connect(m_train, &QPushButton::clicked, this, &RunDock::askToTrain);
  connect(m_pause, &QPushButton::clicked, this, [this] { control("pause"); });
  connect(m_cancel, &QPushButton::clicked, this, [this] { control("cancel"); });
  connect(m_goOn, &QPushButton::clicked, this, &RunDock::goOn);
  connect(m_report, &QPushButton::clicked, this, &RunDock::openReport);
  connect(m_promote, &QPushButton::clicked, this, &RunDock::promote);
  connect(m_runs, &QComboBox::currentIndexChanged, this, [this] {
    m_watcher.watch(m_document.isOpen() && m_runs->currentIndex() >= 0 ? pathOf(m_document.folder()) / "runs" / runId().toStdString()
                                                                       : std::filesystem::path());
    Q_EMIT runsChanged();
  });
  connect(&m_watcher, &RunWatcher::changed, this, &RunDock::refresh);
  connect(&m_watcher, &RunWatcher::ended, this, [this](const QString& state) {
    if (state == QLatin1String("finished"))
      Q_EMIT notice(tr("Training %1 is finished. Look at what the machine labelled under Review.").arg(runId()));
    if (m_document.canEdit()) {
      try {
        ingestAll(*m_document.project());
      } catch (const Error& error) {
        Q_EMIT notice(sentenceOf(error));
      }
    }
    Q_EMIT runsChanged();
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
    const QDir runs(m_document.folder() + QStringLiteral("/runs"));
    for (const QString& id : runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed))
      if (QFile::exists(runs.filePath(id) + QStringLiteral("/plan.json"))) m_runs->addItem(id, id);
    m_runs->setCurrentIndex(m_runs->count() == 0 ? -1 : std::max(0, m_runs->findData(before)));
  }
  m_watcher.watch({});
  if (m_runs->currentIndex() >= 0) m_watcher.watch(pathOf(m_document.folder()) / "runs" / runId().toStdString());
  refresh();
  Q_EMIT runsChanged();
}

void RunDock::askToTrain() {
  if (!m_document.isOpen()) return;
  m_document.save();
  TrainDialog dialog(m_document, this);
  if (dialog.exec() == QDialog::Accepted) start(dialog.arguments());
}

void RunDock::start(const QStringList& arguments) {
  const QDir runs(m_document.folder() + QStringLiteral("/runs"));
  const QStringList before = runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
  // First as a question, whose answer is a sentence where it cannot be; then for good, in a session of its own.
  m_train->setEnabled(false);
  m_state->setText(tr("Looking at the study …"));
  EngineCommand::run(
      arguments + QStringList{QStringLiteral("--dry-run")}, this, [this, arguments, before, runs](const EngineCommand::Outcome& outcome) {
        m_train->setEnabled(true);
        if (!outcome.ok) {
          refresh();
          Q_EMIT notice(outcome.sentence);
          return;
        }
        if (!startDetachedEngine(arguments)) {
          Q_EMIT notice(tr("The engine could not be started."));
          return;
        }
        m_state->setText(tr("Starting …"));
        auto* waiting = new QTimer(this);
        connect(waiting, &QTimer::timeout, this, [this, waiting, before, runs, tries = 0]() mutable {
          for (const QString& id : QDir(runs.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            if (!before.contains(id) && QFile::exists(runs.filePath(id) + QStringLiteral("/plan.json"))) {
              waiting->deleteLater();
              fillRuns();
              m_runs->setCurrentIndex(m_runs->findData(id));
              return;
            }
          if (++tries < 120) return;
          waiting->deleteLater();
          refresh();
          Q_EMIT notice(tr("The training did not begin. Run it in a terminal to see why: roundel run %1").arg(m_document.folder()));
        });
        waiting->start(250);
      });
}

void RunDock::control(const char* word) {
  const QString folder = pathText(m_watcher.folder()) + QStringLiteral("/control");
  QDir().mkpath(folder);
  QFile file(folder + QLatin1Char('/') + QLatin1String(word));
  if (!file.open(QIODevice::WriteOnly)) Q_EMIT notice(tr("The run's folder cannot be written."));
  else m_detail->setText(tr("It stops at the next step …"));
}

void RunDock::goOn() {
  for (const char* word : {"pause", "cancel"})
    QFile::remove(pathText(m_watcher.folder()) + QStringLiteral("/control/") + QLatin1String(word));
  if (!startDetachedEngine({QStringLiteral("run"), m_document.folder(), QStringLiteral("--resume"), runId()}))
    Q_EMIT notice(tr("The engine could not be started."));
  else m_detail->setText(tr("Going on …"));
}

void RunDock::openReport() {
  const QString out = pathText(m_watcher.folder()) + QStringLiteral("/report");
  m_report->setEnabled(false);
  EngineCommand::run({QStringLiteral("report"), m_document.folder(), QStringLiteral("--run"), runId(), QStringLiteral("--out"), out}, this,
                     [this](const EngineCommand::Outcome& outcome) {
                       m_report->setEnabled(true);
                       if (!outcome.ok) return Q_EMIT notice(outcome.sentence);
                       for (const auto& file : outcome.result.value("files", Json::array()))
                         if (const QString path = textOf(file.get<std::string>()); path.endsWith(QLatin1String(".html"))) {
                           if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path))) Q_EMIT notice(tr("The report is in %1.").arg(path));
                         }
                     });
}

void RunDock::promote() {
  int best = 0;
  for (const auto& line : m_watcher.state().summary)
    if (line.value("arm", std::string()) == "strategy") best = std::max(best, line.value("round", 0));
  const QString id = runId(), folder = m_document.folder();
  const int index = m_document.caseIndex();
  m_document.lend();  // the verb writes project.db
  EngineCommand::run(
      {QStringLiteral("promote"), folder, QStringLiteral("--run"), id, QStringLiteral("--round"), QString::number(best)}, this,
      [this, index, best, id](const EngineCommand::Outcome& outcome) {
        m_document.resume();
        m_document.openCase(index);
        Q_EMIT notice(outcome.ok ? tr("Round %1 of %2 is now the model of this study.").arg(best).arg(id) : outcome.sentence);
      });
}

void RunDock::refresh() {
  const auto& now = m_watcher.state();
  const bool any = !m_watcher.folder().empty();
  const bool running = any && now.state == QLatin1String("running") && now.alive;
  const bool broken = any && now.state == QLatin1String("running") && !now.alive;
  m_train->setEnabled(m_document.isOpen() && !running);
  m_runs->setVisible(any);
  m_progress->setVisible(running);
  m_curves->setVisible(any);
  m_rounds->setVisible(any);
  for (QPushButton* button : {m_pause, m_cancel}) button->setVisible(running);
  const bool finished = now.state == QLatin1String("finished");
  m_goOn->setVisible(any && !running && !finished);
  m_report->setVisible(any && !now.summary.empty());
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
  if (!now.cause.isEmpty() && !running) m_state->setText(now.cause);
  else if (running) m_state->setText(round + stageText(now.stage));
  else if (broken)
    m_state->setText(tr("The engine ended before the run did. Your labels are safe; Go on continues from its last checkpoint."));
  else if (finished) m_state->setText(tr("Finished."));
  else m_state->setText(now.state == QLatin1String("paused") ? tr("Paused.") : now.state);
  QStringList detail;
  if (running && now.total > 0) detail << tr("%L1 of %L2").arg(now.done).arg(now.total);
  if (running && now.secondsLeft >= 0) detail << tr("about %1 left of this step").arg(timeText(now.secondsLeft));
  if (running && detail.isEmpty()) detail << tr("It goes on when this window is closed.");
  if (!running && !now.warnings.isEmpty()) detail << now.warnings.first();
  m_detail->setText(detail.join(QStringLiteral(" · ")));
  m_progress->setRange(0, now.total > 0 ? 1000 : 0);
  if (now.total > 0) m_progress->setValue(static_cast<int>(1000 * now.done / now.total));
  m_curves->setCurves({{tr("loss"), now.loss}, {tr("Dice on validation"), now.validation, 0, 1}});
  struct Line {
    QString strategy, control;
  };
  std::map<std::pair<int, std::string>, Line> lines;
  for (const auto& one : now.summary) {
    if (!one.is_object() || one.value("metric", std::string()) != "dice") continue;
    const QString text = QStringLiteral("%1 ± %2").arg(QLocale().toString(one.value("mean", 0.0), 'f', 3),
                                                       QLocale().toString(one.value("deviation", 0.0), 'f', 2));
    Line& line = lines[{one.value("round", 0), one.value("split", std::string())}];
    (one.value("arm", std::string()) == "control" ? line.control : line.strategy) = text;
  }
  m_rounds->setRowCount(static_cast<int>(lines.size()));
  int row = 0;
  for (const auto& [at, line] : lines) {
    m_rounds->setItem(row, 0, new QTableWidgetItem(QString::number(at.first)));
    m_rounds->setItem(row, 1, new QTableWidgetItem(at.second == "test" ? tr("test") : tr("validation")));
    m_rounds->setItem(row, 2, new QTableWidgetItem(line.strategy));
    m_rounds->setItem(row++, 3, new QTableWidgetItem(line.control.isEmpty() ? QStringLiteral("–") : line.control));
  }
}

}  // namespace roundel
