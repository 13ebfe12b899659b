#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QSettings>

#include "ui/main_window.h"

/// Roundel Studio: composition only.
int main(int argc, char** argv) {
  roundel::prepareGraphics();
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("Roundel"));
  QApplication::setApplicationName(QStringLiteral("Roundel Studio"));
  QApplication::setApplicationVersion(QStringLiteral(ROUNDEL_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("roundel-studio"));
  const QSettings settings;
  roundel::installLanguage(settings.value(QStringLiteral("language"), QStringLiteral("system")).toString());
  roundel::applyTheme(application, roundel::themeFromString(settings.value(QStringLiteral("theme")).toString()));

  QCommandLineParser parser;
  parser.setApplicationDescription(
      QCoreApplication::translate("main", "Label radiographs and volumes, train on them, and review what the machine labelled."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(QStringLiteral("study"), QCoreApplication::translate("main", "Folder of the study to open."),
                               QStringLiteral("[study]"));
  parser.process(application);

  roundel::MainWindow window;
  window.show();
  if (const QStringList studies = parser.positionalArguments(); !studies.isEmpty()) {
    // A file manager opens the project.db that stands for the study.
    const QFileInfo given(studies.first());
    window.openStudy(given.fileName() == QLatin1String("project.db") ? given.absolutePath() : studies.first());
  }
  return QApplication::exec();
}
