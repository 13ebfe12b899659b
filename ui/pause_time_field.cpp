#include "ui/pause_time_field.h"

#include <QCheckBox>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QHBoxLayout>
#include <QSaveFile>
#include <QSettings>
#include <QTimeEdit>

#include "ui/texts.h"

namespace roundel {
namespace {

QString pauseFile(const std::filesystem::path& runFolder) { return pathText(runFolder / "control" / "pause-at"); }

}  // namespace

PauseTimeField::PauseTimeField(QWidget* parent) : QWidget(parent), m_wanted(new QCheckBox(tr("Pause at"))), m_time(new QTimeEdit) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_wanted);
  layout->addWidget(m_time);
  layout->addStretch();
  m_time->setDisplayFormat(QStringLiteral("HH:mm"));
  m_time->setAccessibleName(tr("Time of day at which it pauses"));
  m_time->setTime(
      QTime::fromString(QSettings().value(QStringLiteral("pause-at"), QStringLiteral("07:00")).toString(), QStringLiteral("HH:mm")));
  m_time->setEnabled(false);
  setToolTip(
      tr("The training pauses by itself when clocks show this time, also when this window is closed; Go on continues, with the same "
         "numbers."));
  connect(m_wanted, &QCheckBox::toggled, this, [this](bool on) {
    m_time->setEnabled(on);
    Q_EMIT changed();
  });
  connect(m_time, &QTimeEdit::timeChanged, this, [this](const QTime& time) {
    QSettings().setValue(QStringLiteral("pause-at"), time.toString(QStringLiteral("HH:mm")));
    Q_EMIT changed();
  });
}

std::optional<QTime> PauseTimeField::time() const { return m_wanted->isChecked() ? std::optional(m_time->time()) : std::nullopt; }

void PauseTimeField::show(const std::optional<QTime>& time) {
  if (m_time->hasFocus()) return;  // somebody types
  const QSignalBlocker wanted(m_wanted), when(m_time);
  m_wanted->setChecked(time.has_value());
  m_time->setEnabled(time.has_value());
  if (time) m_time->setTime(*time);
}

std::optional<QDateTime> pauseTimeOf(const std::filesystem::path& runFolder) {
  QFile file(pauseFile(runFolder));
  if (!file.open(QIODevice::ReadOnly)) return std::nullopt;
  bool number = false;
  const qint64 seconds = file.readAll().trimmed().toLongLong(&number);
  return number ? std::optional(QDateTime::fromSecsSinceEpoch(seconds)) : std::nullopt;
}

bool setPauseTime(const std::filesystem::path& runFolder, const std::optional<QTime>& time) {
  const QString path = pauseFile(runFolder);
  if (!time) return !QFile::exists(path) || QFile::remove(path);
  const QDateTime now = QDateTime::currentDateTime();
  QDateTime then(now.date(), QTime(time->hour(), time->minute()));
  if (then <= now) then = QDateTime(now.date().addDays(1), then.time());
  QDir().mkpath(pathText(runFolder / "control"));
  QSaveFile file(path);  // a run never sees half of it
  return file.open(QIODevice::WriteOnly) && file.write(QByteArray::number(then.toSecsSinceEpoch()) + '\n') > 0 && file.commit();
}

}  // namespace roundel
