// Volumes, against the same network as PyTorch's published code writes it (SSL4MIS): contiguous tensors, InstanceNorm3d, ReLU, Upsample,
// and its operators for losses and the optimiser, of the same LibTorch, in the same program. Arguments of a step: width, side of the
// patches (two a step), 0 Roundel or 1 PyTorch's operators; of the window: width, side of the volume, side of the window, 0 or 1. Memory is
// the most that the process held: run one benchmark a process (--benchmark_filter) to read it.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <torch/torch.h>

#include <map>

#include "device/device.h"
#include "models/sliding_window.h"
#include "nn/learning_layers.h"
#include "nn/unet3d.h"
#include "train/augmentation.h"
#include "train/optimiser.h"
#include "train/segmentation_loss.h"

namespace {

using torch::Tensor;

constexpr int kClasses = 2, kBatch = 2;

/// unet_3D with the parameters of ours, which carry its names.
class PlainUnet {
 public:
  explicit PlainUnet(const roundel::nn::UNet3d& network) : m_levels(network.options().levels) {
    for (const auto& entry : network.named_parameters()) m_parameters[entry.key()] = entry.value();
  }

  Tensor forward(const Tensor& x) const {
    std::vector<Tensor> skips;
    Tensor value = x;
    for (int level = 0; level <= m_levels; ++level) {
      if (level > 0) value = torch::max_pool3d(value, 2);
      value = twice(value, level < m_levels ? "conv" + std::to_string(level + 1) : "center");
      skips.push_back(value);
    }
    for (int level = m_levels - 1; level >= 0; --level) {
      const Tensor& skip = skips[static_cast<std::size_t>(level)];
      value = torch::cat({skip, torch::upsample_trilinear3d(value, skip.sizes().slice(2), false)}, 1);
      value = twice(value, "up_concat" + std::to_string(level + 1) + ".conv");
    }
    return conv(value, "final", 0);
  }

 private:
  Tensor conv(const Tensor& x, const std::string& path, int padding) const {
    return torch::conv3d(x, m_parameters.at(path + ".weight"), m_parameters.at(path + ".bias"), 1, padding);
  }
  Tensor twice(const Tensor& x, const std::string& path) const {
    const auto normal = [](const Tensor& y) { return torch::relu(torch::instance_norm(y, {}, {}, {}, {}, true, 0.1, 1e-5, false)); };
    return normal(conv(normal(conv(x, path + ".conv1.0", 1)), path + ".conv2.0", 1));
  }

