#include "ui/param_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <algorithm>
#include <cmath>

#include "ui/texts.h"

namespace roundel {

QString wordText(const std::string& word) {
  QString text = textOf(word);
  text.replace(QLatin1Char('_'), QLatin1Char(' ')).replace(QLatin1Char('-'), QLatin1Char(' '));
  if (text.size() > 2) text[0] = text[0].toUpper();
  return QCoreApplication::translate("Words", text.toUtf8().constData());
}

namespace {

/// A number of any size as people write it: 0.004 and 1e-05, not 0.00 and not 0.0000100000.
class NumberBox : public QDoubleSpinBox {
 public:
  NumberBox() {
    setDecimals(12);
    setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  }
  QString textFromValue(double value) const override { return locale().toString(value, 'g', 6); }
  double valueFromText(const QString& text) const override {
    QString number = text;
    if (!suffix().isEmpty() && number.endsWith(suffix())) number.chop(suffix().size());
    return locale().toDouble(number.trimmed());
  }
  QValidator::State validate(QString& text, int&) const override {
    QString number = text;
    if (!suffix().isEmpty() && number.endsWith(suffix())) number.chop(suffix().size());
    bool fine = false;
    const double value = locale().toDouble(number.trimmed(), &fine);
    return !fine || value < minimum() || value > maximum() ? QValidator::Intermediate : QValidator::Acceptable;
  }
  QSize sizeHint() const override { return {110, QDoubleSpinBox::sizeHint().height()}; }
  QSize minimumSizeHint() const override { return sizeHint(); }
};

bool sameNumber(double a, double b) { return std::abs(a - b) <= 1e-6 * std::max(std::abs(a), std::abs(b)); }

}  // namespace

ParamForm::ParamForm(QWidget* parent) : QWidget(parent), m_layout(new QFormLayout(this)) {
  m_layout->setContentsMargins(0, 0, 0, 0);
  m_layout->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  m_layout->setRowWrapPolicy(QFormLayout::WrapLongRows);
}

ParamForm::Field ParamForm::fieldFor(const ParamSpec& spec, const Json& value) {
  Field field{.spec = spec};
  const QString unit = spec.unit.empty() ? QString() : QLatin1Char(' ') + QCoreApplication::translate("Words", spec.unit.c_str());
  switch (spec.type) {
    case ParamType::Flag: {
      auto* box = new QCheckBox;
      connect(box, &QCheckBox::toggled, this, &ParamForm::edited);
      field = {spec, box, [box] { return Json(box->isChecked()); },
               [box](const Json& v) { box->setChecked(v.is_boolean() && v.get<bool>()); }};
      break;
    }
    case ParamType::Integer: {
      auto* box = new QSpinBox;
      box->setRange(static_cast<int>(std::max(spec.minimum.value_or(-1e9), -2e9)),
                    static_cast<int>(std::min(spec.maximum.value_or(1e9), 2e9)));
      box->setSuffix(unit);
      connect(box, &QSpinBox::valueChanged, this, &ParamForm::edited);
      field = {spec, box, [box] { return Json(box->value()); },
               [box](const Json& v) {
                 if (v.is_number()) box->setValue(v.get<int>());
               }};
      break;
    }
    case ParamType::Real: {
      auto* box = new NumberBox;
      const double low = spec.minimum.value_or(-1e9), high = spec.maximum.value_or(1e9);
      box->setRange(low, high);
      box->setSuffix(unit);
      connect(box, &QDoubleSpinBox::valueChanged, this, &ParamForm::edited);
      field = {spec, box, [box] { return Json(box->value()); },
               [box](const Json& v) {
                 if (v.is_number()) box->setValue(v.get<double>());
               }};
      break;
    }
    case ParamType::Choice: {
      auto* box = new QComboBox;
      for (const auto& choice : spec.choices) box->addItem(wordText(choice), textOf(choice));
      connect(box, &QComboBox::currentIndexChanged, this, &ParamForm::edited);
      field = {spec, box, [box] { return Json(box->currentData().toString().toStdString()); },
               [box](const Json& v) {
                 if (v.is_string()) box->setCurrentIndex(std::max(0, box->findData(textOf(v.get<std::string>()))));
               }};
      break;
    }
    case ParamType::Text: {
      auto* box = new QLineEdit;
      connect(box, &QLineEdit::textEdited, this, &ParamForm::edited);
      field = {spec, box, [box] { return Json(box->text().toStdString()); },
               [box](const Json& v) {
                 if (v.is_string()) box->setText(textOf(v.get<std::string>()));
               }};
      break;
    }
  }
  field.write(value);
  const QString sentence = QCoreApplication::translate("Words", spec.sentence.c_str());
  field.widget->setToolTip(sentence);
  field.widget->setAccessibleName(wordText(spec.name));
  field.widget->setAccessibleDescription(sentence);
  return field;
}

void ParamForm::setSpecs(const std::vector<ParamSpec>& specs, const Json& values) {
  const QSignalBlocker blocked(this);
  m_fields.clear();
  while (m_layout->rowCount() > 0) m_layout->removeRow(0);
  for (const ParamSpec& spec : specs) {
    Field field = fieldFor(spec, values.is_object() && values.contains(spec.name) ? values[spec.name] : spec.defaultValue);
    auto* label = new QLabel(wordText(spec.name));
    label->setToolTip(field.widget->toolTip());
    label->setBuddy(field.widget);
    m_layout->addRow(label, field.widget);
    m_fields.push_back(std::move(field));
  }
}

Json ParamForm::values() const {
  Json values = Json::object();
  for (const Field& field : m_fields) values[field.spec.name] = field.read();
  return values;
}

Json ParamForm::changed() const {
  Json values = Json::object();
  for (const Field& field : m_fields) {
    const Json now = field.read();
    const Json& was = field.spec.defaultValue;
    const bool same = now.is_number() && was.is_number() ? sameNumber(now.get<double>(), was.get<double>()) : now == was;
    if (!same) values[field.spec.name] = now;
  }
  return values;
}

void ParamForm::set(const std::string& name, const Json& value) {
  for (const Field& field : m_fields)
    if (field.spec.name == name) field.write(value);
}

int ParamForm::setFilter(const QString& words) {
  const QStringList wanted = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  int shown = 0;
  for (const Field& field : m_fields) {
    const QString text =
        wordText(field.spec.name) + QLatin1Char(' ') + textOf(field.spec.name) + QLatin1Char(' ') + field.widget->toolTip();
    const bool fits =
        std::all_of(wanted.begin(), wanted.end(), [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
    m_layout->setRowVisible(field.widget, fits);
    shown += fits ? 1 : 0;
  }
  return shown;
}

}  // namespace roundel
