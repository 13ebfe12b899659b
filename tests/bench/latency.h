#pragma once
#include <QApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "ui/event_watch.h"

// What the benches of the desktop measure with.
namespace roundel {

/// Budgets that were missed so far.
inline int& missedBudgets() {
  static int missed = 0;
  return missed;
}

/// `budget`: of the 95th percentile, in milliseconds; 0: none.
inline void tell(const char* what, std::vector<double> milliseconds, double budget = 0) {
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto at = [&](double part) { return milliseconds[static_cast<std::size_t>(part * static_cast<double>(milliseconds.size() - 1))]; };
  if (milliseconds.size() == 1) std::printf("%-62s %39.2f ms", what, at(0));
  else std::printf("%-62s median %7.2f   95 %% %7.2f   most %7.2f ms", what, at(0.5), at(0.95), at(1));
  const bool kept = at(0.95) <= budget;
  if (budget > 0) std::printf("   budget %5.0f %s", budget, kept ? "kept" : "MISSED");
  if (budget > 0 && !kept) ++missedBudgets();
  std::printf("\n");
  std::fflush(stdout);
}

inline double since(QElapsedTimer& timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

inline test::WatchedApplication& application() { return *static_cast<test::WatchedApplication*>(qApp); }

inline void turnUntil(const std::function<bool()>& so, int milliseconds = 60000) {
  QElapsedTimer timer;
  timer.start();
  while (!so() && timer.elapsed() < milliseconds) QApplication::processEvents(QEventLoop::AllEvents, 2);
}

inline void rest(int milliseconds) {
  turnUntil([] { return false; }, milliseconds);
}

/// The longest that the loop was held since the last call.
inline void tellHeld(const char* what) {
  const auto held = application().takeLongest();
  tell((std::string("  the loop held at most, ") + what).c_str(), {held.milliseconds}, 50);
  if (held.milliseconds > 50) std::printf("      by %s, of which computing %.1f ms\n", held.what.c_str(), held.processor);
}

}  // namespace roundel
