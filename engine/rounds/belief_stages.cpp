#include "rounds/belief_stages.h"

#include <algorithm>
#include <cstring>

#include "core/files.h"
#include "core/hash.h"
#include "models/specialist.h"
#include "raster/volume_preparation.h"
#include "raster/volume_slices.h"
#include "refine/builtin_generalists.h"
#include "refine/volume_features.h"
#include "rounds/evaluate.h"
#include "rounds/probability_file.h"
#include "rounds/pseudo_label.h"
#include "rounds/training_stage.h"
#include "rounds/validation_stage.h"
#include "train/neighbour_refinement.h"
#include "train/prototypes.h"
#include "train/released_o1.h"

namespace roundel {
namespace {

constexpr std::int64_t kCells = 48;  // of a volume's features along its longest side, about

/// Progress is counted in cases; a request to stop still comes through.
class Quiet : public Job {
 public:
  explicit Quiet(const Job& outer) : m_outer(outer) {}
  bool stopRequested() const override { return m_outer.stopRequested(); }

 private:
  const Job& m_outer;
};

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
  const PlannedCase& planned = context.plan.cases[static_cast<std::size_t>(index)];
  const ScoreLabels labels{.caseName = planned.name, .split = "unlabelled", .arm = "strategy"};
  const Geometry grid{.size = planned.size};  // no distance is measured
  for (Score& score : scoresOf(context.data.masksOnImage(index, belief), *truth, grid, context.plan.classes, labels, Distances::Skip))
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
  m_generalist =
      namedGeneralists({context.plan.generalists.front()}, context.plan.generalistParams, context.device, context.plan.kind()).front();
  m_kept = std::filesystem::absolute(context.folder).lexically_normal().parent_path().parent_path() / "embeddings";
  if (m_generalist->traits().learnt) m_store = std::make_shared<EmbeddingStore>(EmbeddingFolder(m_kept));
  if (!context.plan.volumes) return;
  std::int64_t longest = 1;
  for (const int index : context.plan.casesOf(SplitPart::Labelled)) {
    const Size size = context.data.gridOf(index);
    longest = std::max({longest, size.x, size.y, size.z});
  }
  m_factor = std::max<std::int64_t>(1, (longest + kCells / 2) / kCells);
}

void FeatureSource::embedAhead(const std::vector<int>& cases, Job& job) const {
  if (!keepsEmbeddings()) return;  // of a volume each slice is embedded when it is looked at, and kept
  std::vector<EmbeddingWish> wishes;
  for (const int index : cases)
    wishes.push_back({m_context.plan.cases[static_cast<std::size_t>(index)].name, [this, index] { return *m_context.data.image(index); }});
  for (const auto& warning : embedAll(*m_generalist, wishes, *m_store, job).refused) job.warning(warning);
}

FeatureMap FeatureSource::of(int caseIndex, Job& job) const {
  if (!m_context.plan.volumes) return ofPicture(*m_context.data.image(caseIndex), job);
  return ofVolume(m_context.data.seen(caseIndex), job);
}

FeatureMap FeatureSource::ofPart(int caseIndex, const PixelBox& part, Job& job) const {
  const Image whole{.geometry = {.size = m_context.data.gridOf(caseIndex)}, .values = m_context.data.picture(caseIndex).image};
  const Image cut = cropped(whole, part);
  return m_context.plan.volumes ? ofVolume(cut, job) : ofPicture(cut, job);
}

FeatureMap FeatureSource::ofVolume(const Image& volume, Job& job) const {
  if (m_generalist->traits().dimensions == 3) return ofWholeVolume(volume, job);
  if (!m_generalist->traits().learnt) return classicalVolumeFeatures(volume, m_factor);
  return sliceFeatures(volume, m_factor, kCells, [&](const Image& slice) {
    job.throwIfStopped();
    return ofPicture(slice, job);
  });
}

/// Voxel by voxel as the specialist sees it, whatever their size. A volume takes many passes of an encoder and is asked for in every round:
/// what came of them is kept.
FeatureMap FeatureSource::ofWholeVolume(const Image& volume, Job& job) const {
  const bool grey = m_generalist->traits().takesBox;  // SAM-Med3D and its kin know normalised values
  const Image plain{.geometry = {.size = volume.geometry.size}, .values = grey ? greyOf(volume.values) : volume.values};
  const EmbeddingKey key{roundel::contentHash(plain), m_generalist->contentHash()};
  EmbeddingFolder folder(m_kept);
  for (const EmbeddingPart& part : folder.read(key))
    if (part.name == "features" && part.shape.size() == 4) {
      FeatureMap map{.channels = static_cast<int>(part.shape[0]),
                     .size = {part.shape[3], part.shape[2], part.shape[1]},
                     .values = std::vector<float>(part.bytes.size() / sizeof(float))};
      std::memcpy(map.values.data(), part.bytes.data(), part.bytes.size());
      return map;
    }
  FeatureMap map = m_generalist->features(*m_generalist->embed(plain, job));
  EmbeddingPart part{.name = "features", .dtype = "F32", .shape = {map.channels, map.size.z, map.size.y, map.size.x}, .bytes = {}};
  part.bytes.resize(map.values.size() * sizeof(float));
  std::memcpy(part.bytes.data(), map.values.data(), part.bytes.size());
  folder.write(key, {part});
  return map;
}

FeatureMap FeatureSource::ofPicture(const Image& image, Job& job) const {
  return m_generalist->features(*(m_store ? m_store->embedding(*m_generalist, image, job) : m_generalist->embed(image, job)));
}

namespace {

bool asReleased(const RunContext& context) { return context.plan.runParams.value("o1_form", "voxels") == "released"; }

/// The published code's first beliefs: certain labels inside the centred part.
std::string proposeAsReleased(const RunContext& context, const FeatureSource& features, const std::filesystem::path& folder, Job& job) {
  std::vector<FeatureMap> known;
  std::vector<std::vector<ClassAnnotation>> labels;
  Quiet quiet(job);
  for (const int index : context.plan.casesOf(SplitPart::Labelled)) {
    job.throwIfStopped();
    const PixelBox part = centredPart(context.data.gridOf(index));
    known.push_back(features.ofPart(index, part, quiet));
    labels.push_back(context.data.labelled(index).classes);
    for (auto& one : labels.back())
      if (one.state == ClassState::Present) one.mask = cropped(one.mask, part);
  }
  const ReleasedPrototypes prototypes(known, labels, context.plan.classes.size());
  const auto cases = context.plan.casesOf(SplitPart::Unlabelled);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    job.throwIfStopped();
    const Size size = context.data.gridOf(cases[i]);
    const PixelBox part = centredPart(size);
    writeProbabilities(caseFile(folder, cases[i], ".prob"), prototypes.propagate(features.ofPart(cases[i], part, quiet), part, size));
    job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(cases.size()), "spreading the labels by features");
  }
  return hashOfBeliefs(context, folder);
}

