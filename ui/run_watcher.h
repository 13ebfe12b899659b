#pragma once
#include <QObject>
#include <QPointF>
#include <QString>
#include <QTimer>
#include <QVector>
#include <filesystem>

#include "core/json.h"

namespace roundel {

/// Follows one run by its events.jsonl and run.json, also one that another program started: from the first line on, whenever it looks.
class RunWatcher : public QObject {
  Q_OBJECT

 public:
  struct State {
    std::string id;
    QString state;  ///< running, paused, finished, failed, cancelled ...; empty: not known
    int round = -1;
    QString stage, phase;
    std::int64_t done = 0, total = 0;
    double secondsLeft = -1;  ///< of the stage; below 0: not known
    QString cause;            ///< why it failed
    QVector<QPointF> loss;    ///< step, value; of the training that came last
    QVector<QPointF> validation;
    QStringList warnings;
    Json summary = Json::array();  ///< of run.json: mean Dice per round, arm and split
    bool alive = false;            ///< a process is at it
  };

  explicit RunWatcher(QObject* parent = nullptr);
  /// Empty: none.
  void watch(const std::filesystem::path& runFolder);
  const State& state() const { return m_state; }
  const std::filesystem::path& folder() const { return m_folder; }

 Q_SIGNALS:
  void changed();
  /// It was running when this last looked, and is no longer.
  void ended(const QString& state);

 private:
  void look();
  void take(const Json& event);

  std::filesystem::path m_folder;
  State m_state;
  qint64 m_read = 0;
  QByteArray m_rest;
  bool m_sawLock = false;  ///< held by a process of this machine: when it is gone, so is the process
  QTimer m_timer;
};

/// What a stage does, in plain words.
QString stageText(const QString& stage);

}  // namespace roundel
