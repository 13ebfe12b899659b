#pragma once
#include <QWidget>

#include "core/json.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace roundel {

class ParamForm;

/// Every parameter of a run as a form with a search, from what the engine declares. What a person does not touch stays the preset's.
class AdvancedForm : public QWidget {
  Q_OBJECT

 public:
  explicit AdvancedForm(QWidget* parent = nullptr);
  /// `describe` of the engine.
  void setDescription(const Json& description);
  bool ready() const { return m_description.is_object(); }
  /// Its values are what stands in the form where nothing was changed.
  void setPreset(const QString& preset);
  /// As arguments: --set name=value and --generalist name.
  QStringList arguments() const;
  void set(const std::string& name, const Json& value);

 Q_SIGNALS:
  void edited();

 private:
  void fill();

  Json m_description;
  QString m_preset;
  QLineEdit* m_search;
  QComboBox* m_generalist;
  QLabel* m_none;
  ParamForm *m_run, *m_training;
  QWidget *m_runTitle, *m_trainingTitle;
};

}  // namespace roundel