/// The published code's refinement: whole cases are replaced by a vote of others.
std::string refineAsReleased(const RunContext& context, const FeatureSource& features, int round, const std::filesystem::path& proposed,
                             const std::filesystem::path& folder, Job& job) {
  const auto labelled = context.plan.casesOf(SplitPart::Labelled), unlabelled = context.plan.casesOf(SplitPart::Unlabelled);
  Quiet quiet(job);
  std::vector<ReleasedCase> cases;
  for (const int index : unlabelled) {
    job.throwIfStopped();
    const Prediction belief = readProbabilities(caseFile(proposed, index, ".prob"));
    cases.push_back({.feature = meanFeature(features.ofPart(index, centredPart(belief.size), quiet)),
                     .labels = certain(belief),
                     .uncertainty = meanEntropy(belief)});
  }
  for (const int index : labelled) {
    job.throwIfStopped();
    const Size size = context.data.gridOf(index);
    cases.push_back({.feature = meanFeature(features.ofPart(index, centredPart(size), quiet)),
                     .labels = certain(context.data.labelled(index).classes, size),
                     .labelled = true});
  }
  std::vector<bool> replaced;
  const auto refined = round > 1 ? releasedRefinement(cases, replaced) : std::vector<Prediction>();
  std::vector<Score> scores;
  for (std::size_t i = 0; i < unlabelled.size(); ++i) {
    const Prediction& after = round > 1 ? refined[i] : cases[i].labels;
    if (round > 1) {
      addDice(context, unlabelled[i], cases[i].labels, "proposed_dice", scores);
      scores.push_back({.caseName = context.plan.cases[static_cast<std::size_t>(unlabelled[i])].name,
                        .className = {},
                        .split = "unlabelled",
                        .arm = "strategy",
                        .metric = "replaced",
                        .value = replaced[i] ? 1.0 : 0.0});
    }
    addDice(context, unlabelled[i], after, "pseudo_label_dice", scores);
    writeProbabilities(caseFile(folder, unlabelled[i], ".prob"), after);
    job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(unlabelled.size()), "replacing uncertain cases");
  }
  writeScores(folder / "scores.json", scores);
  return hashOfBeliefs(context, folder);
}

}  // namespace

