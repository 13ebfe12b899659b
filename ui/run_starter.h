#pragma once
#include <QObject>
#include <QStringList>
#include <QTimer>

namespace roundel {

/// Starts a run, or goes on with one, in a session of its own, and says what became of the start: that it began, or why not. What the
/// engine prints goes to `runs/engine.json` and `runs/engine.log` of the study, so that the cause of a refusal is known.
class RunStarter : public QObject {
  Q_OBJECT

 public:
  explicit RunStarter(QObject* parent = nullptr);
  /// `arguments` of `roundel`, a new run.
  void start(const QString& study, const QStringList& arguments);
  void goOn(const QString& study, const QString& id);
  bool busy() const { return m_timer.isActive(); }

 Q_SIGNALS:
  void began(const QString& id);
  void refused(const QString& sentence);

 private:
  void launch(const QStringList& arguments);
  void look();
  QString begunRun() const;
  QString refusal() const;

  QString m_study, m_id;
  QStringList m_before;
  QTimer m_timer;
  int m_looks = 0;
};

}  // namespace roundel
