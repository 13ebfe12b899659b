#include "refine/builtin_generalists.h"

#include <algorithm>

#include "core/files.h"
#include "models/generalists/architectures.h"
#include "models/generalists/model_folder.h"
#include "models/generalists/sam_3d_generalist.h"
#include "models/generalists/sam_generalist.h"
#include "models/generalists/shipped_generalist.h"
#include "refine/graph_cut_generalist.h"
#include "refine/random_walk_generalist.h"

namespace roundel {

namespace {

template <class Member>
RegistryEntry<Generalist> entry(std::string name, std::string sentence) {
  return {.name = std::move(name), .sentence = std::move(sentence), .params = Member::params(), .create = [](const Params& params) {
            return std::make_unique<Member>(params);
          }};
}

template <class Member>
RegistryEntry<Generalist> entryOf(const InstalledModel& model, const std::string& sentence, const std::string& device, int threads) {
  return {.name = model.name, .sentence = sentence, .params = Member::params(), .create = [model, device, threads](const Params& params) {
            return std::make_unique<Member>(model, params, device, threads);
          }};
}

/// A model that comes with Roundel; its weights are read when it is first used.
RegistryEntry<Generalist> entry(const ShippedModel& model, const std::string& device, int threads) {
  return {.name = model.name,
          .sentence = model.title + ".",
          .params = shippedGeneralistParams(model),
          .create = [model, device, threads](const Params& params) { return shippedGeneralist(model, params, device, threads); }};
}

/// A model that was brought; its weights are read when it is first used.
RegistryEntry<Generalist> entry(const InstalledModel& model, const std::string& device, int threads) {
  const Architecture& architecture = findArchitecture(model.architecture);
  const std::string sentence = architecture.title + (model.recognised.empty() ? "" : " (" + model.recognised + ")") + ".";
  if (architecture.name == kCropNetwork || architecture.name == kCubeNetwork)
    return entry(
        ShippedModel{
            .name = model.name, .weights = model.weights, .title = architecture.title, .dimensions = architecture.traits.dimensions},
        device, threads);
  return architecture.traits.dimensions == 3 ? entryOf<Sam3dGeneralist>(model, sentence, device, threads)
                                             : entryOf<SamGeneralist>(model, sentence, device, threads);
}

GeneralistFacts facts(const ShippedModel& model) {
  return {.name = model.name,
          .architecture = model.title,
          .goodFor = model.goodFor,
          .licence = model.licence,
          .location = "comes with Roundel: " + displayPath(model.weights),
          .sha256 = model.sha256,
          .traits = {.takesMask = true, .learnt = true, .dimensions = model.dimensions}};
}

GeneralistFacts facts(const Generalist& builtIn, const std::string& architecture, const std::string& goodFor) {
  return {.name = builtIn.name(),
          .architecture = architecture,
          .goodFor = goodFor,
          .licence = "Apache-2.0",
          .location = "built in",
          .sha256 = builtIn.contentHash(),
          .traits = builtIn.traits()};
}

GeneralistFacts facts(const InstalledModel& model) {
  const Architecture& architecture = findArchitecture(model.architecture);
  return {.name = model.name,
          .architecture = architecture.name,
          .goodFor = architecture.goodFor,
          .licence = licenceOf(model).name,
          .nonCommercial = licenceOf(model).nonCommercial,
          .location = displayPath(model.weights),
          .sha256 = model.sha256,
          .recognised = model.recognised,
          .traits = architecture.traits,
          .brought = true};
}

}  // namespace

Registry<Generalist> generalistRegistry(const std::string& device, int threads, const std::filesystem::path& study) {
  std::vector<RegistryEntry<Generalist>> entries{
      entry<RandomWalkGeneralist>("random-walker", "Random walk from seeds to the nearest edges; no weights."),
      entry<GraphCutGeneralist>("graph-cut", "GrabCut on grey, smoothed grey and gradient with box and seeds; no weights."),
  };
  for (const auto& model : shippedModels()) entries.push_back(entry(model, device, threads));
  for (const auto& model : ModelFolder().list()) entries.push_back(entry(model, device, threads));
  for (const auto& adapted : adaptedModels(study)) {
    const auto& name = adapted.model.name;
    if (std::none_of(entries.begin(), entries.end(), [&](const auto& known) { return known.name == name; }))
      entries.push_back(entry(adapted.model, device, threads));
  }
  return {"generalist", std::move(entries)};
}

std::vector<GeneralistFacts> generalistFacts(std::vector<Warning>* warnings) {
  const auto registry = generalistRegistry();
  std::vector<GeneralistFacts> all{
      facts(*registry.create("random-walker"), "random walker (Grady 2006), 8 neighbours, sparse Cholesky",
            "Moving the outline of a mask that is nearly right onto the edges beside it."),
      facts(*registry.create("graph-cut"), "GrabCut (Rother 2004) on three classical channels",
            "Objects whose grey values differ from those around them."),
  };
  for (const auto& model : shippedModels(warnings)) all.push_back(facts(model));
  for (const auto& model : ModelFolder().list(warnings)) all.push_back(facts(model));
  return all;
}

}  // namespace roundel
