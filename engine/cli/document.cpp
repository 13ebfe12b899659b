#include "cli/document.h"

#include <cmath>

namespace roundel::cli {

Json textOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string programVersion() { return ROUNDEL_VERSION; }

Json toJson(const Error& error) {
  return {{"code", error.code()},
          {"message", error.what()},
          {"case", textOrNull(error.details().caseName)},
          {"path", textOrNull(error.details().path)},
          {"remedy", textOrNull(error.details().remedy)}};
}

Json withoutNonFinite(const Json& json) {
  if (json.is_number_float() && !std::isfinite(json.get<double>())) return nullptr;
  if (!json.is_structured()) return json;
  Json copy = json.is_array() ? Json::array() : Json::object();
  for (const auto& [key, value] : json.items()) {
    if (json.is_array()) copy.push_back(withoutNonFinite(value));
    else copy[key] = withoutNonFinite(value);
  }
  return copy;
}

Json toJson(const Document& document) {
  Json warnings = Json::array();
  for (const auto& warning : document.warnings)
    warnings.push_back({{"code", warning.code}, {"case", textOrNull(warning.caseName)}, {"message", warning.message}});
  return {{"schema", "roundel." + document.verb + "/1"}, {"ok", document.error.is_null()},  {"version", programVersion()},
          {"result", withoutNonFinite(document.result)}, {"warnings", std::move(warnings)}, {"error", document.error}};
}

}  // namespace roundel::cli
