#include "rounds/belief_stages.h"

#include <algorithm>

#include "core/files.h"
#include "core/hash.h"
#include "models/specialist.h"
#include "refine/builtin_generalists.h"
#include "rounds/evaluate.h"
#include "rounds/probability_file.h"
#include "rounds/pseudo_label.h"
#include "rounds/training_stage.h"
#include "rounds/validation_stage.h"
#include "train/neighbour_refinement.h"
#include "train/prototypes.h"

namespace roundel {
namespace {

Size gridOf(const RunContext& context) { return {context.plan.width, context.plan.height, 1}; }

std::string hashOfBeliefs(const RunContext& context, const std::filesystem::path& folder) {
  Sha256 hash;
  for (const int index : context.plan.casesOf(SplitPart::Unlabelled)) hash.update(sha256OfFile(caseFile(folder, index, ".prob")) + "\n");
  return hash.hex();
}

/// Pixels of one class that refinement moved to the other side, and how many of those towards the truth.
struct Moved {
  std::int64_t uncertain = 0, changed = 0, judged = 0, improved = 0;
};

void addMoves(Moved& moved, std::span<const float> before, std::span<const float> after, const ClassAnnotation& truth) {
  if (truth.state == ClassState::NotAnnotated) return;
  const std::vector<std::uint8_t> bytes = truth.mask.empty() ? std::vector<std::uint8_t>(before.size()) : truth.mask.toBytes();
  for (std::size_t i = 0; i < before.size(); ++i) {
    if ((before[i] > 0.5f) == (after[i] > 0.5f)) continue;
    ++moved.judged;
    moved.improved += (after[i] > 0.5f) == (bytes[i] != 0);
  }
}

/// The Dice of beliefs where an unlabelled case does have labels.
void addDice(const RunContext& context, int index, const Prediction& belief, const std::string& metric, std::vector<Score>& scores) {
  const auto truth = context.data.annotation(index);
  if (!truth) return;
  const auto image = context.data.image(index);
  const ScoreLabels labels{.caseName = context.plan.cases[static_cast<std::size_t>(index)].name, .split = "unlabelled", .arm = "strategy"};
  for (Score& score :
       scoresOf(masksOf(belief, image->geometry.size), *truth, image->geometry, context.plan.classes, labels, Distances::Skip))
    if (score.metric == "dice") score.metric = metric, scores.push_back(std::move(score));
}

void addCounts(const RunContext& context, const std::vector<Moved>& moved, std::vector<Score>& scores) {
  for (std::size_t c = 0; c < moved.size(); ++c) {
    const auto add = [&](const char* metric, std::int64_t value) {
      scores.push_back({.caseName = {},
                        .className = context.className(static_cast<int>(c)),
                        .split = "unlabelled",
                        .arm = "strategy",
                        .metric = metric,
                        .value = static_cast<double>(value),
                        .unit = "px"});
    };
    add("uncertain_pixels", moved[c].uncertain);
    add("changed_pixels", moved[c].changed);
    add("changed_pixels_with_truth", moved[c].judged);
    add("improved_pixels", moved[c].improved);
  }
}

}  // namespace

FeatureSource::FeatureSource(const RunContext& context) : m_context(context) {
  m_generalist = namedGeneralists({context.plan.generalists.front()}, context.plan.generalistParams, context.device).front();
  if (m_generalist->traits().learnt)
    m_store = std::make_shared<EmbeddingStore>(
        EmbeddingFolder(std::filesystem::absolute(context.folder).lexically_normal().parent_path().parent_path() / "embeddings"));
}

void FeatureSource::embedAhead(const std::vector<int>& cases, Job& job) const {
  if (!m_store) return;
  std::vector<EmbeddingWish> wishes;
  for (const int index : cases)
    wishes.push_back({m_context.plan.cases[static_cast<std::size_t>(index)].name, [this, index] { return *m_context.data.image(index); }});
  for (const auto& warning : embedAll(*m_generalist, wishes, *m_store, job).refused) job.warning(warning);
}

FeatureMap FeatureSource::of(int caseIndex, Job& job) const {
  const auto image = m_context.data.image(caseIndex);
  return m_generalist->features(*(m_store ? m_store->embedding(*m_generalist, *image, job) : m_generalist->embed(*image, job)));
}

std::string proposeByPrototypes(const RunContext& context, const FeatureSource& features, const std::filesystem::path& folder, Job& job) {
  std::vector<FeatureMap> known;
  std::vector<std::vector<ClassAnnotation>> labels;
  Job quiet;
  for (const int index : context.plan.casesOf(SplitPart::Labelled)) {
    job.throwIfStopped();
    known.push_back(features.of(index, quiet));
    labels.push_back(context.data.labelled(index).classes);
  }
  const Params& params = context.plan.runParams;
  const Prototypes prototypes(known, labels, gridOf(context), context.plan.classes.size(),
                              {.perClass = params.at("o1_prototypes").get<int>(),
                               .temperature = params.at("o1_temperature"),
                               .position = params.at("o1_position")});
  const auto cases = context.plan.casesOf(SplitPart::Unlabelled);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    job.throwIfStopped();
    writeProbabilities(caseFile(folder, cases[i], ".prob"), prototypes.propagate(features.of(cases[i], quiet)));
    job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(cases.size()), "spreading the labels by features");
  }
  return hashOfBeliefs(context, folder);
}

