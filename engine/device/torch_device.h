#pragma once
#include <torch/torch.h>

#include "device/device.h"

namespace roundel {

inline torch::Device torchDevice(const ComputeChoice& choice) {
  return choice.onGpu() ? torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(choice.device.index)) : torch::Device(torch::kCPU);
}

}  // namespace roundel
