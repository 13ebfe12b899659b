#include "service/message.h"
#include "service/service_options.h"

namespace roundel {
namespace {

Json paramsOf(const RegistryEntry<Generalist>& entry) {
  Json params = Json::array();
  for (const auto& spec : entry.params) params.push_back(toJson(spec));
  return params;
}

Json takenBy(const GeneralistTraits& traits) {
  Json takes = Json::array();
  if (traits.takesBox) takes.push_back("box");
  if (traits.takesPoints) takes.push_back("points");
  if (traits.takesMask) takes.push_back("mask");
  return takes;
}

}  // namespace

Message modelsMessage() {
  return {.type = "models",
          .sentence = "The generalists that can be asked",
          .fields = {},
          .answer = [](const Request&, Workplace& place, Job&) -> std::optional<Json> {
            const auto registry = place.options.generalists();
            Json models = Json::array();
            for (const auto& facts : place.options.facts())
              models.push_back({{"name", facts.name},
                                {"architecture", facts.architecture},
                                {"good_for", facts.goodFor},
                                {"licence", facts.licence},
                                {"non_commercial", facts.nonCommercial},
                                {"dimensions", facts.traits.dimensions},
                                {"needs_weights", facts.traits.learnt},
                                {"recognised", facts.recognised.empty() ? Json(nullptr) : Json(facts.recognised)},
                                {"sha256", facts.sha256.empty() ? Json(nullptr) : Json(facts.sha256)},
                                {"takes", takenBy(facts.traits)},
                                {"params", paramsOf(registry.find(facts.name))}});
            return Json{{"models", std::move(models)}};
          }};
}

}  // namespace roundel
