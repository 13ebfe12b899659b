// One training step of the paper's U-Net (forward, BCE with positive weights, backward, clip, AdamW): pictures a second and peak memory.
// Arguments: width, batch, height, width of the picture, bfloat16 (0 or 1). train_step_pytorch.py times the same step in PyTorch.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <torch/torch.h>

#include "device/device.h"
#include "nn/learning_layers.h"
#include "nn/unet2d.h"
#include "train/optimiser.h"
#include "train/segmentation_loss.h"

namespace {

constexpr int kClasses = 17;

void trainingStep(benchmark::State& state) {
  using namespace roundel;
  chooseDevice("cpu", 0);
  nn::UNet2d network({.classes = kClasses, .width = static_cast<int>(state.range(0))});
  nn::initialise(network, 1);
  NamedParameters parameters;
  for (const auto& entry : network.named_parameters()) parameters.emplace_back(entry.key(), entry.value());
  Optimiser optimiser(parameters, {});
  torch::manual_seed(1);
  const std::int64_t batch = state.range(1), height = state.range(2), width = state.range(3);
  const auto type = state.range(4) != 0 ? torch::kBFloat16 : torch::kFloat;
  const torch::Tensor images = torch::randn({batch, 1, height, width});
  const LossTarget target{.planes = bitPlanes((torch::rand({batch, kClasses, height, width}) < 0.02).to(torch::kByte)),
                          .classWeight = torch::ones({batch, kClasses}),
                          .ignored = {}};
  const torch::Tensor posWeight = torch::full({kClasses}, 50.0);
  const auto step = [&] {
    optimiser.zeroGradients();
    const torch::Tensor loss = segmentationLoss(network.forward(images.to(type)), target, posWeight).entropy;
    loss.backward();
    optimiser.clipGradients(1.0);
    optimiser.step(1e-3);
    return loss.item<float>();
  };
  step();  // warms up: memory, and the kernels that oneDNN makes for these shapes
  for (auto _ : state) benchmark::DoNotOptimize(step());
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  state.counters["pictures"] = benchmark::Counter(static_cast<double>(state.iterations() * batch), benchmark::Counter::kIsRate);
  state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

BENCHMARK(trainingStep)
    ->Args({64, 2, 384, 224, 0})
    ->Args({64, 2, 384, 224, 1})
    ->Args({64, 16, 384, 224, 0})
    ->Args({64, 16, 384, 224, 1})
    ->Args({16, 8, 256, 256, 0})
    ->Args({16, 8, 256, 256, 1})
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
