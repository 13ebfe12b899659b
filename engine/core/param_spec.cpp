#include "core/param_spec.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "core/error.h"

namespace roundel {
namespace {

const char* typeName(ParamType type) {
  switch (type) {
    case ParamType::Flag: return "flag";
    case ParamType::Integer: return "integer";
    case ParamType::Real: return "real";
    case ParamType::Text: return "text";
    case ParamType::Choice: return "choice";
  }
  return "";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

[[noreturn]] void refuse(const ParamSpec& spec, const std::string& why) {
  throw Error(ErrorKind::Usage, "bad-parameter", "The parameter " + spec.name + " " + why + ".", {.remedy = spec.sentence});
}

void check(const ParamSpec& spec, const Json& value) {
  switch (spec.type) {
    case ParamType::Flag:
      if (!value.is_boolean()) refuse(spec, "is true or false, not " + value.dump());
      return;
    case ParamType::Text:
      if (!value.is_string()) refuse(spec, "is a text, not " + value.dump());
      return;
    case ParamType::Choice:
      if (!value.is_string() || std::find(spec.choices.begin(), spec.choices.end(), value.get<std::string>()) == spec.choices.end())
        refuse(spec, "is one of " + joined(spec.choices) + ", not " + value.dump());
      return;
    case ParamType::Integer:
      if (!value.is_number_integer()) refuse(spec, "is a whole number, not " + value.dump());
      break;
    case ParamType::Real:
      if (!value.is_number()) refuse(spec, "is a number, not " + value.dump());
      break;
  }
  const double number = value.get<double>();
  if (!std::isfinite(number)) refuse(spec, "is a finite number");
  const auto bound = [&](double limit) {
    return (spec.type == ParamType::Integer ? Json(static_cast<std::int64_t>(limit)) : Json(limit)).dump();
  };
  if (spec.minimum && number < *spec.minimum) refuse(spec, "is at least " + bound(*spec.minimum) + ", not " + value.dump());
  if (spec.maximum && number > *spec.maximum) refuse(spec, "is at most " + bound(*spec.maximum) + ", not " + value.dump());
}

}  // namespace

std::string nearestName(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t bestDistance = std::max<std::size_t>(3, word.size() / 2 + 1);
  for (const auto& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
      }
    }
    if (row.back() < bestDistance) {
      bestDistance = row.back();
      best = candidate;
    }
  }
  return best;
}

const ParamSpec& findParam(const std::vector<ParamSpec>& specs, std::string_view name) {
  std::vector<std::string> names;
  for (const auto& spec : specs) {
    if (spec.name == name) return spec;
    names.push_back(spec.name);
  }
  const std::string near = nearestName(std::string(name), names);
  throw Error(ErrorKind::Usage, "unknown-parameter", "There is no parameter named " + std::string(name) + ".",
              {.remedy = near.empty() ? "Known ones: " + joined(names) + "." : "Did you mean " + near + "?"});
}

Json parseParam(const ParamSpec& spec, const std::string& text) {
  const char* end = text.data() + text.size();
  Json value;
  switch (spec.type) {
    case ParamType::Flag:
      if (text == "true" || text == "1" || text == "on" || text == "yes") value = true;
      else if (text == "false" || text == "0" || text == "off" || text == "no") value = false;
      else refuse(spec, "is true or false, not " + text);
      break;
    case ParamType::Integer: {
      std::int64_t number = 0;
      const auto result = std::from_chars(text.data(), end, number);
      if (result.ec != std::errc() || result.ptr != end) refuse(spec, "is a whole number, not " + text);
      value = number;
      break;
    }
    case ParamType::Real: {
      double number = 0;  // from_chars does not depend on the locale
      const auto result = std::from_chars(text.data(), end, number);
      if (result.ec != std::errc() || result.ptr != end) refuse(spec, "is a number, not " + text);
      value = number;
      break;
    }
    case ParamType::Text:
    case ParamType::Choice: value = text; break;
  }
  check(spec, value);
  return value;
}

Params resolveParams(const std::vector<ParamSpec>& specs, const Json& given) {
  Params params = Json::object();
  for (const auto& spec : specs) params[spec.name] = spec.defaultValue;
  if (given.is_null()) return params;
  for (const auto& [name, value] : given.items()) {
    const ParamSpec& spec = findParam(specs, name);
    check(spec, value);
    params[name] = value;
  }
  return params;
}

Json toJson(const ParamSpec& spec) {
  Json json = {{"name", spec.name}, {"type", typeName(spec.type)}, {"default", spec.defaultValue}};
  if (spec.minimum) json["minimum"] = *spec.minimum;
  if (spec.maximum) json["maximum"] = *spec.maximum;
  if (!spec.choices.empty()) json["choices"] = spec.choices;
  if (!spec.unit.empty()) json["unit"] = spec.unit;
  json["sentence"] = spec.sentence;
  return json;
}

Json parseSettings(const std::vector<std::string>& settings, const std::vector<ParamSpec>& specs) {
  Json values = Json::object();
  for (const auto& setting : settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos)
      throw Error(ErrorKind::Usage, "bad-parameter", "The setting " + setting + " is not of the form key=value.",
                  {.remedy = "roundel describe lists all parameters."});
    const ParamSpec& spec = findParam(specs, std::string_view(setting).substr(0, equals));
    values[spec.name] = parseParam(spec, setting.substr(equals + 1));
  }
  return values;
}

}  // namespace roundel