std::string proposeByPrototypes(const RunContext& context, const FeatureSource& features, const std::filesystem::path& folder, Job& job) {
  if (asReleased(context)) return proposeAsReleased(context, features, folder, job);
  std::vector<FeatureMap> known;
  std::vector<std::vector<ClassAnnotation>> labels;
  std::vector<Size> sizes;
  Quiet quiet(job);
  for (const int index : context.plan.casesOf(SplitPart::Labelled)) {
    job.throwIfStopped();
    known.push_back(features.of(index, quiet));
    labels.push_back(context.data.labelled(index).classes);
    sizes.push_back(context.data.gridOf(index));
  }
  const Params& params = context.plan.runParams;
  const Prototypes prototypes(known, labels, sizes, context.plan.classes.size(),
                              {.perClass = params.at("o1_prototypes").get<int>(),
                               .temperature = params.at("o1_temperature"),
                               .position = params.at("o1_position")});
  const auto cases = context.plan.casesOf(SplitPart::Unlabelled);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    job.throwIfStopped();
    writeProbabilities(caseFile(folder, cases[i], ".prob"),
                       prototypes.propagate(features.of(cases[i], quiet), context.data.gridOf(cases[i])));
    job.progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(cases.size()), "spreading the labels by features");
  }
  return hashOfBeliefs(context, folder);
}

std::string proposeBySpecialist(const RunContext& context, const std::filesystem::path& checkpoint, const std::filesystem::path& folder,
                                Job& job) {
  const Specialist specialist =
      Specialist::load(checkpoint, {.augmentation = asReleased(context) ? TestTimeAugmentation::No : TestTimeAugmentation::Yes,
                                    .device = context.device,
                                    .threads = context.threads});
  predictCases(context, specialist, context.plan.casesOf(SplitPart::Unlabelled), "predicting the unlabelled cases", job,
               [&](int index, const Prediction& prediction) { writeProbabilities(caseFile(folder, index, ".prob"), prediction); });
  return hashOfBeliefs(context, folder);
}

std::string refineBeliefs(const RunContext& context, const FeatureSource& features, int round, const std::filesystem::path& proposed,
                          const std::filesystem::path& folder, Job& job) {
  if (asReleased(context)) return refineAsReleased(context, features, round, proposed, folder, job);
  const auto labelled = context.plan.casesOf(SplitPart::Labelled), unlabelled = context.plan.casesOf(SplitPart::Unlabelled);
  const bool refines = round > 1 && context.plan.runParams.at("o1_refine").get<bool>();
  Quiet quiet(job);
  // One case after the other: features of all volumes at once would not fit.
  NeighbourRefinement refinement(labelled.size() + unlabelled.size(), {}, seedFor(context.plan, "neighbours", round));
  for (const int index : refines ? labelled : std::vector<int>()) {
    job.throwIfStopped();
    const FeatureMap map = features.of(index, quiet);
    refinement.add({.features = &map,
                    .belief = {.size = context.data.gridOf(index), .classCount = context.plan.classes.size(), .probabilities = {}},
                    .labels = context.data.labelled(index).classes});
  }
  for (const int index : refines ? unlabelled : std::vector<int>()) {
    job.throwIfStopped();
    const FeatureMap map = features.of(index, quiet);
    refinement.add({.features = &map, .belief = readProbabilities(caseFile(proposed, index, ".prob"))});
  }
  std::vector<Score> scores;
  std::vector<Moved> moved(static_cast<std::size_t>(context.plan.classes.size()));
  for (std::size_t i = 0; i < unlabelled.size(); ++i) {
    job.throwIfStopped();
    const Prediction before = readProbabilities(caseFile(proposed, unlabelled[i], ".prob"));
    Prediction after = before;
    if (refines) {
      std::vector<RefinementCount> counts;
      const FeatureMap map = features.of(unlabelled[i], quiet);
      after = refinement.refined({.features = &map, .belief = before}, counts);
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
