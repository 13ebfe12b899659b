#pragma once
#include <QWidget>
#include <functional>
#include <vector>

#include "core/param_spec.h"

class QFormLayout;

namespace roundel {

/// A form made from declared parameters: a field each, with its range, unit and sentence. Nothing about a tool or a training is written
/// twice. Names and sentences are translated where the program's translation knows them.
class ParamForm : public QWidget {
  Q_OBJECT

 public:
  explicit ParamForm(QWidget* parent = nullptr);
  void setSpecs(const std::vector<ParamSpec>& specs, const Json& values = Json::object());
  /// Every parameter's value.
  Json values() const;
  /// Those alone that a person changed from their defaults.
  Json changed() const;
  void set(const std::string& name, const Json& value);
  /// Shows those alone whose name or sentence holds all of these words; empty: all. How many those are.
  int setFilter(const QString& words);

 Q_SIGNALS:
  void edited();

 private:
  struct Field {
    ParamSpec spec;
    QWidget* widget = nullptr;
    std::function<Json()> read;
    std::function<void(const Json&)> write;
  };
  Field fieldFor(const ParamSpec& spec, const Json& value);

  QFormLayout* m_layout;
  std::vector<Field> m_fields;
};

/// A parameter's name, or a choice's, as people read it: "min_area" -> "Min area", translated.
QString wordText(const std::string& word);

}  // namespace roundel
