#include <gtest/gtest.h>

#include <QApplication>
#include <QTemporaryDir>
#include <cstdio>
#include <string>

#include "ui/event_watch.h"
#include "ui/main_window.h"
#include "ui/theme.h"

namespace {

/// Notes with every test how long the event loop was held at most; docs/PERFORMANCE.md says what is aimed at, no test asserts it.
class HeldListener : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo&) override { watched().takeLongest(); }
  void OnTestEnd(const ::testing::TestInfo& test) override {
    const auto held = watched().takeLongest();
    if (held.milliseconds > m_most.milliseconds) m_most = held, m_where = test.name();
  }
  void OnTestProgramEnd(const ::testing::UnitTest&) override {
    std::printf("The event loop was held at most %.0f ms (of which computing %.0f) by %s, in %s.\n", m_most.milliseconds, m_most.processor,
                m_most.what.c_str(), m_where.c_str());
  }
  static roundel::test::WatchedApplication& watched() { return *static_cast<roundel::test::WatchedApplication*>(qApp); }

  roundel::test::HeldEvent m_most;
  std::string m_where;
};

}  // namespace

/// Settings of the tests lie in a folder of their own: nobody's own are read or written.
int main(int argc, char** argv) {
  const QTemporaryDir settings;
  qputenv("XDG_CONFIG_HOME", settings.path().toLocal8Bit());
  qputenv("LC_ALL", "C.UTF-8");
  if (qEnvironmentVariableIsEmpty("ROUNDEL_ENGINE")) qputenv("ROUNDEL_ENGINE", ROUNDEL_PROGRAM);
  if (qEnvironmentVariableIsEmpty("ROUNDEL_DECODER")) qputenv("ROUNDEL_DECODER", ROUNDEL_PROGRAM);
  ::testing::InitGoogleTest(&argc, argv);
  roundel::prepareGraphics();
  roundel::test::WatchedApplication application(argc, argv);
  ::testing::UnitTest::GetInstance()->listeners().Append(new HeldListener);
  QApplication::setOrganizationName("Roundel");
  QApplication::setApplicationName("studio-tests");
  roundel::applyTheme(application, roundel::Theme::Light);
  return RUN_ALL_TESTS();
}
