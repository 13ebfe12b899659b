// A Segment Anything network with drawn weights: embedding one image, and answering boxes on it.
// Arguments of `embed`: network (0 ViT-B, 1 MobileSAM, 2 ViT-L, 3 ViT-H), bfloat16 (0 or 1); of `decode`: boxes at once, bfloat16.
// sam_pytorch.py times the same in PyTorch. On a machine with CUDA both run there too (ROUNDEL_BENCH_DEVICE=cuda:0).
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <cstdlib>

#include "device/device.h"
#include "device/processor.h"
#include "device/torch_device.h"
#include "nn/sam.h"

namespace {

using namespace roundel;

/// Numbers of about the size that trained weights have; the time does not depend on them.
class DrawnSource : public nn::ParameterSource {
 public:
  explicit DrawnSource(torch::Device device) : m_device(device) {}
  torch::Tensor take(const nn::ParameterShape& wanted) override { return (0.02 * torch::randn(wanted.shape)).to(m_device); }

 private:
  torch::Device m_device;
};

torch::Device benchDevice() {
  const char* wish = std::getenv("ROUNDEL_BENCH_DEVICE");
  return torchDevice(chooseDevice(wish == nullptr ? "cpu" : wish, 0));
}

void waitFor(const torch::Tensor& result) { benchmark::DoNotOptimize(result.flatten()[0].item<float>()); }

void embed(benchmark::State& state) {
  static const std::vector<std::string> names{"sam_vit_b", "mobile_sam", "sam_vit_l", "sam_vit_h"};
  const torch::InferenceMode frozen;
  const auto device = benchDevice();
  startPeakMemory();
  DrawnSource source(device);
  const nn::Sam sam(source, nn::samOptions(names.at(static_cast<std::size_t>(state.range(0)))).value());
  const auto type = state.range(1) != 0 ? torch::kBFloat16 : torch::kFloat;
  const torch::Tensor image = torch::randn({1, 3, sam.imageSize(), sam.imageSize()}).to(device, type);
  waitFor(sam.embed(image));
  for (auto _ : state) waitFor(sam.embed(image));
  state.counters["peak_MB"] = static_cast<double>(peakMemory()) / 1e6;
}

void decode(benchmark::State& state) {
  const torch::InferenceMode frozen;
  const auto device = benchDevice();
  startPeakMemory();
  DrawnSource source(device);
  const nn::Sam sam(source, nn::samOptions("mobile_sam").value());  // every published 2-D SAM has this decoder
  const auto type = state.range(1) != 0 ? torch::kBFloat16 : torch::kFloat;
  const auto prepared = sam.prepare(torch::randn({1, 256, 64, 64}).to(device, type));
  std::vector<nn::FramePrompt> boxes;
  for (int i = 0; i < state.range(0); ++i) {
    const double at = 20.0 * i;
    boxes.push_back({.points = {}, .box = nn::FrameBox{at, 10, at + 300, 400 + at}});
  }
  nn::PromptPoints points = nn::promptPoints(boxes);
  points.places = points.places.to(device);
  points.labels = points.labels.to(device);
  waitFor(sam.segment(prepared, points, nn::MaskChoice::Single).logits);
  for (auto _ : state) waitFor(sam.segment(prepared, points, nn::MaskChoice::Single).logits);
  state.counters["peak_MB"] = static_cast<double>(peakMemory()) / 1e6;
}

}  // namespace

BENCHMARK(embed)->Args({0, 0})->Args({0, 1})->Args({1, 0})->Args({1, 1})->Iterations(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(decode)->Args({1, 0})->Args({1, 1})->Args({32, 0})->Args({32, 1})->Iterations(5)->Unit(benchmark::kMillisecond)->UseRealTime();
