// Convolutions on the matrix unit against LibTorch's in float32, on the same bfloat16 numbers.
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <mutex>
#include <ostream>
#include <set>
#include <thread>

#include "device/processor.h"
#include "nn/learning_layers.h"
#include "nn/tile_conv.h"
#include "nn/unet2d.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

struct Form {
  std::int64_t images, in, second, out, height, width, kernel;
  TileOutput output = TileOutput::Same;
  bool biased = false;
};

std::ostream& operator<<(std::ostream& stream, const Form& f) {
  return stream << f.images << "x" << f.in << "+" << f.second << "to" << f.out << "_" << f.height << "x" << f.width << "_k" << f.kernel;
}

Tensor rounded(const Tensor& values) { return values.to(torch::kBFloat16).to(torch::kFloat); }
double difference(const Tensor& a, const Tensor& b) { return ((a.to(torch::kFloat) - b).norm() / b.norm().clamp_min(1e-6)).item<double>(); }
Tensor leaf(const Tensor& values) { return values.detach().clone().requires_grad_(); }
Tensor halfLeaf(const Tensor& values) { return values.to(torch::kBFloat16).contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_(); }

class TileConvolution : public testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    if (matrixUnit() == MatrixUnit::None) GTEST_SKIP() << "this processor multiplies no bfloat16";
  }
};

TEST_P(TileConvolution, AgreesWithLibTorch) {
  const Form f = GetParam();
  torch::manual_seed(7);
  const Tensor x = rounded(torch::randn({f.images, f.in, f.height, f.width}));
  const Tensor second = f.second > 0 ? rounded(torch::randn({f.images, f.second, f.height, f.width})) : Tensor();
  const Tensor weight = rounded(torch::randn({f.out, f.in + f.second, f.kernel, f.kernel})), bias = torch::randn({f.out});

  const Tensor x0 = leaf(x), s0 = f.second > 0 ? leaf(second) : Tensor(), w0 = leaf(weight), b0 = leaf(bias);
  Tensor expected = torch::conv2d(f.second > 0 ? torch::cat({x0, s0}, 1) : x0, w0, f.biased ? b0 : Tensor(), 1, f.kernel / 2);
  if (f.output == TileOutput::Doubled)
    expected = expected.reshape({f.images, 2, 2, f.out / 4, f.height, f.width})
                   .permute({0, 3, 4, 1, 5, 2})
                   .reshape({f.images, f.out / 4, 2 * f.height, 2 * f.width});
  const Tensor slope = rounded(torch::randn(expected.sizes()));
  expected.backward(slope);

  const auto run = [&](int threads) {
    at::set_num_threads(threads);
    const Tensor x1 = halfLeaf(x), s1 = f.second > 0 ? halfLeaf(second) : Tensor(), w1 = leaf(weight), b1 = leaf(bias);
    const Tensor y = tileConvolve(x1, s1, w1, f.biased ? b1 : Tensor(), f.output);
    y.backward(slope.to(torch::kBFloat16));
    return std::vector<Tensor>{y.detach(), x1.grad(), w1.grad(), f.second > 0 ? s1.grad() : Tensor(), f.biased ? b1.grad() : Tensor()};
  };
  const auto got = run(2), alone = run(1);
  constexpr double kHalf = 0.004;  // results are rounded to bfloat16: 2^-9 at most, about 0.0017 in the mean
  EXPECT_LT(difference(got[0], expected.detach()), kHalf);
  EXPECT_LT(difference(got[1], x0.grad()), kHalf);
  EXPECT_LT(difference(got[2], w0.grad()), 1e-5);
  if (f.second > 0) {
    EXPECT_LT(difference(got[3], s0.grad()), kHalf);
  }
  if (f.biased) {
    EXPECT_LT(difference(got[4], b0.grad()), 1e-5);
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool same = !got[i].defined() || torch::equal(got[i], alone[i]);
    EXPECT_TRUE(same) << "the number of threads changes result " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, TileConvolution,
                         testing::Values(Form{2, 1, 0, 16, 33, 47, 3}, Form{1, 16, 0, 16, 64, 64, 3}, Form{2, 16, 16, 16, 40, 28, 3},
                                         Form{1, 16, 0, 16, 1, 1, 3}, Form{3, 64, 0, 40, 14, 24, 3, TileOutput::Same, true},
                                         Form{2, 256, 0, 256, 14, 14, 3}, Form{1, 512, 512, 64, 3, 2, 3},
                                         Form{2, 32, 0, 64, 20, 19, 1, TileOutput::Doubled, true},
                                         Form{2, 16, 0, 33, 200, 129, 1, TileOutput::Same, true},
                                         Form{1, 7, 0, 5, 9, 9, 3, TileOutput::Same, true}, Form{6, 48, 32, 128, 32, 32, 3},
                                         Form{1, 24, 0, 32, 2, 700, 3}));

// at::parallel_for is a plain loop where the compiler was not told of OpenMP: nothing else would show it.
TEST(OwnLoops, RunOnSeveralThreads) {
#ifdef __clang__
  GTEST_SKIP() << "clang builds are for fuzzing and have no OpenMP";
#endif
  at::set_num_threads(2);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  at::parallel_for(0, 2, 1, [&](std::int64_t, std::int64_t) {
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(seen.size(), 2U);
}

TEST(TileUNet, FollowsTheNetworkInFloat32) {
  if (matrixUnit() == MatrixUnit::None) GTEST_SKIP() << "this processor multiplies no bfloat16";
  torch::manual_seed(3);
  for (const int width : {16, 8}) {  // 8 channels do not fill a tile: the joined layers take the other road
    UNet2d network({.classes = 5, .width = width, .levels = 3});
    initialise(network, 1);
    const Tensor x = rounded(torch::randn({2, 1, 50, 44}));
    const auto logits = [&](torch::ScalarType type) { return network.forward(x.to(type)).to(torch::kFloat); };
    EXPECT_LT(difference(logits(torch::kBFloat16), logits(torch::kFloat)), 0.05) << "width " << width;
  }
}

}  // namespace
}  // namespace roundel::nn
