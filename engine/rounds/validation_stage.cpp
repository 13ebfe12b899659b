#include "rounds/validation_stage.h"

#include <algorithm>
#include <map>

#include "core/files.h"
#include "core/random.h"
#include "rounds/evaluate.h"
#include "rounds/parallel.h"
#include "rounds/pseudo_label.h"

namespace roundel {
namespace {

constexpr std::size_t kBatch = 8;
constexpr int kResamples = 2000;

}  // namespace

namespace {

void keepMasks(const RunContext& context, int index, const std::vector<Mask>& masks, const std::filesystem::path& folder) {
  const PlannedCase& planned = context.plan.cases[static_cast<std::size_t>(index)];
  CasePseudoLabels labels{.caseName = planned.name, .size = planned.size, .classes = {}};
  for (const Mask& mask : masks)
    labels.classes.push_back(
        {.mask = mask, .cleaned = mask, .origin = mask.empty() ? MaskOrigin::None : MaskOrigin::Cleaned, .verdict = Verdict::Accept});
  writeFileAtomically(caseFile(folder, index), toJson(labels).dump());
}

}  // namespace

void predictCases(const RunContext& context, const Specialist& specialist, const std::vector<int>& cases, const std::string& phase,
                  Job& job, const std::function<void(int, const Prediction&)>& use) {
  const std::size_t batch = context.plan.volumes ? 1 : kBatch;
  for (std::size_t first = 0; first < cases.size(); first += batch) {
    const std::size_t last = std::min(cases.size(), first + batch);
    std::vector<Image> images;
    for (std::size_t i = first; i < last; ++i) images.push_back(context.data.seen(cases[i]));
    const auto predictions = specialist.predict(images, job);
    for (std::size_t i = first; i < last; ++i) use(cases[i], predictions[i - first]);
    job.progress(static_cast<std::int64_t>(last), static_cast<std::int64_t>(cases.size()), phase);
    job.throwIfStopped();
  }
}

std::vector<Score> validateSpecialist(const RunContext& context, const std::filesystem::path& checkpoint, Arm arm,
                                      const std::vector<SplitPart>& parts, const std::filesystem::path& keep, Job& job) {
  const Specialist specialist = Specialist::load(checkpoint, context.predicting());
  std::vector<Score> scores;
  for (const SplitPart part : parts) {
    std::vector<int> cases;
    for (const int index : context.plan.casesOf(part))
      if (context.plan.cases[static_cast<std::size_t>(index)].annotationHash) cases.push_back(index);
    std::vector<Prediction> predictions;
    std::vector<std::vector<Mask>> masks;
    predictCases(context, specialist, cases, "predicting the " + toString(part) + " cases", job,
                 [&](int index, const Prediction& prediction) {
                   if (!context.plan.volumes) predictions.push_back(prediction);
                   else masks.push_back(context.data.masksOnImage(index, prediction));  // probabilities of many volumes would not fit
                 });
    masks.resize(cases.size());
    for (std::size_t i = 0; i < cases.size() && context.plan.volumes && part == SplitPart::Test && !keep.empty(); ++i)
      keepMasks(context, cases[i], masks[i], keep);
    std::vector<std::vector<Score>> each(cases.size());
    parallelFor(
        static_cast<std::int64_t>(cases.size()), context.workers(), "measuring the " + toString(part) + " cases", job, [&](std::int64_t i) {
          const auto at = static_cast<std::size_t>(i);
          const auto image = context.data.image(cases[at]);
          if (!context.plan.volumes) masks[at] = context.data.masksOnImage(cases[at], predictions[at]);
          each[at] = scoresOf(
              masks[at], *context.data.annotation(cases[at]), image->geometry, context.plan.classes,
              {.caseName = context.plan.cases[static_cast<std::size_t>(cases[at])].name, .split = toString(part), .arm = toString(arm)},
              part == SplitPart::Test ? Distances::Measure : Distances::Skip);
        });
    for (auto& of : each) scores.insert(scores.end(), of.begin(), of.end());
  }
  return scores;
}

std::optional<ArmComparison> compareArms(const std::vector<Score>& scores, const ScoreFilter& first, const ScoreFilter& second,
                                         std::uint64_t seed) {
  std::map<std::string, double> other;
  for (const auto& [name, value] : caseMeans(scores, second)) other[name] = value;
  std::vector<double> differences;
  for (const auto& [name, value] : caseMeans(scores, first))
    if (const auto found = other.find(name); found != other.end()) differences.push_back(value - found->second);
  if (differences.empty()) return std::nullopt;
  const auto meanOf = [](const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  ArmComparison comparison{.cases = static_cast<int>(differences.size()), .difference = meanOf(differences)};
  Random random(seed, "compare-arms");
  std::vector<double> means(kResamples), sample(differences.size());
  for (double& mean : means) {
    for (double& value : sample) value = differences[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(differences.size())))];
    mean = meanOf(sample);
  }
  std::sort(means.begin(), means.end());
  comparison.low = means[static_cast<std::size_t>(0.025 * kResamples)];
  comparison.high = means[static_cast<std::size_t>(0.975 * kResamples)];
  comparison.verdict = differences.size() < 3 ? "too few cases to tell"
                       : comparison.low > 0   ? "helped"
                       : comparison.high < 0  ? "harmed"
                                              : "no difference that can be told";
  return comparison;
}

Json toJson(const ArmComparison& comparison) {
  return {{"cases", comparison.cases},
          {"difference", comparison.difference},
          {"low", comparison.low},
          {"high", comparison.high},
          {"verdict", comparison.verdict}};
}

}  // namespace roundel
