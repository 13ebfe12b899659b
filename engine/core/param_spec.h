#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace roundel {

enum class ParamType { Flag, Integer, Real, Text, Choice };

/// One parameter, declared once: flags of the command line, forms, manifests and documentation derive from it.
struct ParamSpec {
  std::string name;  ///< as written in --set name=value
  ParamType type = ParamType::Real;
  Json defaultValue;                      ///< of the type
  std::optional<double> minimum = {};     ///< inclusive; numbers only
  std::optional<double> maximum = {};     ///< inclusive; numbers only
  std::vector<std::string> choices = {};  ///< Choice only
  std::string unit = {};                  ///< "mm", "px", "steps"; empty: none
  std::string sentence = {};              ///< what it does, for a person
};

/// Values of a list of parameters: an object with every declared name in it.
using Params = Json;

/// Fills defaults into `given` (an object; may be null) and checks every value.
/// Throws Error(Usage, "unknown-parameter" | "bad-parameter"); an unknown name is answered with the nearest known one.
Params resolveParams(const std::vector<ParamSpec>& specs, const Json& given);

/// Parses `text` as the parameter's type. Throws as above.
Json parseParam(const ParamSpec& spec, const std::string& text);

/// The spec of that name. Throws Error(Usage, "unknown-parameter") that names the nearest one.
const ParamSpec& findParam(const std::vector<ParamSpec>& specs, std::string_view name);
/// "key=value", one entry each, as an object with values of the parameters' types.
/// Throws Error(Usage, "bad-parameter" | "unknown-parameter").
Json parseSettings(const std::vector<std::string>& settings, const std::vector<ParamSpec>& specs);

/// For `describe`.
Json toJson(const ParamSpec& spec);

/// The candidate nearest to `word` by edit distance, or an empty string if none is near.
std::string nearestName(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace roundel
