// Arithmetic on plain arrays at the size of a panoramic radiograph (3000 x 1500).
#include <benchmark/benchmark.h>

#include "bench/dental_prediction.h"
#include "raster/components.h"
#include "raster/distance_map.h"
#include "raster/metrics.h"
#include "raster/morphology.h"
#include "raster/pixel_pipeline.h"
#include "raster/resample.h"
#include "raster/threshold.h"

namespace roundel {
namespace {

constexpr Size kPanorama{3000, 1500, 1};

std::vector<Mask> teeth(double shift) {
  auto prediction = bench::dentalPrediction(kPanorama.x, kPanorama.y, 8);
  return masksAbove(prediction, static_cast<float>(0.5 + shift));
}

Mask noise(double share) {
  Random random(7, "noise");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kPanorama.count()));
  for (auto& byte : bytes) byte = random.uniform() < share;
  return Mask::fromBytes(kPanorama, bytes);
}

void componentsOfNoise(benchmark::State& state) {
  const Mask mask = noise(static_cast<double>(state.range(0)) / 100);
  for (auto _ : state) benchmark::DoNotOptimize(connectedComponents(mask, Connectivity::Corners));
}
BENCHMARK(componentsOfNoise)->ArgName("percent")->Arg(1)->Arg(30)->Unit(benchmark::kMillisecond);

void distanceMap(benchmark::State& state) {
  const Mask mask = noise(0.001);
  for (auto _ : state) benchmark::DoNotOptimize(squaredDistanceTo(mask, {0.1, 0.12, 1}));
}
BENCHMARK(distanceMap)->Unit(benchmark::kMillisecond);

void dilationByDisk(benchmark::State& state) {
  const Mask mask = teeth(0)[0];
  for (auto _ : state) benchmark::DoNotOptimize(dilated(mask, {.shape = ElementShape::Disk, .radius = 8}));
}
BENCHMARK(dilationByDisk)->Unit(benchmark::kMillisecond);

/// Dice, IoU, HD, HD95, ASD and ASSD of one tooth, and of one with three false islands far away.
void metricsOfOneClass(benchmark::State& state) {
  const auto truth = teeth(0.2), predicted = teeth(0);
  const Mask largest =
      connectedComponents(predicted[0], Connectivity::Corners).mask(connectedComponents(predicted[0], Connectivity::Corners).largest());
  const Mask& prediction = state.range(0) == 0 ? largest : predicted[0];
  const Geometry grid{.size = kPanorama, .spacingMm = {0.1, 0.1, 1}, .spacingSource = SpacingSource::PixelSpacing};
  for (auto _ : state) benchmark::DoNotOptimize(compareMasks(prediction, truth[0], grid));
}
BENCHMARK(metricsOfOneClass)->ArgName("islands")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

StoredImage radiograph(int bits) {
  StoredImage image{.geometry = {.size = kPanorama}, .bitsStored = bits};
  std::vector<std::uint16_t> words(static_cast<std::size_t>(kPanorama.count()));
  Random random(3, "radiograph");
  for (auto& word : words) word = static_cast<std::uint16_t>(random.next() & ((1U << bits) - 1));
  image.values = std::move(words);
  return image;
}

void pixelPipelineWindow(benchmark::State& state) {
  StoredImage image = radiograph(12);
  image.modality = Rescale{1, -1024};
  image.windows = {{.center = 600, .width = 1600}};
  image.photometric = Photometric::Monochrome1;
  for (auto _ : state) benchmark::DoNotOptimize(applyPixelPipeline(image, defaultSettings(image)));
}
BENCHMARK(pixelPipelineWindow)->Unit(benchmark::kMillisecond);

void pixelPipelinePercentile(benchmark::State& state) {
  const StoredImage image = radiograph(16);
  for (auto _ : state) benchmark::DoNotOptimize(applyPixelPipeline(image, defaultSettings(image)));
}
BENCHMARK(pixelPipelinePercentile)->Unit(benchmark::kMillisecond);

void imageToWorkingSize(benchmark::State& state) {
  const Image image{{.size = kPanorama}, std::vector<float>(static_cast<std::size_t>(kPanorama.count()), 0.5F)};
  for (auto _ : state) benchmark::DoNotOptimize(resampled(image, {448, 224, 1}, Interpolation::Antialiased));
}
BENCHMARK(imageToWorkingSize)->Unit(benchmark::kMillisecond);

/// Eight classes back to the image's own grid.
void predictionToImageSize(benchmark::State& state) {
  const auto prediction = bench::dentalPrediction(448, 224, 8);
  for (auto _ : state) benchmark::DoNotOptimize(resampled(prediction, kPanorama, Interpolation::Linear));
}
BENCHMARK(predictionToImageSize)->Unit(benchmark::kMillisecond);

void maskToWorkingSize(benchmark::State& state) {
  const Mask mask = teeth(0)[0];
  for (auto _ : state) benchmark::DoNotOptimize(resampled(mask, {448, 224, 1}, MaskInterpolation::Coverage));
}
BENCHMARK(maskToWorkingSize)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roundel
