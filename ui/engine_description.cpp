#include "ui/engine_description.h"

#include <QCoreApplication>
#include <QTimer>

#include "ui/engine_command.h"

namespace roundel {
namespace {

Json& remembered() {
  static Json description;
  return description;
}

std::optional<double> numberOf(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_number() ? std::optional(json[key].get<double>()) : std::nullopt;
}

std::optional<ParamType> typeOf(const Json& json) {
  const std::string word = json.value("type", std::string());
  for (const ParamType type : {ParamType::Flag, ParamType::Integer, ParamType::Real, ParamType::Text, ParamType::Choice})
    if (toJson(ParamSpec{.name = "x", .type = type, .defaultValue = {}}).value("type", std::string()) == word) return type;
  return std::nullopt;
}

}  // namespace

void withDescription(QObject* owner, std::function<void(const Json&, const QString&)> then) {
  if (!remembered().is_null()) {
    QTimer::singleShot(0, owner, [then = std::move(then)] { then(remembered(), {}); });
    return;
  }
  EngineCommand::run({QStringLiteral("describe")}, owner, [then = std::move(then)](const EngineCommand::Outcome& outcome) {
    if (outcome.ok) remembered() = outcome.result;
    then(outcome.ok ? remembered() : Json::object(), outcome.ok ? QString() : outcome.sentence);
  });
}

std::vector<ParamSpec> paramSpecsFrom(const Json& list) {
  std::vector<ParamSpec> specs;
  if (!list.is_array()) return specs;
  for (const auto& json : list) {
    if (!json.is_object() || !json.contains("default")) continue;
    const auto type = typeOf(json);
    if (!type) continue;
    ParamSpec spec{.name = json.value("name", std::string()), .type = *type, .defaultValue = json["default"]};
    spec.minimum = numberOf(json, "minimum");
    spec.maximum = numberOf(json, "maximum");
    if (json.contains("choices") && json["choices"].is_array())
      for (const auto& one : json["choices"])
        if (one.is_string()) spec.choices.push_back(one.get<std::string>());
    spec.unit = json.contains("unit") && json["unit"].is_string() ? json["unit"].get<std::string>() : std::string();
    spec.sentence = json.value("sentence", std::string());
    specs.push_back(std::move(spec));
  }
  return specs;
}

QString engineSentence(const std::string& sentence) { return QCoreApplication::translate("Words", sentence.c_str()); }

}  // namespace roundel
