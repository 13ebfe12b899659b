#include "ui/engine_command.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <csignal>

#include "ui/texts.h"

namespace roundel {

QString engineProgram() {
  const QString named = qEnvironmentVariable("ROUNDEL_ENGINE");
  if (!named.isEmpty()) return named;
  const QFileInfo beside(QCoreApplication::applicationDirPath() + QStringLiteral("/roundel"));
  return beside.isExecutable() ? beside.absoluteFilePath() : QString();
}

EngineCommand* EngineCommand::run(const QStringList& arguments, QObject* owner, Then then) {
  return new EngineCommand(arguments, owner, std::move(then));
}

EngineCommand::EngineCommand(const QStringList& arguments, QObject* owner, Then then) : QObject(owner), m_then(std::move(then)) {
  connect(&m_process, &QProcess::finished, this, &EngineCommand::ended);
  connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) ended();
  });
  connect(&m_process, &QProcess::readyReadStandardError, this, [this] {
    m_errors += m_process.readAllStandardError();
    for (qsizetype end = m_errors.indexOf('\n'); end >= 0; end = m_errors.indexOf('\n')) {
      Q_EMIT said(QString::fromUtf8(m_errors.left(end)).trimmed());
      m_errors.remove(0, end + 1);
    }
  });
  m_process.start(engineProgram(), QStringList{QStringLiteral("--json")} + arguments, QIODevice::ReadOnly);
}

EngineCommand::~EngineCommand() {
  m_process.disconnect(this);
  if (m_process.state() == QProcess::NotRunning) return;
  m_process.terminate();
  if (!m_process.waitForFinished(2000)) m_process.kill(), m_process.waitForFinished(1000);
}

void EngineCommand::stop() {
  if (m_process.processId() > 0) ::kill(static_cast<pid_t>(m_process.processId()), SIGINT);
}

void EngineCommand::ended() {
  Outcome outcome;
  const Json document = Json::parse(m_process.readAllStandardOutput().toStdString(), nullptr, false);
  if (document.is_object()) {
    outcome.ok = document.value("ok", false);
    outcome.result = document.value("result", Json());
    if (document.contains("warnings") && document["warnings"].is_array())
      for (const auto& warning : document["warnings"])
        if (warning.is_object()) outcome.warnings << textOf(warning.value("message", std::string()));
    if (document.contains("error") && document["error"].is_object()) {
      const Json& error = document["error"];
      outcome.sentence = textOf(error.value("message", std::string()));
      if (error.contains("remedy") && error["remedy"].is_string())
        outcome.sentence += QLatin1Char(' ') + textOf(error["remedy"].get<std::string>());
    }
  } else {
    outcome.sentence = engineProgram().isEmpty()
                           ? tr("The program roundel is not beside this one, so nothing can be computed. Install both together.")
                           : tr("The engine ended without an answer (%1).").arg(m_process.errorString());
  }
  deleteLater();
  if (m_then) m_then(outcome);
}

bool startDetachedEngine(const QStringList& arguments, const QString& outputFile, const QString& errorFile) {
  QProcess process;
  process.setProgram(engineProgram());
  process.setArguments(arguments);
  process.setStandardOutputFile(outputFile);
  process.setStandardErrorFile(errorFile);
  process.setStandardInputFile(QProcess::nullDevice());
  return process.startDetached();  // a session of its own (setsid)
}

}  // namespace roundel
