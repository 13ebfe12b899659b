#include <signal.h>

#include <QDir>
#include <QProcess>

#include "ui/action_table.h"
#include "ui/notice_bar.h"
#include "ui/studio.h"
#include "ui/tool_box.h"

// The window on a real volume and on real DICOM radiographs of ROUNDEL_DATA, or of ../shared/data; skipped where they are absent.
namespace roundel::test {
namespace {

class RealData : public Studio {
 protected:
  /// A study of copies of these files; empty where they are not there.
  QString studyOf(const QStringList& files, const QStringList& import = {}) {
    const QString data = qEnvironmentVariable("ROUNDEL_DATA", "../shared/data");
    QDir().mkpath(path("images"));
    for (const QString& file : files) {
      if (!QFile::copy(data + "/" + file, path("images/") + QFileInfo(file).fileName())) return {};
    }
    expectEngineRuns({"project", "new", path("study")});
    expectEngineRuns(QStringList{"import", path("study"), path("images")} + import);
    Project project = Project::open(path("study").toStdString(), Access::Edit);
    project.setClasses(LabelSet({{.id = 1, .name = "one", .colour = {230, 159, 0}}, {.id = 2, .name = "two", .colour = {0, 114, 178}}}));
    return path("study");
  }

  /// Painted, saved on no occasion, and the study then as a killed program leaves it.
  void expectRestoredAfterAKill(const QString& folder) {
    const Annotation painted = window->document().session()->annotation();
    ASSERT_TRUE(painted.anyAnnotated());
    ASSERT_TRUE(window->document().session()->journal()->waitUntilSynced(std::chrono::seconds(5)));
    const QString killed = path("killed"), name = QString::fromStdString(window->document().currentCase()->name);
    QProcess::execute("cp", {"-r", folder, killed});
    QFile::remove(killed + "/project.lock");
    window->close();
    openWindow();
    expectOpens(killed);
    window->document().openCase(window->document().indexOfCase(name.toStdString()));
    EXPECT_EQ(window->document().session()->annotation(), painted);
    EXPECT_FALSE(window->noticeBar().text().isEmpty());
  }
};

TEST_F(RealData, ADicomRadiographIsLookedAtPaintedUndoneAndRestored) {
  const QString folder = studyOf({"dicom/radiographs/CR-ModalitySequenceLUT.dcm", "dicom/radiographs/RG2_JPLL"});
  if (folder.isEmpty()) GTEST_SKIP() << "ROUNDEL_DATA names no folder with dicom/radiographs.";
  expectOpens(folder);
  ASSERT_EQ(window->document().cases().size(), 2U);
  const auto picture = window->document().picture();
  EXPECT_EQ(picture->facts().photometric, Photometric::Monochrome1);
  const VoiWindow was = picture->windowOf(view().display());
  drag({200, 200}, {260, 240});
  EXPECT_NE(picture->windowOf(view().display()), was);
  QTest::keyClick(&view(), Qt::Key_Space);
  EXPECT_EQ(picture->windowOf(view().display()), was);
  window->tools().choose("brush");
  const double middle = static_cast<double>(picture->size().x) / 2;
  drag(at(middle, 200), at(middle + 60, 200));
  EXPECT_GT(area(0), 60 * 10);
  const std::int64_t once = area(0);
  drag(at(middle, 260), at(middle + 60, 260));
  QTest::keyClick(&view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(area(0), once);
  QTest::keyClick(&view(), Qt::Key_Y, Qt::ControlModifier);
  EXPECT_GT(area(0), once);
  expectRestoredAfterAKill(folder);
}

TEST_F(RealData, AVolumeIsLookedAtPaintedThroughTheSlicesUndoneAndRestored) {
  const QString folder = studyOf({"hippocampus/images/hippocampus_003.nii.gz"});
  if (folder.isEmpty()) GTEST_SKIP() << "ROUNDEL_DATA names no folder with hippocampus/images.";
  expectOpens(folder);
  ASSERT_EQ(window->area().views().size(), 3U);
  const Size size = window->document().picture()->size();
  SliceView& axial = *window->area().views()[0];
  const std::int64_t slice = axial.slice();
  QWheelEvent wheel(QPointF(100, 100), axial.mapToGlobal(QPointF(100, 100)), {}, QPoint(0, -120), Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(&axial, &wheel);
  EXPECT_EQ(axial.slice(), slice + 1);
  ASSERT_TRUE(waitUntil([&] { return !window->area().outside().image().isNull(); }));
  window->area().maximise(&axial);
  EXPECT_FALSE(window->area().views()[1]->isVisible());
  window->area().maximise(&axial);
  EXPECT_TRUE(window->area().views()[1]->isVisible());
  const VoiWindow was = window->document().picture()->windowOf(axial.display());
  drag({60, 60}, {120, 60});
  for (const SliceView* one : window->area().views()) {
    EXPECT_GT(window->document().picture()->windowOf(one->display()).width, was.width);
  }
  window->tools().choose("brush");
  const QPoint middle = axial.rect().center();
  drag(middle, middle + QPoint(30, 0));
  const PixelBox flat = window->document().session()->annotation().classes[0].mask.bounds();
  EXPECT_EQ(flat.z1 - flat.z0, 1);
  EXPECT_EQ(flat.z0, axial.slice());
  QTest::keyClick(&axial, Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(area(0), 0);
  expectBrushIs("extent", "volume");
  drag(middle, middle + QPoint(30, 0));
  const PixelBox ball = window->document().session()->annotation().classes[0].mask.bounds();
  EXPECT_GT(ball.z1 - ball.z0, 3);
  EXPECT_LE(ball.z1, size.z);
  expectRestoredAfterAKill(folder);
}

}  // namespace
}  // namespace roundel::test