std::string proposeBySpecialist(const RunContext& context, const std::filesystem::path& checkpoint, const std::filesystem::path& folder,
                                Job& job) {
  const Specialist specialist =
      Specialist::load(checkpoint, {.augmentation = TestTimeAugmentation::Yes, .device = context.device, .threads = context.threads});
  predictCases(context, specialist, context.plan.casesOf(SplitPart::Unlabelled), "predicting the unlabelled cases", job,
               [&](int index, const Prediction& prediction) { writeProbabilities(caseFile(folder, index, ".prob"), prediction); });
  return hashOfBeliefs(context, folder);
}

std::string refineBeliefs(const RunContext& context, const FeatureSource& features, int round, const std::filesystem::path& proposed,
                          const std::filesystem::path& folder, Job& job) {
  const auto labelled = context.plan.casesOf(SplitPart::Labelled), unlabelled = context.plan.casesOf(SplitPart::Unlabelled);
  const bool refines = round > 1 && context.plan.runParams.at("o1_refine").get<bool>();
  Job quiet;
  std::vector<FeatureMap> maps;
  std::vector<RefinementCase> cases;
  if (refines) {
    for (const auto* part : {&labelled, &unlabelled})
      for (const int index : *part) job.throwIfStopped(), maps.push_back(features.of(index, quiet));
    for (std::size_t i = 0; i < labelled.size(); ++i)
      cases.push_back({.features = &maps[i],
                       .belief = {.size = gridOf(context), .classCount = context.plan.classes.size(), .probabilities = {}},
                       .labels = context.data.labelled(labelled[i]).classes});
    for (std::size_t i = 0; i < unlabelled.size(); ++i)
      cases.push_back({.features = &maps[labelled.size() + i], .belief = readProbabilities(caseFile(proposed, unlabelled[i], ".prob"))});
  }
  const NeighbourRefinement refinement(cases, {}, seedFor(context.plan, "neighbours", round));
  std::vector<Score> scores;
  std::vector<Moved> moved(static_cast<std::size_t>(context.plan.classes.size()));
  for (std::size_t i = 0; i < unlabelled.size(); ++i) {
    job.throwIfStopped();
    const Prediction before = readProbabilities(caseFile(proposed, unlabelled[i], ".prob"));
    Prediction after = before;
    if (refines) {
      std::vector<RefinementCount> counts;
      after = refinement.refined(cases[labelled.size() + i], counts);
      const bool hasTruth = context.data.annotation(unlabelled[i]) != nullptr;
      const auto truth = hasTruth ? context.data.labelled(unlabelled[i]).classes : std::vector<ClassAnnotation>();
      for (std::size_t c = 0; c < moved.size(); ++c) {
        moved[c].uncertain += counts[c].uncertain, moved[c].changed += counts[c].changed;
        if (hasTruth) addMoves(moved[c], before.classMap(static_cast<int>(c)), after.classMap(static_cast<int>(c)), truth[c]);
      }
      addDice(context, unlabelled[i], before, "proposed_dice", scores);
    }
    addDice(context, unlabelled[i], after, "pseudo_label_dice", scores);
    writeProbabilities(caseFile(folder, unlabelled[i], ".prob"), after);
    job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(unlabelled.size()), "refining what is uncertain");
  }
  if (refines) addCounts(context, moved, scores);
  writeScores(folder / "scores.json", scores);
  return hashOfBeliefs(context, folder);
}

}  // namespace roundel
