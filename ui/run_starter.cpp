#include "ui/run_starter.h"

#include <QDir>
#include <QFile>

#include "core/json.h"
#include "ui/engine_command.h"
#include "ui/run_lock.h"
#include "ui/texts.h"

namespace roundel {
namespace {

constexpr int kLookMs = 200;
constexpr int kMostLooks = 300;  // a minute: LibTorch may lie on a slow disk

QString runsOf(const QString& study) { return study + QStringLiteral("/runs"); }
QString answerFile(const QString& study) { return runsOf(study) + QStringLiteral("/engine.json"); }
QString logFile(const QString& study) { return runsOf(study) + QStringLiteral("/engine.log"); }

}  // namespace

RunStarter::RunStarter(QObject* parent) : QObject(parent) {
  m_timer.setInterval(kLookMs);
  connect(&m_timer, &QTimer::timeout, this, &RunStarter::look);
}

void RunStarter::start(const QString& study, const QStringList& arguments) {
  m_study = study;
  m_id.clear();
  m_before = QDir(runsOf(study)).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
  launch(arguments);
}

void RunStarter::goOn(const QString& study, const QString& id) {
  m_study = study;
  m_id = id;
  for (const char* word : {"pause", "cancel"})
    QFile::remove(runsOf(study) + QLatin1Char('/') + id + QStringLiteral("/control/") + QLatin1String(word));
  launch({QStringLiteral("run"), study, QStringLiteral("--resume"), id});
}

void RunStarter::launch(const QStringList& arguments) {
  QDir().mkpath(runsOf(m_study));
  QFile::remove(answerFile(m_study));
  m_looks = 0;
  if (!startDetachedEngine(QStringList{QStringLiteral("--json")} + arguments, answerFile(m_study), logFile(m_study))) {
    Q_EMIT refused(tr("The engine could not be started."));
    return;
  }
  m_timer.start();
}

QString RunStarter::begunRun() const {
  const QDir runs(runsOf(m_study));
  if (!m_id.isEmpty()) return isLockedHere(pathOf(runs.filePath(m_id) + QStringLiteral("/run.lock"))) ? m_id : QString();
  for (const QString& id : runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
    if (!m_before.contains(id) && QFile::exists(runs.filePath(id) + QStringLiteral("/plan.json"))) return id;
  return {};
}

/// What the engine's document says where it ended before the run began; empty: it has not ended.
QString RunStarter::refusal() const {
  QFile file(answerFile(m_study));
  if (!file.open(QIODevice::ReadOnly)) return {};
  const Json document = Json::parse(file.readAll().toStdString(), nullptr, false);
  if (!document.is_object() || !document.contains("error") || !document["error"].is_object()) return {};
  QString sentence = textOf(document["error"].value("message", std::string()));
  if (document["error"].contains("remedy") && document["error"]["remedy"].is_string())
    sentence += QLatin1Char(' ') + textOf(document["error"]["remedy"].get<std::string>());
  return sentence;
}

void RunStarter::look() {
  if (const QString id = begunRun(); !id.isEmpty()) {
    m_timer.stop();
    Q_EMIT began(id);
    return;
  }
  if (const QString why = refusal(); !why.isEmpty()) {
    m_timer.stop();
    Q_EMIT refused(why);
    return;
  }
  if (!m_id.isEmpty() && QFile(answerFile(m_study)).size() > 0) {  // so short that nobody saw its lock: it has done what was left
    m_timer.stop();
    Q_EMIT began(m_id);
    return;
  }
  if (++m_looks < kMostLooks) return;
  m_timer.stop();
  Q_EMIT refused(tr("The training did not begin within a minute. What the engine said is in %1.").arg(logFile(m_study)));
}

}  // namespace roundel
