#include <QDir>
#include <QPushButton>
#include <QRadioButton>

#include "ui/dialogs/class_editor.h"
#include "ui/dialogs/new_study_dialog.h"
#include "ui/studio.h"

namespace roundel::test {
namespace {

QPushButton* forwardOf(NewStudyDialog& dialog) {
  for (auto* button : dialog.findChildren<QPushButton*>())
    if (button->isDefault()) return button;
  return nullptr;
}

TEST_F(Studio, AStudyIsMadeInThreeSteps) {
  expectEngineRuns(
      {"phantom", "dental", path("phantoms"), "--cases", "2", "--width", "64", "--height", "32", "--classes", "2", "--seed", "1"});
  NewStudyDialog dialog;
  dialog.setSource(path("phantoms"));
  dialog.show();
  QPushButton* forward = forwardOf(dialog);
  ASSERT_NE(forward, nullptr);
  for (int step = 0; step < 3; ++step) {
    ASSERT_TRUE(forward->isEnabled()) << step;
    QTest::mouseClick(forward, Qt::LeftButton);
  }
  ASSERT_TRUE(waitUntil([&] { return dialog.result() == QDialog::Accepted; }, 60000));
  expectOpens(dialog.folder());
  EXPECT_EQ(window->document().cases().size(), 2U);
  EXPECT_EQ(window->document().classes().size(), 2);
}

TEST_F(Studio, AFolderWithoutImagesIsRefusedAndNothingIsLeft) {
  QDir().mkpath(path("empty"));
  NewStudyDialog dialog;
  dialog.setSource(path("empty"));
  dialog.show();
  QPushButton* forward = forwardOf(dialog);
  for (int step = 0; step < 3; ++step) QTest::mouseClick(forward, Qt::LeftButton);
  ASSERT_TRUE(waitUntil([&] { return dialog.isVisible() && !QDir(dialog.folder()).exists() && forward->isEnabled(); }, 60000));
  EXPECT_NE(dialog.result(), QDialog::Accepted);
}

TEST(ClassNames, CommasAndLineEndsSeparate) {
  const LabelSet classes = classesFromNames(QStringLiteral("femur, tibia;\n patella ,, "));
  ASSERT_EQ(classes.size(), 3);
  EXPECT_EQ(classes[2].name, "patella");
  EXPECT_NE(classes[0].colour, classes[1].colour);
}

}  // namespace
}  // namespace roundel::test
