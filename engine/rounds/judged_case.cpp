#include "rounds/judged_case.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "raster/metrics.h"
#include "raster/resample.h"
#include "rounds/adaptation_stage.h"
#include "rounds/labelling_stages.h"
#include "rounds/probability_file.h"
#include "train/generalist_adaptation.h"

namespace roundel {
namespace {

int unlabelledCaseNamed(const RunPlan& plan, const std::string& name) {
  for (const int index : plan.casesOf(SplitPart::Unlabelled))
    if (plan.cases[static_cast<std::size_t>(index)].name == name) return index;
  throw Error(ErrorKind::BadInput, "unknown-case", "The run labelled no case named " + sanitisedUtf8(name) + " by itself.",
              {.caseName = name});
}

/// Points of a call in its order, inside first; those that the person gave stand in for the run's of the same kind.
void replacePoints(Prompt& call, const std::vector<PromptPoint>& given) {
  for (const bool positive : {true, false}) {
    const auto kind = [&](const PromptPoint& point) { return point.positive == positive; };
    if (std::none_of(given.begin(), given.end(), kind) || std::none_of(call.points.begin(), call.points.end(), kind)) continue;
    std::erase_if(call.points, kind);
    const auto at = positive ? call.points.begin() : call.points.end();
    std::vector<PromptPoint> mine;
    std::copy_if(given.begin(), given.end(), std::back_inserter(mine), kind);
    call.points.insert(at, mine.begin(), mine.end());
  }
}

/// The pixels whose centres lie in the box.
Mask boxed(const Size& size, const PromptBox& box) {
  const auto from = [](double low) { return std::max<std::int64_t>(0, std::llround(std::ceil(low))); };
  const auto to = [](double high, std::int64_t end) { return std::min(end, static_cast<std::int64_t>(std::llround(std::ceil(high)))); };
  std::vector<Mask::Run> runs;
  const std::int64_t left = from(box.x0), right = to(box.x1, size.x);
  for (std::int64_t y = from(box.y0); y < to(box.y1, size.y) && left < right; ++y) runs.push_back({y * size.x + left, right - left});
  return Mask(size, std::move(runs));
}

void forgetOutside(std::vector<float>& map, const Mask& kept) {
  const auto bytes = kept.toBytes();
  for (std::size_t i = 0; i < map.size(); ++i)
    if (bytes[i] == 0) map[i] = 0;
}

/// A few pixels around a point: half a hundredth of the image's longer side, at least one.
Mask spotAround(const Size& size, const PromptPoint& point) {
  const double radius = std::max(1.0, 0.005 * static_cast<double>(std::max(size.x, size.y)));
  return boxed(size, {point.x - radius, point.y - radius, point.x + radius + 0.5, point.y + radius + 0.5});
}

void raiseInside(std::vector<float>& map, const Mask& spot) {
  constexpr float kSure = 0.9f;
  for (const auto& run : spot.runs())
    for (std::int64_t at = run.start; at < run.start + run.length; ++at)
      map[static_cast<std::size_t>(at)] = std::max(map[static_cast<std::size_t>(at)], kSure);
}

}  // namespace

JudgedCase::JudgedCase(const Place& place, ImageLoader loader, const std::string& device, int threads, Job& job)
    : m_plan(runPlanFromJson(readJson(place.runFolder / "plan.json"))), m_data(m_plan, place.runFolder, std::move(loader)) {
  const RunContext context{m_plan, findRunStrategy(m_plan.strategy), m_data, place.runFolder, device, threads};
  const int index = unlabelledCaseNamed(m_plan, place.caseName);
  if (m_plan.volumes)
    throw Error(ErrorKind::BadInput, "not-2d", "The prompts of a volume's slices are not kept, so they cannot be changed.",
                {.caseName = place.caseName, .remedy = "Take the labels over and correct them."});
  if (!context.usesGeneralist())
    throw Error(ErrorKind::BadInput, "no-generalist", "The run asked no generalist: its labels are the network's own.",
                {.caseName = place.caseName});
  const auto stage = [&](const char* name) { return place.runFolder / ("round-" + std::to_string(place.round)) / name; };
  if (!std::filesystem::exists(caseFile(stage("propose"), index, ".prob")) || !std::filesystem::exists(caseFile(stage("prompt"), index)))
    throw Error(ErrorKind::BadInput, "no-predictions",
                "Round " + std::to_string(place.round) + " of the run has not labelled this case, or its files are gone.",
                {.caseName = place.caseName});
  m_prediction = readProbabilities(caseFile(stage("propose"), index, ".prob"));
  m_cleaned = readCleanedCase(caseFile(stage("clean"), index));
  m_prompts = readClassPrompts(caseFile(stage("prompt"), index));
  m_labeller = adaptsGeneralists(context)
                   ? std::make_unique<const Labeller>(context, adaptedWeights(context, place.runFolder / "round-0" / "adapt", kWholeStudy))
                   : std::make_unique<const Labeller>(context);
  const auto image = m_data.image(index);
  m_imageSize = image->geometry.size;
  m_embeddings = m_labeller->refiner().embed(*image, job);
}

ClassPseudoLabel JudgedCase::askedAgain(int classIndex, const Change& change, Job& job) const {
  const auto index = static_cast<std::size_t>(classIndex);
  if (classIndex < 0 || index >= m_prompts.size())
    throw Error(ErrorKind::BadInput, "unknown-class", "The run has no class of that number.");
  ClassPrompts asked = m_prompts[index];
  asked.classIndex = 0;  // it is the only one below
  const bool otherBox = change.box && !(asked.box && *change.box == *asked.box);
  if (!asked.first) {  // the run asked nothing: nothing of the class lay by itself
    if (!change.box && change.points.empty())
      throw Error(ErrorKind::BadInput, "empty-prompt", "The run asked nothing about this class.", {.remedy = "Give a box or points."});
    asked.first = Prompt{.box = change.box, .points = change.points};
    asked.second.reset();
  }
  if (change.box) asked.box = change.box;
  for (auto* call : {&asked.first, &asked.second}) {
    if (!*call) continue;
    (*call)->classIndex = 0;
    if (change.box && (*call)->box) (*call)->box = change.box;
    replacePoints(**call, change.points);
    requireUsable(**call);
  }
  const auto firstOf = [&](bool positive) {
    return std::find_if(change.points.begin(), change.points.end(), [&](const PromptPoint& one) { return one.positive == positive; });
  };
  if (const auto inside = firstOf(true); inside != change.points.end()) asked.seed = *inside;
  if (firstOf(false) != change.points.end()) {
    asked.negatives.clear();
    std::copy_if(change.points.begin(), change.points.end(), std::back_inserter(asked.negatives),
                 [](const PromptPoint& one) { return !one.positive; });
  }
  const auto map = m_prediction.classMap(classIndex);
  Prediction alone = resampled(Prediction{.size = m_prediction.size, .classCount = 1, .probabilities = {map.begin(), map.end()}},
                               m_imageSize, Interpolation::Linear);
  const Mask cleaned = resampled(m_cleaned.classes[index].mask, m_imageSize, MaskInterpolation::Coverage);
  Mask known = cleaned;
  RefinerSettings settings = m_labeller->refiner().settings();
  settings.minimumAgreement = 0;
  if (otherBox) {
    const Mask box = boxed(m_imageSize, *change.box);
    known = intersect(cleaned, box);
    forgetOutside(alone.probabilities, box);
  }
  // A point that was put inside is inside for the soft mask, too; the specialist had not seen it.
  for (const PromptPoint& point : change.points)
    if (point.positive && !(m_prompts[index].seed && point == *m_prompts[index].seed)) {
      const Mask spot = spotAround(m_imageSize, point);
      known = unite(known, spot);
      raiseInside(alone.probabilities, spot);
    }
  if (known.empty() || !asked.box) {
    settings.proposals = Proposals::Calls;
    settings.specialistMask = SpecialistMask::Never;
  }
  auto answers =
      m_labeller->refiner().with(settings).refine(m_embeddings, alone, std::vector<Mask>{known}, std::vector<ClassPrompts>{asked}, job);
  RefinedClass& answer = answers.front();
  ClassPseudoLabel label{.mask = std::move(answer.answer), .cleaned = cleaned, .origin = MaskOrigin::Moved, .score = answer.score};
  label.agreement = diceOf(label.mask, cleaned);
  for (auto* call : {&answer.first, &answer.second})
    if (*call) {
      (*call)->classIndex = classIndex;
      label.prompts.push_back(std::move(**call));
    }
  return label;
}

}  // namespace roundel
