#include <gtest/gtest.h>

#include <QApplication>
#include <QTemporaryDir>

#include "ui/theme.h"

/// Settings of the tests lie in a folder of their own: nobody's own are read or written.
int main(int argc, char** argv) {
  const QTemporaryDir settings;
  qputenv("XDG_CONFIG_HOME", settings.path().toLocal8Bit());
  qputenv("LC_ALL", "C.UTF-8");
  if (qEnvironmentVariableIsEmpty("ROUNDEL_ENGINE")) qputenv("ROUNDEL_ENGINE", ROUNDEL_PROGRAM);
  if (qEnvironmentVariableIsEmpty("ROUNDEL_DECODER")) qputenv("ROUNDEL_DECODER", ROUNDEL_PROGRAM);
  ::testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  QApplication::setOrganizationName("Roundel");
  QApplication::setApplicationName("studio-tests");
  roundel::applyTheme(application, roundel::Theme::Light);
  return RUN_ALL_TESTS();
}
