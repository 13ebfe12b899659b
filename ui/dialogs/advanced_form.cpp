#include "ui/dialogs/advanced_form.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/engine_description.h"
#include "ui/param_form.h"
#include "ui/texts.h"

namespace roundel {
namespace {

/// As `--set` reads it, whatever the language.
QString settingText(const std::string& name, const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  return textOf(name + "=" + text);
}

QLabel* title(const QString& text) {
  auto* label = new QLabel(QStringLiteral("<b>%1</b>").arg(text));
  label->setContentsMargins(0, 8, 0, 2);
  return label;
}

}  // namespace

AdvancedForm::AdvancedForm(QWidget* parent)
    : QWidget(parent),
      m_search(new QLineEdit),
      m_generalist(new QComboBox),
      m_none(new QLabel(tr("No parameter matches."))),
      m_run(new ParamForm),
      m_training(new ParamForm),
      m_runTitle(title(tr("Rounds"))),
      m_trainingTitle(title(tr("Each training"))) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  m_search->setPlaceholderText(tr("Search parameters"));
  m_search->setAccessibleName(tr("Search parameters"));
  m_search->setClearButtonEnabled(true);
  layout->addWidget(m_search);
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  auto* row = new QFormLayout;
  m_generalist->addItem(tr("The strategy's own"), QString());
  row->addRow(tr("Generalist that refines"), m_generalist);
  column->addLayout(row);
  column->addWidget(m_runTitle);
  column->addWidget(m_run);
  column->addWidget(m_trainingTitle);
  column->addWidget(m_training);
  column->addWidget(m_none);
  column->addStretch();
  m_none->hide();
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setWidget(inside);
  scroll->setMinimumHeight(220);
  layout->addWidget(scroll, 1);
  connect(m_search, &QLineEdit::textChanged, this, [this](const QString& words) {
    const int run = m_run->setFilter(words), training = m_training->setFilter(words);
    m_runTitle->setVisible(run > 0);
    m_trainingTitle->setVisible(training > 0);
    m_none->setVisible(run + training == 0);
  });
  for (ParamForm* form : {m_run, m_training}) connect(form, &ParamForm::edited, this, &AdvancedForm::edited);
  connect(m_generalist, &QComboBox::currentIndexChanged, this, &AdvancedForm::edited);
}

void AdvancedForm::setDescription(const Json& description) {
  m_description = description;
  const QSignalBlocker blocked(m_generalist);
  for (const auto& one : description.value("registries", Json::object()).value("generalists", Json::array())) {
    m_generalist->addItem(textOf(one.value("name", std::string())), textOf(one.value("name", std::string())));
    m_generalist->setItemData(m_generalist->count() - 1, engineSentence(one.value("good_for", std::string())), Qt::ToolTipRole);
  }
  fill();
}

void AdvancedForm::setPreset(const QString& preset) {
  if (preset == m_preset) return;
  m_preset = preset;
  if (ready()) fill();
}

void AdvancedForm::fill() {
  const Json run = m_run->changed(), training = m_training->changed();
  Json values = Json::object();
  for (const auto& one : m_description.value("registries", Json::object()).value("presets", Json::array()))
    if (one.value("name", std::string()) == m_preset.toStdString()) values = one.value("training", Json::object());
  const Json parameters = m_description.value("parameters", Json::object());
  m_run->setSpecs(paramSpecsFrom(parameters.value("run", Json::array())), run);
  auto specs = paramSpecsFrom(parameters.value("training", Json::array()));
  for (ParamSpec& spec : specs)
    if (values.contains(spec.name)) spec.defaultValue = values[spec.name];
  m_training->setSpecs(specs, training);
}

QStringList AdvancedForm::arguments() const {
  QStringList all;
  for (const ParamForm* form : {m_run, m_training}) {
    const Json changed = form->changed();
    for (const auto& [name, value] : changed.items()) all << QStringLiteral("--set") << settingText(name, value);
  }
  if (const QString generalist = m_generalist->currentData().toString(); !generalist.isEmpty())
    all << QStringLiteral("--generalist") << generalist;
  return all;
}

void AdvancedForm::set(const std::string& name, const Json& value) {
  m_run->set(name, value);
  m_training->set(name, value);
}

}  // namespace roundel
