#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QLabel>
#include <QSpinBox>
#include <QTreeWidget>

#include "ui/action_table.h"
#include "ui/dialogs/advanced_form.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/docks/review_dock.h"
#include "ui/docks/run_dock.h"
#include "ui/notice_bar.h"
#include "ui/studio.h"

namespace roundel::test {
namespace {

/// Volumes are trained on like pictures: forecast, run, review, labels taken over.
TEST_F(Studio, VolumesAreTrainedOnForecastAndReviewed) {
  expectEngineRuns({"phantom", "volume", path("raw"), "--cases", "6", "--width", "32", "--height", "28", "--depth", "20", "--seed", "3"});
  const QString study = path("volumes");
  expectEngineRuns({"project", "new", study});
  expectEngineRuns({"import", study, path("raw/images"), "--labels", path("raw/labels"), "--format", "images"});
  {
    Project project = Project::open(study.toStdString(), Access::Edit);
    const auto cases = project.cases();
    for (std::size_t i = 4; i < cases.size(); ++i)  // these are for the machine
      project.addAnnotation(cases[i].id, Annotation::empty(cases[i].geometry.size, project.classes().size()), {.how = "test"});
  }
  expectOpens(study);
  QString forecast, plan;
  inDialog<TrainDialog>([&](TrainDialog& dialog) {
    auto* form = dialog.findChild<AdvancedForm*>();
    QAbstractButton* start = buttonOf(dialog, "Start training");
    if (!form->ready() || start == nullptr || !start->isEnabled()) return false;
    if (forecast.isEmpty()) {
      for (const auto& [name, value] :
           {std::pair<const char*, int>{"width", 4}, {"steps", 40}, {"stability_prompts", 0}, {"round_steps", 10}})
        form->set(name, value);
      form->set("patch", "16,16,16");
      dialog.findChild<QSpinBox*>()->setValue(1);
      forecast = "asked";
      return false;
    }
    if (!dialog.forecast().is_object()) return false;
    for (auto* label : dialog.findChildren<QLabel*>()) {
      if (label->accessibleName() == "Forecast") forecast = label->text();
      if (label->accessibleName() == "What training would do") plan = label->text();
    }
    QTest::mouseClick(start, Qt::LeftButton);
    return true;
  });
  window->actions().action("train")->trigger();
  EXPECT_TRUE(forecast.contains("About ")) << forecast.toStdString();
  EXPECT_TRUE(plan.contains("2 case(s) without labels")) << plan.toStdString();
  ASSERT_TRUE(waitUntil([&] { return window->runs().watcher().state().state == "finished"; }, 240000))
      << window->noticeBar().text().toStdString() << window->runs().watcher().state().cause.toStdString();
  window->findChild<QDockWidget*>("review")->raise();
  ASSERT_TRUE(waitUntil([&] { return window->review().caseCount() == 2; }));
  auto* list = window->review().findChild<QTreeWidget*>();
  int row = 0;
  while (row < 2 && list->topLevelItem(row)->childCount() == 0) ++row;
  ASSERT_LT(row, 2) << "the network found nothing in either";
  window->review().show(row);
  ASSERT_NE(window->document().session(), nullptr);
  ASSERT_TRUE(waitUntil([&] { return window->document().picture() != nullptr; }));
  EXPECT_TRUE(window->document().picture()->isVolume());
  window->review().acceptAsLabels();
  int present = 0;
  for (const auto& one : window->document().session()->annotation().classes) present += one.state == ClassState::Present;
  EXPECT_EQ(present, list->topLevelItem(row)->childCount());
  window->review().decide(Verdict::Accept);
  EXPECT_EQ(window->document().project()->decisions("r0001").size(), 1U);
}

}  // namespace
}  // namespace roundel::test
