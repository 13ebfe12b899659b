#include "rounds/labelling_stages.h"

#include "core/files.h"
#include "core/hash.h"
#include "rounds/crew.h"
#include "rounds/parallel.h"
#include "rounds/probability_file.h"
#include "rounds/run_orders.h"
#include "rounds/validation_stage.h"
#include "rounds/volume_labeller.h"

namespace roundel {
namespace {

/// SHA-256 over the case files of a stage, in the plan's order.
std::string hashOfCases(const std::vector<int>& cases, const std::filesystem::path& folder, const std::string& extension) {
  Sha256 hash;
  for (const int index : cases) hash.update(sha256OfFile(caseFile(folder, index, extension)) + "\n");
  return hash.hex();
}

/// work(caseIndex) for every unlabelled case whose file is not there yet.
void eachMissingCase(const RunContext& context, int workers, const std::filesystem::path& folder, const std::string& phase, Job& job,
                     const std::function<void(int)>& work) {
  const auto cases = context.plan.casesOf(SplitPart::Unlabelled);
  parallelFor(static_cast<std::int64_t>(cases.size()), workers, phase, job, [&](std::int64_t i) {
    const int index = cases[static_cast<std::size_t>(i)];
    if (!std::filesystem::exists(caseFile(folder, index))) work(index);
  });
}

Json toJson(const CleanedCase& cleaned) {
  Json classes = Json::array();
  for (std::size_t c = 0; c < cleaned.classes.size(); ++c) {
    const CleanedClass& one = cleaned.classes[c];
    classes.push_back({{"mask", roundel::toJson(one.mask)},
                       {"mean_probability", one.meanProbability},
                       {"components", one.componentCount},
                       {"entropy", cleaned.entropy[c] ? Json(*cleaned.entropy[c]) : Json(nullptr)},
                       {"probability", cleaned.meanProbability[c] ? Json(*cleaned.meanProbability[c]) : Json(nullptr)}});
  }
  return {{"classes", std::move(classes)}};
}

}  // namespace

CleanedCase readCleanedCase(const std::filesystem::path& file) {
  const Json json = readJson(file);
  CleanedCase cleaned;
  for (const auto& one : json.at("classes")) {
    cleaned.classes.push_back({.mask = maskFromJson(one.at("mask")),
                               .meanProbability = one.at("mean_probability").get<double>(),
                               .componentCount = one.at("components").get<int>()});
    const auto optional = [&](const char* name) { return one.at(name).is_null() ? std::nullopt : std::optional(one[name].get<double>()); };
    cleaned.entropy.push_back(optional("entropy"));
    cleaned.meanProbability.push_back(optional("probability"));
  }
  return cleaned;
}

std::vector<ClassPrompts> readClassPrompts(const std::filesystem::path& file) {
  std::vector<ClassPrompts> prompts;
  for (const auto& one : readJson(file)) prompts.push_back(classPromptsFromJson(one));
  return prompts;
}

std::vector<EmbeddingWish> embeddingWishes(const RunContext& context, const std::vector<int>& cases) {
  std::vector<EmbeddingWish> wishes;
  for (const int index : cases)
    if (!context.plan.volumes)  // a volume's slices are embedded when they are asked about
      wishes.push_back(
          {context.plan.cases[static_cast<std::size_t>(index)].name, [&context, index] { return *context.data.image(index); }});
  return wishes;
}

std::string embedStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& adapted, Job& job) {
  const auto cases = context.plan.casesOf(SplitPart::Unlabelled);
  if (context.crew != nullptr && !context.plan.volumes && labeller.keepsEmbeddings()) {
    std::vector<Json> orders;
    for (const auto& own : dealtOut(cases, context.crew->size())) orders.push_back(embeddingOrder(context.folder, own, adapted));
    context.crew->carryOut(std::move(orders), job);  // known below
  }
  const auto wishes = embeddingWishes(context, cases);
  const auto report = labeller.embedAhead(wishes, job);
  for (const auto& warning : report.refused) job.warning(warning);
  const auto count = static_cast<std::int64_t>(wishes.size());
  if (report.made + report.known == 0) job.progress(count, count, "nothing to embed: the generalists have no learnt weights");
  return labeller.contentHash();
}

std::string proposeStage(const RunContext& context, const std::filesystem::path& checkpoint, const std::filesystem::path& folder,
                         Job& job) {
  const auto cases = context.plan.casesOf(SplitPart::Unlabelled);
  std::vector<int> missing;
  for (const int index : cases)
    if (!std::filesystem::exists(caseFile(folder, index, ".prob"))) missing.push_back(index);
  if (!missing.empty()) {
    const Specialist specialist = Specialist::load(checkpoint, context.predicting());
    predictCases(context, specialist, missing, "predicting the unlabelled cases", job,
                 [&](int index, const Prediction& prediction) { writeProbabilities(caseFile(folder, index, ".prob"), prediction); });
  }
  return hashOfCases(cases, folder, ".prob");
}

std::string cleanStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& proposed,
                       const std::filesystem::path& folder, Job& job) {
  eachMissingCase(context, context.workers(), folder, "cleaning the predictions", job, [&](int index) {
    const CleanedCase cleaned = labeller.clean(readProbabilities(caseFile(proposed, index, ".prob")));
    writeFileAtomically(caseFile(folder, index), toJson(cleaned).dump());
  });
  return hashOfCases(context.plan.casesOf(SplitPart::Unlabelled), folder, ".json");
}

std::string promptStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& cleaned,
                        const std::filesystem::path& folder, Job& job) {
  eachMissingCase(context, context.workers(), folder, "making prompts", job, [&](int index) {
    std::vector<ClassPrompts> prompts;  // those of a volume's slices are made while it is refined
    if (!context.plan.volumes)
      prompts = labeller.prompts(readCleanedCase(caseFile(cleaned, index)), context.plan.cases[static_cast<std::size_t>(index)].size);
    Json list = Json::array();
    for (const auto& one : prompts) list.push_back(roundel::toJson(one));
    writeFileAtomically(caseFile(folder, index), list.dump());
  });
  return hashOfCases(context.plan.casesOf(SplitPart::Unlabelled), folder, ".json");
}

std::string refineStage(const RunContext& context, const Labeller& labeller, const std::filesystem::path& proposed,
                        const std::filesystem::path& cleanedFolder, const std::filesystem::path& prompted,
                        const std::filesystem::path& folder, Job& job) {
  eachMissingCase(context, labeller.casesAtOnce(context.workers()), folder,
                  labeller.refines() ? "refining" : "collecting the cleaned predictions", job, [&](int index) {
                    Job quiet;  // progress is counted in cases
                    const CleanedCase cleaned = readCleanedCase(caseFile(cleanedFolder, index));
                    const std::vector<ClassPrompts> prompts = readClassPrompts(caseFile(prompted, index));
                    const auto labels = refineCase(context, labeller, index, readProbabilities(caseFile(proposed, index, ".prob")), cleaned,
                                                   prompts, quiet);
                    writeFileAtomically(caseFile(folder, index), roundel::toJson(labels).dump());
                  });
  return hashOfCases(context.plan.casesOf(SplitPart::Unlabelled), folder, ".json");
}

}  // namespace roundel
