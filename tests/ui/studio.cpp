#include "ui/studio.h"

#include <QDir>
#include <QProcess>
#include <QSettings>

#include "ui/param_form.h"

namespace roundel::test {
namespace {

/// Both studies of this run of the program.
const QTemporaryDir& shared() {
  static const QTemporaryDir folder;
  static const bool made = [] {
    const QString phantoms = folder.path() + "/phantoms", labelled = folder.path() + "/labelled", bare = folder.path() + "/bare";
    expectEngineRuns({"phantom", "dental", phantoms, "--cases", "5", "--width", "256", "--height", "128", "--classes", "3", "--seed", "1"});
    expectEngineRuns({"project", "new", labelled});
    expectEngineRuns({"import", labelled, phantoms, "--format", "coco"});
    return true;
  }();
  EXPECT_TRUE(made);
  return folder;
}

/// Without the labels of the last `count` cases.
void takeLabelsAway(const QString& study, std::size_t count) {
  Project project = Project::open(study.toStdString(), Access::Edit);
  std::vector<NewAnnotation> empty;
  const auto cases = project.cases();
  for (std::size_t i = cases.size() - std::min(count, cases.size()); i < cases.size(); ++i)
    empty.push_back({cases[i].id, Annotation::empty(cases[i].geometry.size, project.classes().size()), {.how = "test"}});
  project.addAnnotations(empty);
}

/// The studies that are trained on.
const QTemporaryDir& small() {
  static const QTemporaryDir folder;
  static const bool made = [] {
    const QString phantoms = folder.path() + "/phantoms", study = folder.path() + "/trainable", done = folder.path() + "/finished";
    expectEngineRuns({"phantom", "dental", phantoms, "--cases", "10", "--width", "64", "--height", "32", "--classes", "3", "--seed", "1",
                      "--variation", "0.2", "--acquisition", "0.2"});
    expectEngineRuns({"project", "new", study});
    expectEngineRuns({"import", study, phantoms, "--format", "coco"});
    takeLabelsAway(study, 4);
    QProcess::execute("cp", {"-r", study, done});
    expectEngineRuns({"split", done, "--labelled", "4", "--validation", "2", "--unlabelled", "rest", "--seed", "1"});
    expectEngineRuns(
        QStringList{"run", done, "--strategy", "sam-carries-the-burden", "--rounds", "2", "--seed", "1", "--set", "round_steps=30"} +
        tinySettings(100));
    return true;
  }();
  EXPECT_TRUE(made);
  return folder;
}

}  // namespace

QStringList tinySettings(int steps) {
  QStringList all;
  for (const QString& setting :
       {QStringLiteral("width=8"), QStringLiteral("size=64"), QStringLiteral("stability_prompts=0"), QStringLiteral("minimum_agreement=0"),
        QStringLiteral("adapt_steps=0"), QStringLiteral("steps=%1").arg(steps)})
    all << "--set" << setting;
  return all;
}

QAbstractButton* buttonOf(QWidget& widget, const QString& text) {
  for (auto* button : widget.findChildren<QAbstractButton*>())
    if (button->isVisible() && button->text().remove('&') == text) return button;
  return nullptr;
}

bool waitUntil(const std::function<bool()>& so, int milliseconds) {
  QElapsedTimer timer;
  timer.start();
  while (!so()) {
    if (timer.elapsed() > milliseconds) return false;
    QTest::qWait(5);
  }
  return true;
}

void expectEngineRuns(const QStringList& arguments) {
  QProcess process;
  process.start(qEnvironmentVariable("ROUNDEL_ENGINE"), QStringList{"--json"} + arguments);
  ASSERT_TRUE(process.waitForFinished(120000));
  EXPECT_EQ(process.exitCode(), 0) << arguments.join(' ').toStdString() << process.readAllStandardOutput().toStdString();
}

void Studio::SetUp() {
  ASSERT_TRUE(m_folder.isValid());
  QSettings().clear();
}

void Studio::TearDown() {
  if (window) window->close();
  window.reset();
}

QString Studio::study(bool labelled) {
  const QString to = path(labelled ? "labelled" : "bare");
  QProcess::execute("cp", {"-r", shared().path() + "/labelled", to});
  if (!labelled) {
    Project project = Project::open(to.toStdString(), Access::Edit);
    std::vector<NewAnnotation> empty;
    for (const auto& one : project.cases())
      empty.push_back({one.id, Annotation::empty(one.geometry.size, project.classes().size()), {.how = "test"}});
    project.addAnnotations(empty);
  }
  return to;
}

QString Studio::trainable() {
  const QString to = path("trainable");
  QProcess::execute("cp", {"-r", small().path() + "/trainable", to});
  return to;
}

QString Studio::finished() {
  const QString to = path("finished");
  QProcess::execute("cp", {"-r", small().path() + "/finished", to});
  return to;
}

void Studio::openWindow() {
  // For pictures (docs/screenshots.sh): another language, another screen.
  if (const QString language = qEnvironmentVariable("ROUNDEL_SCREENSHOT_LANGUAGE"); !language.isEmpty()) installLanguage(language);
  const QStringList size = qEnvironmentVariable("ROUNDEL_SCREENSHOT_SIZE", "1366x768").split('x');
  window = std::make_unique<MainWindow>();
  window->resize(size.value(0).toInt(), size.value(1).toInt());
  window->show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(window.get()));
  window->activateWindow();  // shortcuts are for the window that has the keyboard
  ASSERT_TRUE(QTest::qWaitForWindowActive(window.get()));
}

void Studio::expectOpens(const QString& folder) {
  if (!window) openWindow();
  ASSERT_TRUE(window->openStudy(folder)) << folder.toStdString();
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  ASSERT_TRUE(waitUntil([&] { return window->area().lastOpenMs() > 0; }));
}

void Studio::drag(QPoint from, QPoint to, Qt::MouseButton button, Qt::KeyboardModifiers modifiers) {
  QWidget* target = &view();
  QTest::mousePress(target, button, modifiers, from);
  for (int step = 1; step <= 4; ++step) {
    const QPoint between = from + (to - from) * step / 4;
    QMouseEvent move(QEvent::MouseMove, between, target->mapToGlobal(between), Qt::NoButton, button, modifiers);
    QApplication::sendEvent(target, &move);
  }
  QTest::mouseRelease(target, button, modifiers, to);
}

void Studio::expectBrushIs(const std::string& name, const Json& value) {
  auto* form = window->findChild<ParamForm*>();
  ASSERT_NE(form, nullptr);
  form->set(name, value);
  EXPECT_EQ(form->values().value(name, Json()), value);
}

}  // namespace roundel::test
