#include "refine/bake_off.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "prompts/cleaning.h"
#include "raster/metrics.h"
#include "refine/field.h"
#include "refine/label_refiner.h"

namespace roundel {

namespace {

/// A specialist that is nearly right: every mask moved by a random step and blurred.
Prediction simulatedPrediction(std::span<const Mask> truth, Size size, std::uint64_t sample, const BakeOffSettings& settings) {
  Prediction prediction{.size = size, .classCount = static_cast<int>(truth.size())};
  for (std::size_t c = 0; c < truth.size(); ++c) {
    Field field(static_cast<int>(size.x), static_cast<int>(size.y));
    const double side = std::sqrt(static_cast<double>(truth[c].area()));
    Random random(settings.seed, "bake-off", sample, c);
    const auto dx = std::lround(settings.shift * side * random.normal()), dy = std::lround(settings.shift * side * random.normal());
    for (const auto& run : truth[c].runs())
      for (std::int64_t i = run.start; i < run.start + run.length; ++i) {
        const std::int64_t x = i % size.x + dx, y = i / size.x + dy;
        if (x >= 0 && y >= 0 && x < size.x && y < size.y) field.at(static_cast<int>(x), static_cast<int>(y)) = 1;
      }
    const auto blurred = truth[c].empty() ? field : smoothed(field, settings.blur * side);
    prediction.probabilities.insert(prediction.probabilities.end(), blurred.values.begin(), blurred.values.end());
  }
  return prediction;
}

}  // namespace

std::vector<BakeOffScore> bakeOff(std::shared_ptr<const Generalist> generalist, const Image& image, std::span<const Mask> truth,
                                  std::uint64_t sample, const BakeOffSettings& settings, Job& job) {
  const auto extractor = promptExtractors().create("sctb", {{"seed", "nearest-inside"}});
  const auto prediction = simulatedPrediction(truth, image.geometry.size, sample, settings);
  const std::vector<Mask> trueMasks(truth.begin(), truth.end()), starts = masksOf(cleaned(prediction, {}));
  const auto truePrompts = jittered(extractor->extract(trueMasks), trueMasks, {}, settings.seed, sample);

  // What is not believed in a round counts as it is when a generalist is tried.
  const LabelRefiner asked({generalist}, {.specialistMask = SpecialistMask::Never, .minimumAgreement = 0});
  const LabelRefiner refiner({generalist}, {});
  const auto embeddings = asked.embed(image, job);
  const auto prompted = asked.refine(embeddings, prediction, trueMasks, truePrompts, job);
  const auto refined = refiner.refine(embeddings, prediction, starts, extractor->extract(starts), job);
  std::vector<BakeOffScore> scores;
  for (std::size_t c = 0; c < truth.size(); ++c) {
    if (truth[c].empty() || starts[c].empty() || prompted[c].source == RefinedSource::NoPrompt) continue;
    const auto dice = [&](const Mask& mask) { return diceOf(mask, truth[c]).value_or(0.0); };
    scores.push_back({.classIndex = static_cast<int>(c),
                      .prompted = dice(prompted[c].answer),
                      .start = dice(starts[c]),
                      .refined = dice(refined[c].mask)});
  }
  return scores;
}

}  // namespace roundel
