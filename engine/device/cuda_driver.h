#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "device/device.h"

namespace roundel {

/// What the CUDA driver says, asked through libcuda.so.1 without any CUDA header or toolkit.
struct CudaProbe {
  std::vector<DeviceInfo> devices;
  std::string whyNot;  ///< a sentence where no device can be used
};

/// Loads LibTorch's CUDA part (libtorch_cuda.so beside libtorch_cpu.so) where a driver and a fitting GPU are found.
CudaProbe probeCuda();
/// Free bytes on a device that the probe found usable; 0 otherwise.
std::uint64_t freeCudaMemory(int index);

}  // namespace roundel
