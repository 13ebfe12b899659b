// Cleaning and prompts of 32 classes on a panoramic radiograph of 3000 x 1500: issue target 50 ms from float probabilities.
#include <benchmark/benchmark.h>

#include "bench/dental_prediction.h"
#include "prompts/cleaning.h"
#include "prompts/prompt_extractor.h"
#include "raster/threshold.h"

namespace roundel {
namespace {

const Prediction& panorama() {
  static const Prediction prediction = bench::dentalPrediction(3000, 1500, 32);
  return prediction;
}

void setBytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(panorama().probabilities.size() * sizeof(float)));
}

/// Everything: reading 576 MB of floats, threshold, components, choice, boxes, points. Argument: threads.
void cleaningAndPrompts(benchmark::State& state) {
  const Prediction& prediction = panorama();
  const auto extractor = promptExtractors().create("sctb");
  for (auto _ : state) benchmark::DoNotOptimize(extractor->extract(masksOf(cleaned(prediction, {}, static_cast<int>(state.range(0))))));
  setBytes(state);
}
BENCHMARK(cleaningAndPrompts)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

/// The pass over the floats alone.
void thresholdAlone(benchmark::State& state) {
  const Prediction& prediction = panorama();
  for (auto _ : state) benchmark::DoNotOptimize(masksAbove(prediction, 0.5F, static_cast<int>(state.range(0))));
  setBytes(state);
}
BENCHMARK(thresholdAlone)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Boxes and points from cleaned masks.
void promptsAlone(benchmark::State& state) {
  const auto masks = masksOf(cleaned(panorama(), {}));
  const auto extractor = promptExtractors().create("sctb");
  for (auto _ : state) benchmark::DoNotOptimize(extractor->extract(masks));
}
BENCHMARK(promptsAlone)->UseRealTime()->Unit(benchmark::kMillisecond);

/// The same with the seed moved to the deepest pixel (a distance map a class).
void promptsDeepestSeed(benchmark::State& state) {
  const auto masks = masksOf(cleaned(panorama(), {}));
  const auto extractor = promptExtractors().create("sctb", {{"seed", "deepest"}});
  for (auto _ : state) benchmark::DoNotOptimize(extractor->extract(masks));
}
BENCHMARK(promptsDeepestSeed)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Cleaning and prompts with a dilation by a disk of radius 8 on the way.
void cleaningDilatedAndPrompts(benchmark::State& state) {
  const Prediction& prediction = panorama();
  const auto extractor = promptExtractors().create("sctb");
  const CleaningOptions options{.morphology = MorphologyStep::Dilate, .element = {.shape = ElementShape::Disk, .radius = 8}};
  for (auto _ : state) benchmark::DoNotOptimize(extractor->extract(masksOf(cleaned(prediction, options))));
  setBytes(state);
}
BENCHMARK(cleaningDilatedAndPrompts)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roundel
