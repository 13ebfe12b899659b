#include "device/device.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <memory>

#include "device/processor.h"

namespace roundel {
namespace {

TEST(Device, Float32MeansItInCudnnToo) {
  chooseDevice("cpu", 1);
  EXPECT_FALSE(at::globalContext().allowTF32CuDNN()) << "else convolutions on a GPU keep 10 bits of the mantissa";
  EXPECT_FALSE(at::globalContext().allowTF32CuBLAS());
}

TEST(Device, PeakMemoryIsThatOfTheWorkSinceItWasStarted) {
  chooseDevice("cpu", 1);  // from here on freed memory is kept for the next step
  constexpr std::size_t kBytes = std::size_t{256} << 20;
  const auto hold = [] {
    const auto block = std::make_unique<char[]>(kBytes);
    for (std::size_t at = 0; at < kBytes; at += 4096) block[at] = 1;
    return block[kBytes / 2];
  };
  startPeakMemory();
  const auto before = peakMemory();
  ASSERT_GT(before, 0U);
  hold();
  EXPECT_GT(peakMemory(), before + kBytes / 2);
  startPeakMemory();
  EXPECT_LT(peakMemory(), before + kBytes / 2) << "what the last work has given back is not held by the next";
}

}  // namespace
}  // namespace roundel
