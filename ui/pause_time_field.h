#pragma once
#include <QTime>
#include <QWidget>
#include <filesystem>
#include <optional>

class QCheckBox;
class QDateTime;
class QTimeEdit;

namespace roundel {

/// "Pause at 07:00": whether, and at what time of day. The time is remembered from one training to the next, the wish is not.
class PauseTimeField : public QWidget {
  Q_OBJECT

 public:
  explicit PauseTimeField(QWidget* parent = nullptr);
  std::optional<QTime> time() const;
  /// What a run was told already; says nothing of a change.
  void show(const std::optional<QTime>& time);

 Q_SIGNALS:
  void changed();

 private:
  QCheckBox* m_wanted;
  QTimeEdit* m_time;
};

/// When a run is to pause, as its folder holds it (`control/pause-at`: seconds since 1970); nothing: it was not told.
std::optional<QDateTime> pauseTimeOf(const std::filesystem::path& runFolder);
/// The next moment at which clocks show this time, or nothing: the wish is taken back. False where the folder cannot be written.
bool setPauseTime(const std::filesystem::path& runFolder, const std::optional<QTime>& time);

}  // namespace roundel
