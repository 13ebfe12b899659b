#pragma once
#include <time.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QMetaEnum>
#include <QThread>
#include <string>
#include <utility>
#include <vector>

namespace roundel::test {

/// One event and how long the thread of the window was in its hands.
struct HeldEvent {
  double milliseconds = 0;
  double processor = 0;  ///< of which the thread computed; the rest it waited, or other programs had the core
  std::string what;
};

/// The watchdog of the event loop: an application that measures how long every event keeps the loop from the next one. An event that
/// turns a loop of its own (a dialog) is not counted, the events in that loop are.
class WatchedApplication : public QApplication {
 public:
  using QApplication::QApplication;

  bool notify(QObject* receiver, QEvent* event) override {
    if (QThread::currentThread() != thread()) return QApplication::notify(receiver, event);
    const int level = thread()->loopLevel();
    if (!m_open.empty() && m_open.back().level == level) return QApplication::notify(receiver, event);
    for (Open& outer : m_open) outer.turned = true;
    m_open.push_back({level, false});
    const char* type = QMetaEnum::fromType<QEvent::Type>().valueToKey(event->type());
    const std::string what = std::string(type != nullptr ? type : "event") + " to " + receiver->metaObject()->className();
    const double processor = processorMs();
    QElapsedTimer timer;
    timer.start();
    const bool result = QApplication::notify(receiver, event);
    const double milliseconds = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    const bool turned = m_open.back().turned;
    m_open.pop_back();
    if (!turned && milliseconds > m_longest.milliseconds) m_longest = {milliseconds, processorMs() - processor, what};
    return result;
  }

  /// The longest since the last call.
  HeldEvent takeLongest() { return std::exchange(m_longest, {}); }

 private:
  struct Open {
    int level = 0;
    bool turned = false;
  };
  static double processorMs() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
  }

  std::vector<Open> m_open;
  HeldEvent m_longest;
};

}  // namespace roundel::test
