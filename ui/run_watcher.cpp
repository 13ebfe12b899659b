#include "ui/run_watcher.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include "ui/run_lock.h"
#include "ui/texts.h"

namespace roundel {
namespace {

QString textIn(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_string() ? textOf(json[key].get<std::string>()) : QString();
}

double numberIn(const Json& json, const char* key, double fallback) {
  return json.is_object() && json.contains(key) && json[key].is_number() ? json[key].get<double>() : fallback;
}

}  // namespace

QString stageText(const QString& stage) {
  static const QHash<QString, const char*> words = {{"embed", QT_TRANSLATE_NOOP("Stages", "The generalist looks at every image")},
                                                    {"propose", QT_TRANSLATE_NOOP("Stages", "The network proposes labels")},
                                                    {"clean", QT_TRANSLATE_NOOP("Stages", "Proposals are cleaned")},
                                                    {"prompt", QT_TRANSLATE_NOOP("Stages", "Prompts are made from the proposals")},
                                                    {"refine", QT_TRANSLATE_NOOP("Stages", "The generalist refines the outlines")},
                                                    {"gate", QT_TRANSLATE_NOOP("Stages", "Each label is judged")},
                                                    {"train", QT_TRANSLATE_NOOP("Stages", "The network learns")},
                                                    {"validate", QT_TRANSLATE_NOOP("Stages", "The network is measured")},
                                                    {"calibrate", QT_TRANSLATE_NOOP("Stages", "The estimate of quality is calibrated")},
                                                    {"report", QT_TRANSLATE_NOOP("Stages", "The report is written")},
                                                    {"prepare", QT_TRANSLATE_NOOP("Stages", "The images are prepared")}};
  const auto found = words.constFind(stage);
  return found == words.constEnd() ? stage : QCoreApplication::translate("Stages", *found);
}

RunWatcher::RunWatcher(QObject* parent) : QObject(parent) {
  m_timer.setInterval(500);
  connect(&m_timer, &QTimer::timeout, this, &RunWatcher::look);
}

void RunWatcher::watch(const std::filesystem::path& runFolder) {
  if (runFolder == m_folder) return;
  m_folder = runFolder;
  m_state = {};
  m_state.id = runFolder.filename().string();
  m_read = 0;
  m_rest.clear();
  m_sawLock = false;
  if (runFolder.empty()) m_timer.stop();
  else {
    m_timer.start();
    look();
  }
  Q_EMIT changed();
}

void RunWatcher::look() {
  const QString before = m_state.state;
  QFile events(pathText(m_folder / "events.jsonl"));
  bool news = false;
  if (events.open(QIODevice::ReadOnly)) {
    if (events.size() < m_read) m_read = 0, m_rest.clear();
    if (events.size() > m_read && events.seek(m_read)) {
      m_rest += events.readAll();
      m_read = events.pos();
      qsizetype from = 0;
      for (qsizetype end = m_rest.indexOf('\n'); end >= 0; end = m_rest.indexOf('\n', from)) {
        const Json event = Json::parse(m_rest.constData() + from, m_rest.constData() + end, nullptr, false);
        from = end + 1;
        if (event.is_object()) take(event), news = true;
      }
      m_rest.remove(0, from);
    }
  }
  // A run of another machine shows its life by what it writes; one of this machine by the lock that its process holds.
  const bool locked = isLockedHere(m_folder / "run.lock");
  m_sawLock |= locked;
  const QFileInfo written(events.fileName());
  const bool alive = locked || (!m_sawLock && written.exists() && written.lastModified().secsTo(QDateTime::currentDateTime()) < 60);
  news |= alive != m_state.alive;
  m_state.alive = alive;
  QFile document(pathText(m_folder / "run.json"));
  if (document.open(QIODevice::ReadOnly)) {
    const Json run = Json::parse(document.readAll().toStdString(), nullptr, false);
    if (run.is_object()) {
      const QString state = textIn(run, "state");
      news |= state != m_state.state;
      m_state.state = state;
      m_state.summary = run.value("summary", Json::array());
    }
  }
  if (news) Q_EMIT changed();
  if (before == QLatin1String("running") && m_state.state != before) Q_EMIT ended(m_state.state);
}

void RunWatcher::take(const Json& event) {
  const QString type = textIn(event, "type");
  if (type == QLatin1String("started")) {
    m_state.stage = textIn(event, "stage");
    m_state.round = static_cast<int>(numberIn(event, "round", -1));
    m_state.done = m_state.total = 0;
    m_state.secondsLeft = -1;
    m_state.phase.clear();
    m_state.cause.clear();
    if (m_state.stage == QLatin1String("train")) m_state.loss.clear(), m_state.validation.clear();
  } else if (type == QLatin1String("progress")) {
    m_state.done = static_cast<std::int64_t>(numberIn(event, "done", 0));
    m_state.total = static_cast<std::int64_t>(numberIn(event, "total", 0));
    m_state.secondsLeft = numberIn(event, "eta_s", -1);
    const QString phase = textIn(event, "phase");
    m_state.phase = phase;
  } else if (type == QLatin1String("metric") && event.contains("values") && event["values"].is_object()) {
    const Json& values = event["values"];
    const double step = numberIn(values, "step", -1);
    if (step < 0) return;
    if (!m_state.loss.isEmpty() && step < m_state.loss.last().x()) m_state.loss.clear(), m_state.validation.clear();  // the other arm
    if (values.contains("loss")) m_state.loss.append({step, numberIn(values, "loss", 0)});
    if (values.contains("validation_dice")) m_state.validation.append({step, numberIn(values, "validation_dice", 0)});
  } else if (type == QLatin1String("warning")) {
    const QString message = textIn(event, "message");
    if (!m_state.warnings.contains(message)) m_state.warnings.append(message);
  } else if (type == QLatin1String("failed")) {
    m_state.cause = textIn(event, "message");
    if (m_state.cause.isEmpty() && event.contains("error") && event["error"].is_object()) m_state.cause = textIn(event["error"], "message");
  }
}

}  // namespace roundel
