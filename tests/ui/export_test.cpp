#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>

#include "ui/action_table.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/studio.h"

namespace roundel::test {
namespace {

QString answerOf(ExportDialog& dialog) {
  for (auto* label : dialog.findChildren<QLabel*>())
    if (label->accessibleName() == "What came of it") return label->text();
  return {};
}

QComboBox* choiceWith(ExportDialog& dialog, const QString& word) {
  for (auto* box : dialog.findChildren<QComboBox*>())
    if (box->findData(word) >= 0) return box;
  return nullptr;
}

TEST_F(Studio, EveryFormatOfTheCommandLineIsOfferedAndLostOverlapIsSaid) {
  expectOpens(study(true));
  QStringList formats, answers;
  int step = 0;
  const QString out = path("out");
  inDialog<ExportDialog>([&](ExportDialog& dialog) {
    QComboBox* format = choiceWith(dialog, "coco");
    QAbstractButton* go = buttonOf(dialog, "Export");
    if (format == nullptr || !go->isEnabled()) return false;
    if (step == 0) {
      for (int i = 0; i < format->count(); ++i) formats << format->itemData(i).toString();
      dialog.findChild<QLineEdit*>()->setText(out + "-masks");
      format->setCurrentIndex(format->findData("masks"));
      QTest::mouseClick(go, Qt::LeftButton);
    } else {
      answers << answerOf(dialog);
      if (step == 2) {
        QTest::mouseClick(buttonOf(dialog, "Close"), Qt::LeftButton);
        return true;
      }
      dialog.findChild<QLineEdit*>()->setText(out + "-coco");
      format->setCurrentIndex(format->findData("coco"));
      QTest::mouseClick(go, Qt::LeftButton);
    }
    ++step;
    return false;
  });
  window->actions().action("export")->trigger();
  for (const char* name : {"coco", "masks", "class-masks", "nifti", "nrrd", "dicom-seg", "nnunet", "monai", "labelme", "cvat", "hdf5"})
    EXPECT_TRUE(formats.contains(name)) << name;
  ASSERT_EQ(answers.size(), 2);
  EXPECT_TRUE(answers[0].contains("one class a pixel")) << answers[0].toStdString();
  EXPECT_TRUE(answers[1].contains("No overlap was lost")) << answers[1].toStdString();
  EXPECT_TRUE(QFile::exists(out + "-coco/roundel-export.json"));
  EXPECT_EQ(QDir(out + "-masks").entryList({"*.png"}, QDir::Files).size() + QDir(out + "-masks/labels").entryList({"*.png"}).size(), 5);
}

TEST_F(Studio, TheMachinesLabelsAreExportedOfTheChosenRound) {
  expectOpens(finished());
  const QString out = path("pseudo");
  QString answer;
  bool pressed = false;
  inDialog<ExportDialog>([&](ExportDialog& dialog) {
    QComboBox* format = choiceWith(dialog, "coco");
    if (format == nullptr) return false;
    if (!pressed) {
      QComboBox* what = choiceWith(dialog, "pseudo");
      what->setCurrentIndex(what->findData("pseudo"));
      QComboBox* verdict = choiceWith(dialog, "all");
      verdict->setCurrentIndex(verdict->findData("all"));
      EXPECT_TRUE(dialog.arguments().contains("r0001"));
      EXPECT_TRUE(dialog.arguments().contains("2"));
      dialog.findChild<QLineEdit*>()->setText(out);
      QTest::mouseClick(buttonOf(dialog, "Export"), Qt::LeftButton);
      return !(pressed = true);
    }
    if (!buttonOf(dialog, "Export")->isEnabled()) return false;
    answer = answerOf(dialog);
    QTest::mouseClick(buttonOf(dialog, "Close"), Qt::LeftButton);
    return true;
  });
  window->actions().action("export")->trigger();
  EXPECT_TRUE(answer.contains("4 case")) << answer.toStdString();
  EXPECT_TRUE(QFile::exists(out + "/roundel-export.json"));
}

}  // namespace
}  // namespace roundel::test
