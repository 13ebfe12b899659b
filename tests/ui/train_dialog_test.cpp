#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include "ui/dialogs/advanced_form.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/engine_description.h"
#include "ui/param_form.h"
#include "ui/studio.h"

namespace roundel::test {
namespace {

QString textIn(TrainDialog& dialog, const QString& name) {
  for (auto* label : dialog.findChildren<QLabel*>())
    if (label->accessibleName() == name) return label->text();
  return {};
}

TEST_F(Studio, TrainSaysWhatItWouldDoWhyAndHowLongItTakesBeforeItStarts) {
  expectOpens(trainable());
  TrainDialog dialog(window->document());
  dialog.show();
  ASSERT_TRUE(waitUntil([&] { return dialog.forecast().is_object(); }, 60000)) << textIn(dialog, "Forecast").toStdString();
  EXPECT_TRUE(textIn(dialog, "What training would do").contains("sam-carries-the-burden"))
      << textIn(dialog, "What training would do").toStdString();
  EXPECT_TRUE(textIn(dialog, "What training would do").contains("learnt weights"));
  EXPECT_TRUE(textIn(dialog, "Forecast").contains("About ")) << textIn(dialog, "Forecast").toStdString();
  EXPECT_GT(dialog.forecast().value("seconds", 0.0), 1.0);
  EXPECT_GT(dialog.forecast().value("memory_bytes", 0.0), 100e6);
  EXPECT_FALSE(window->document().project()->split().has_value());  // a question changes nothing
  EXPECT_EQ(dialog.arguments().mid(0, 4), (QStringList{"run", window->document().folder(), "--strategy", "sam-carries-the-burden"}));
  EXPECT_TRUE(dialog.arguments().contains("builtin-2d"));
  // Another way to do it: another forecast.
  auto* strategy = dialog.findChild<QComboBox*>();
  strategy->setCurrentIndex(strategy->findData("supervised"));
  EXPECT_TRUE(dialog.forecast().is_null());
  ASSERT_TRUE(waitUntil([&] { return dialog.forecast().is_object(); }, 60000));
  EXPECT_TRUE(dialog.arguments().contains("supervised"));
}

TEST_F(Studio, TooFewLabelsAreSaid) {
  expectOpens(study(false));
  TrainDialog dialog(window->document());
  dialog.show();
  EXPECT_TRUE(textIn(dialog, "What training would do").contains("Too few labels"));
  EXPECT_FALSE(buttonOf(dialog, "Start training")->isEnabled());
}

TEST_F(Studio, EveryParameterOfTheEngineIsInTheAdvancedForm) {
  expectOpens(trainable());
  TrainDialog dialog(window->document());
  dialog.show();
  auto* form = dialog.findChild<AdvancedForm*>();
  ASSERT_TRUE(waitUntil([&] { return form->ready() && buttonOf(dialog, "Start training")->isEnabled(); }, 60000));
  Json description;
  withDescription(&dialog, [&](const Json& said, const QString&) { description = said; });
  ASSERT_TRUE(waitUntil([&] { return description.is_object(); }));
  const auto forms = form->findChildren<ParamForm*>();
  ASSERT_EQ(forms.size(), 2);
  std::size_t shown = 0;
  for (ParamForm* one : forms) shown += one->values().size();
  EXPECT_EQ(shown, description["parameters"]["run"].size() + description["parameters"]["training"].size());
  EXPECT_TRUE(form->arguments().isEmpty());  // what nobody touched stays the preset's
  form->set("width", 24);
  form->set("learning_rate", 0.0005);
  form->set("gate", "everything");
  EXPECT_TRUE(form->arguments().contains("width=24"));
  EXPECT_TRUE(form->arguments().contains("learning_rate=0.0005")) << form->arguments().join(' ').toStdString();
  // The preset's values are what stands there.
  for (auto* box : dialog.findChildren<QComboBox*>())
    if (const int at = box->findData("standard"); at >= 0) {
      box->setCurrentIndex(at);  // makes the form anew: the other boxes are gone
      break;
    }
  EXPECT_TRUE(form->arguments().contains("width=24"));
  EXPECT_FALSE(form->arguments().join(' ').contains("batch"));
  // And they can be searched.
  QTest::mouseClick(dialog.findChild<QToolButton*>(), Qt::LeftButton);
  form->findChild<QLineEdit*>()->setText("learning rate");
  int visible = 0;
  for (auto* spin : form->findChildren<QAbstractSpinBox*>()) visible += spin->isVisible();
  EXPECT_GE(visible, 2);
  EXPECT_LT(visible, 12);
}

}  // namespace
}  // namespace roundel::test
