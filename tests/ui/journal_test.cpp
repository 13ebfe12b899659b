#include <signal.h>

#include <QProcess>

#include "ui/action_table.h"
#include "ui/notice_bar.h"
#include "ui/studio.h"
#include "ui/tool_box.h"

namespace roundel::test {
namespace {

/// What the next start finds after this process was killed in the middle of work: the study as it lies on the disk now.
QString asAfterAKill(const QString& folder, const QString& to) {
  QProcess::execute("cp", {"-r", folder, to});
  QFile::remove(to + "/project.lock");
  return to;
}

TEST_F(Studio, WhatAKilledProgramHadPaintedIsThereAgainWithItsSteps) {
  const QString folder = study(false);
  expectOpens(folder);
  window->tools().choose("brush");
  drag(at(60, 60), at(120, 60));
  drag(at(60, 90), at(120, 90));
  const Annotation painted = window->document().session()->annotation();
  ASSERT_TRUE(window->document().session()->journal()->waitUntilSynced(std::chrono::seconds(5)));
  const QString killed = asAfterAKill(folder, path("killed"));
  EXPECT_FALSE(Project::open(killed.toStdString(), Access::ReadOnly).latest(window->document().currentCase()->id)->anyAnnotated());
  window->close();
  openWindow();
  expectOpens(killed);
  EXPECT_EQ(window->document().session()->annotation(), painted);
  EXPECT_FALSE(window->noticeBar().text().isEmpty());
  EXPECT_TRUE(window->document().unsaved());
  window->document().undo();
  window->document().undo();
  EXPECT_FALSE(window->document().session()->annotation().anyAnnotated());
}

TEST_F(Studio, UndoGoesBackPastASaveOfTheSameSitting) {
  expectOpens(study(false));
  window->tools().choose("brush");
  drag(at(60, 60), at(120, 60));
  ASSERT_TRUE(window->document().save());
  window->document().undo();
  EXPECT_EQ(area(0), 0);
  EXPECT_TRUE(window->document().unsaved());
}

TEST_F(Studio, UndoGoesBackToBeforeTheLastStart) {
  const QString folder = study(false);
  expectOpens(folder);
  window->tools().choose("brush");
  drag(at(60, 60), at(120, 60));
  ASSERT_TRUE(window->document().save());
  const Annotation painted = window->document().session()->annotation();
  window->close();
  openWindow();
  expectOpens(folder);
  EXPECT_EQ(window->document().session()->annotation(), painted);
  EXPECT_FALSE(window->document().unsaved());
  EXPECT_TRUE(window->noticeBar().text().isEmpty()) << window->noticeBar().text().toStdString();
  window->document().undo();
  EXPECT_EQ(area(0), 0);
}

TEST_F(Studio, ASecondWindowOnTheSameStudyLooksOnly) {
  const QString folder = study(false);
  expectOpens(folder);
  // Another process holds the lock: this program stands for it, a child looks.
  MainWindow second;
  ASSERT_TRUE(second.openStudy(folder));
  EXPECT_FALSE(second.document().canEdit());
  EXPECT_FALSE(second.actions().action("classes")->isEnabled());
}

TEST_F(Studio, TheProgramItselfSurvivesKillNine) {
  const QString folder = study(false);
  QProcess studio;
  studio.start(ROUNDEL_STUDIO, {folder});
  ASSERT_TRUE(studio.waitForStarted());
  QTest::qWait(1500);
  ASSERT_EQ(studio.state(), QProcess::Running);
  ::kill(static_cast<pid_t>(studio.processId()), SIGKILL);
  studio.waitForFinished();
  expectOpens(folder);  // its lock is stale and is taken over
  EXPECT_TRUE(window->document().canEdit());
}

}  // namespace
}  // namespace roundel::test