  std::map<std::string, Tensor> m_parameters;
  int m_levels;
};

std::unique_ptr<roundel::nn::UNet3d> networkOf(std::int64_t width) {
  auto network = std::make_unique<roundel::nn::UNet3d>(
      roundel::nn::UNet3dOptions{.classes = kClasses, .width = static_cast<int>(width), .dropout = false});
  roundel::nn::initialise(*network, 1);
  torch::manual_seed(1);
  const Tensor x = torch::randn({1, 1, 32, 32, 32});
  const torch::NoGradGuard guard;
  const double apart =
      (network->forward(x, roundel::nn::Pass::judging()).logits[0] - PlainUnet(*network).forward(x)).abs().max().item<double>();
  if (apart > 1e-3) throw std::logic_error("The two networks say different things: " + std::to_string(apart));
  return network;
}

void countMemory(benchmark::State& state) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

void volumeStep(benchmark::State& state) {
  using namespace roundel;
  chooseDevice("cpu", 0);
  const auto network = networkOf(state.range(0));
  const std::int64_t side = state.range(1);
  const bool plain = state.range(2) != 0;
  const Tensor images = torch::randn({kBatch, 1, side, side, side});
  const Tensor labels = (torch::rand({kBatch, kClasses, side, side, side}) < 0.05).to(torch::kFloat);
  const LossTarget target{
      .planes = bitPlanes(asPictures(labels.to(torch::kByte))), .classWeight = torch::ones({kBatch, kClasses}), .ignored = {}};
  const Tensor posWeight = torch::full({kClasses}, 4.0);
  NamedParameters named;
  for (const auto& entry : network->named_parameters()) named.emplace_back(entry.key(), entry.value());
  Optimiser own(named, {});
  torch::optim::AdamW theirs(network->parameters(), torch::optim::AdamWOptions(1e-3).weight_decay(0));
  const PlainUnet reference(*network);
  const auto ownStep = [&] {
    own.zeroGradients();
    const SegmentationLoss loss = segmentationLoss(asPictures(network->forward(images, nn::Pass::judging()).logits[0]), target, posWeight);
    const Tensor total = loss.entropy + loss.dice;
    total.backward();
    own.clipGradients(1.0);
    own.step(1e-3);
    return total.item<float>();
  };
  const auto plainStep = [&] {
    theirs.zero_grad();
    const Tensor logits = reference.forward(images), p = torch::sigmoid(logits);
    const Tensor entropy = torch::binary_cross_entropy_with_logits(logits, labels, {}, posWeight.view({1, kClasses, 1, 1, 1}));
    const Tensor overlap = (p * labels).sum({0, 2, 3, 4}), all = (p * p).sum({0, 2, 3, 4}) + (labels * labels).sum({0, 2, 3, 4});
    const Tensor total = entropy + (1 - (2 * overlap + 1e-5) / (all + 1e-5)).mean();
    total.backward();
    torch::nn::utils::clip_grad_norm_(network->parameters(), 1.0);
    theirs.step();
    return total.item<float>();
  };
  const auto step = [&] { return plain ? plainStep() : ownStep(); };
  step();  // warms up: memory, and the kernels that oneDNN makes for these shapes
  for (auto _ : state) benchmark::DoNotOptimize(step());
  countMemory(state);
}

/// What a step waits for: two patches of `side` out of two volumes a quarter larger, grey values varied, half of them around a class; the
/// same for every step of a supervised training.
void volumeBatch(benchmark::State& state) {
  using namespace roundel;
  chooseDevice("cpu", 0);
  const std::int64_t side = state.range(0), whole = side + side / 4;
  CaseTensors cases{.classWeight = torch::ones({kBatch, kClasses}), .classCount = kClasses};
  for (int i = 0; i < kBatch; ++i) {
    Tensor planes = torch::zeros({2, whole, whole, whole}, torch::kByte);  // classes, ignore region
    planes[0].narrow(0, whole / 3, whole / 3).narrow(1, whole / 3, whole / 3).narrow(2, whole / 3, whole / 3).fill_(1);
    cases.volumes.push_back({.image = torch::randn({1, whole, whole, whole}), .planes = planes, .beliefs = {}});
  }
  const BatchRecipe recipe{.augmentation = {.flip = 0.5, .intensity = 0.5, .foreground = 0.5}, .patch = {side, side, side}};
  std::int64_t step = 0;
  for (auto _ : state) benchmark::DoNotOptimize(makeBatch(cases, {0, 1}, recipe, "bench", step++).images.data_ptr());
}

/// SSL4MIS's test_single_case with half overlap, and ours.
void slidingWindow(benchmark::State& state) {
  using namespace roundel;
  chooseDevice("cpu", 0);
  const torch::NoGradGuard guard;
  const auto network = networkOf(state.range(0));
  const std::int64_t side = state.range(1), patch = state.range(2);
  const bool plain = state.range(3) != 0;
  const Tensor volume = torch::randn({1, side, side, side});
  const PlainUnet reference(*network);
  const SlidingWindow windows{.patch = {patch, patch, patch}, .weights = WindowWeights::Uniform, .batch = 1};
  const auto own = [&] {
    return slidOver(volume, windows,
                    [&](const Tensor& seen) { return torch::sigmoid(network->forward(seen, nn::Pass::judging()).logits[0]); });
  };
  const auto theirs = [&] {
    Tensor sum = torch::zeros({kClasses, side, side, side}), count = torch::zeros({side, side, side});
    for (std::int64_t z = 0; z + patch <= side; z += patch / 2)
      for (std::int64_t y = 0; y + patch <= side; y += patch / 2)
        for (std::int64_t x = 0; x + patch <= side; x += patch / 2) {
          const auto part = [&](const Tensor& of, std::int64_t axis) {
            return of.narrow(axis, z, patch).narrow(axis + 1, y, patch).narrow(axis + 2, x, patch);
          };
          part(sum, 1).add_(torch::sigmoid(reference.forward(part(volume, 1).contiguous().unsqueeze(0)))[0]);
          part(count, 0).add_(1);
        }
    return sum / count;
  };
  for (auto _ : state) benchmark::DoNotOptimize(plain ? theirs() : own());
  countMemory(state);
}

}  // namespace

BENCHMARK(volumeStep)
    ->Args({8, 128, 0})
    ->Args({8, 128, 1})
    ->Args({8, 40, 0})
    ->Args({8, 40, 1})
    ->Args({16, 64, 0})
    ->Args({16, 64, 1})
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(volumeBatch)->Arg(40)->Arg(128)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(slidingWindow)
    ->Args({8, 160, 80, 0})
    ->Args({8, 160, 80, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
