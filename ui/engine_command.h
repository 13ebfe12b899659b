#pragma once
#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <functional>

#include "core/json.h"

namespace roundel {

/// The program `roundel`: environment ROUNDEL_ENGINE, else the one beside this program. Empty where there is none.
QString engineProgram();

/// One verb of the command line, run to its end beside the window: `roundel --json VERB ...`. Whatever the desktop asks for, the command
/// line can do too. Deletes itself after `finished`.
class EngineCommand : public QObject {
  Q_OBJECT

 public:
  /// What came of it: the document's result, or a sentence (what, and what to do).
  struct Outcome {
    bool ok = false;
    Json result;
    QStringList warnings;
    QString sentence;
  };
  using Then = std::function<void(const Outcome&)>;

  /// `owner`: where it goes, the command is stopped and `then` is not called.
  static EngineCommand* run(const QStringList& arguments, QObject* owner, Then then);
  /// SIGINT, as Ctrl-C; `then` is told.
  void stop();

 Q_SIGNALS:
  /// A line for people (standard error).
  void said(const QString& line);

 private:
  EngineCommand(const QStringList& arguments, QObject* owner, Then then);
  ~EngineCommand() override;
  void ended();

  QProcess m_process;
  Then m_then;
  QByteArray m_errors;
};

/// Starts `roundel ARGUMENTS` in a session of its own, so that it outlives this program; what it prints goes to two files. False where it
/// could not be started.
bool startDetachedEngine(const QStringList& arguments, const QString& outputFile, const QString& errorFile);

}  // namespace roundel
