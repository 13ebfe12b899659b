#include "nn/channel_kernels.h"

namespace roundel::nn {

namespace baseline {
const ChannelKernels<float>& floatKernels();
const ChannelKernels<BFloat16>& bfloat16Kernels();
}  // namespace baseline

#if defined(__x86_64__)
namespace avx2 {
const ChannelKernels<float>& floatKernels();
const ChannelKernels<BFloat16>& bfloat16Kernels();
}  // namespace avx2
namespace avx512 {
const ChannelKernels<float>& floatKernels();
const ChannelKernels<BFloat16>& bfloat16Kernels();
}  // namespace avx512
#endif

namespace {

enum class InstructionSet { Baseline, Avx2, Avx512 };

InstructionSet best() {
#if defined(__x86_64__)
  static const InstructionSet kBest =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") ? InstructionSet::Avx512
      : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")                                             ? InstructionSet::Avx2
                                                                        : InstructionSet::Baseline;
  return kBest;
#else
  return InstructionSet::Baseline;
#endif
}

}  // namespace

template <>
const ChannelKernels<float>& channelKernels<float>() {
#if defined(__x86_64__)
  if (best() == InstructionSet::Avx512) return avx512::floatKernels();
  if (best() == InstructionSet::Avx2) return avx2::floatKernels();
#endif
  return baseline::floatKernels();
}

template <>
const ChannelKernels<BFloat16>& channelKernels<BFloat16>() {
#if defined(__x86_64__)
  if (best() == InstructionSet::Avx512) return avx512::bfloat16Kernels();
  if (best() == InstructionSet::Avx2) return avx2::bfloat16Kernels();
#endif
  return baseline::bfloat16Kernels();
}

const char* channelKernelsName() {
  switch (best()) {
    case InstructionSet::Avx512: return "avx512";
    case InstructionSet::Avx2: return "avx2";
    case InstructionSet::Baseline: return "baseline";
  }
  return "baseline";
}

}  // namespace roundel::nn
