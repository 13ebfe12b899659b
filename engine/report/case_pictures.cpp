#include "report/case_pictures.h"

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "core/shown_number.h"
#include "raster/volume_slices.h"
#include "rounds/freeze.h"
#include "rounds/pseudo_label.h"

namespace roundel {
namespace {

constexpr int kPictureSide = 640;

struct Choice {
  std::string title;
  int caseIndex;
  double value;
};

int indexOfCase(const RunPlan& plan, const std::string& name) {
  for (std::size_t i = 0; i < plan.cases.size(); ++i)
    if (plan.cases[i].name == name) return static_cast<int>(i);
  return -1;
}

/// Best, median and worst by the mean over classes.
std::vector<Choice> choose(const RunReport& report, const RoundRecord& round, const ScoreFilter& filter) {
  auto means = caseMeans(round.scores, filter);
  std::stable_sort(means.begin(), means.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<Choice> choices;
  const auto add = [&](const char* title, std::size_t at) {
    const int index = indexOfCase(report.plan, means[at].first);
    for (const auto& before : choices)
      if (before.caseIndex == index) return;
    if (index >= 0) choices.push_back({title, index, means[at].second});
  };
  if (means.empty()) return choices;
  add("Best", 0);
  add("Median", means.size() / 2);
  add("Worst", means.size() - 1);
  return choices;
}

/// Leaves of a volume the slice that holds most of what was labelled or found; says which.
std::int64_t toFullestSlice(Image& image, CasePseudoLabels& labels, std::vector<Mask>& truth) {
  const Size size = image.geometry.size;
  std::vector<std::int64_t> area(static_cast<std::size_t>(size.z));
  const auto count = [&](const Mask& mask) {
    const std::int64_t pixels = size.x * size.y;
    for (const auto& run : mask.runs())
      for (std::int64_t at = run.start; at < run.start + run.length;) {
        const std::int64_t z = at / pixels, end = std::min((z + 1) * pixels, run.start + run.length);
        area[static_cast<std::size_t>(z)] += end - at;
        at = end;
      }
  };
  for (const Mask& one : truth) count(one);
  for (const auto& one : labels.classes) count(one.mask);
  const std::int64_t z = std::max_element(area.begin(), area.end()) - area.begin();
  const auto cut = [&](Mask& mask) { mask = mask.empty() ? Mask({size.x, size.y, 1}) : sliceOf(mask, z); };
  for (Mask& one : truth) cut(one);
  for (auto& one : labels.classes) cut(one.mask), cut(one.cleaned);
  labels.size.z = 1;
  image.values = greyOf(image.values);
  image = sliceOf(image, z);
  return z;
}

/// A heading and a row of pictures.
std::vector<ReportBlock> caseFigures(const RunReport& report, const std::filesystem::path& runFolder,
                                     const std::filesystem::path& labelsFile, const Choice& choice, const ImageLoader& loader) {
  const PlannedCase& planned = report.plan.cases[static_cast<std::size_t>(choice.caseIndex)];
  CasePseudoLabels labels = casePseudoLabelsFromJson(readJson(labelsFile));
  Image image = loader(planned);
  std::vector<Mask> truth;
  if (planned.annotationHash)
    for (const auto& one : annotationFromJson(readJson(frozenLabelPath(runFolder, *planned.annotationHash))).classes)
      truth.push_back(one.mask);
  std::string where = "the picture";
  if (image.geometry.size.z > 1) where = "slice " + std::to_string(toFullestSlice(image, labels, truth) + 1);
  RgbPicture plain = greyPicture(image, kPictureSide), masks = plain, prompts = plain;
  for (std::size_t c = 0; c < labels.classes.size(); ++c) {
    const auto colour = report.plan.classes[static_cast<int>(c)].colour;
    drawMask(masks, labels.classes[c].mask, colour, 0.3);
    drawMask(prompts, labels.classes[c].cleaned, colour, 0.0);
    for (const auto& prompt : labels.classes[c].prompts) {
      Prompt shownPrompt = prompt;  // negatives are the other classes' positives: drawn once
      std::erase_if(shownPrompt.points, [](const PromptPoint& point) { return !point.positive; });
      drawPrompt(prompts, shownPrompt, labels.size, colour);
    }
  }
  for (const Mask& one : truth) drawMask(masks, one, {255, 255, 255}, 0.0);
  return {Heading{.level = 3, .text = choice.title + ": " + planned.name + ", Dice " + shown(choice.value)},
          Figures{{{std::move(plain), where},
                   {std::move(prompts), "the specialist's cleaned outlines, boxes and positive points"},
                   {std::move(masks), "the machine's masks; the truth's outline in white"}}}};
}

}  // namespace

std::vector<ReportBlock> casePictures(const RunReport& report, const std::filesystem::path& runFolder, const ImageLoader& loader,
                                      Job& job) {
  for (auto round = report.rounds.rbegin(); round != report.rounds.rend(); ++round) {
    const auto folder = runFolder / ("round-" + std::to_string(round->number));
    std::string stage = "validate", what = "Test cases, refined";
    auto choices = choose(report, *round, {"test", "strategy", "dice_refined"});
    if (choices.empty()) {
      stage = "gate", what = "Pseudo-labels";
      choices = choose(report, *round, {"unlabelled", "strategy", "dice"});
      if (choices.empty()) choices = choose(report, *round, {"unlabelled", "strategy", "estimated_dice"});
    }
    if (choices.empty()) stage = "validate", what = "Test cases", choices = choose(report, *round, {"test", "strategy", "dice"});
    if (choices.empty()) continue;
    std::vector<ReportBlock> blocks{Heading{.text = what + ": best, median, worst (round " + std::to_string(round->number) + ")"}};
    bool any = false;
    for (const auto& choice : choices) {
      const auto file = caseFile(folder / stage, choice.caseIndex);
      if (!std::filesystem::exists(file)) continue;
      any = true;
      try {
        for (auto& block : caseFigures(report, runFolder, file, choice, loader)) blocks.push_back(std::move(block));
      } catch (const Error& error) {
        const std::string& name = report.plan.cases[static_cast<std::size_t>(choice.caseIndex)].name;
        job.warning({.code = "picture-left-out",
                     .caseName = name,
                     .message = std::string("Its picture is left out of the report: ") + error.what()});
      }
    }
    if (any) return blocks;
  }
  return {};
}

std::vector<ReportBlock> trainingCurves(const RunReport& report, const std::filesystem::path& runFolder) {
  std::vector<ReportBlock> blocks;
  for (const auto& round : report.rounds)
    for (const char* arm : {"strategy", "control"}) {
      const auto path = runFolder / ("round-" + std::to_string(round.number)) / "train" / arm / "curve.json";
      if (!std::filesystem::exists(path)) continue;
      const Json curve = readJson(path);
      ChartLine loss{"training loss", {}}, dice{"validation Dice", {}};
      for (const auto& value : curve.value("loss", Json::array()))
        loss.points.emplace_back(static_cast<double>(loss.points.size() + 1), value.get<double>());
      const Json measured = curve.value("validation_dice", Json::array()), steps = curve.value("validation_steps", Json::array());
      for (std::size_t i = 0; i < std::min(measured.size(), steps.size()); ++i)
        dice.points.emplace_back(steps[i].get<double>(), measured[i].get<double>());
      const std::string title = "Round " + std::to_string(round.number) + ", " + arm;
      if (!loss.points.empty()) blocks.push_back(Chart{{std::move(loss)}, {.title = title + ": loss", .xName = "step", .yName = "loss"}});
      if (!dice.points.empty())
        blocks.push_back(
            Chart{{std::move(dice)}, {.title = title + ": validation", .xName = "step", .yName = "mean Dice", .yLow = 0.0, .yHigh = 1.0}});
    }
  if (!blocks.empty()) blocks.insert(blocks.begin(), Heading{.text = "Training"});
  return blocks;
}

}  // namespace roundel
