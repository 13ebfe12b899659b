#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"

namespace roundel {

enum class DeviceKind { Cpu, Cuda };

/// Something that can compute.
struct DeviceInfo {
  DeviceKind kind = DeviceKind::Cpu;
  int index = 0;                       ///< N of cuda:N
  std::string name;                    ///< as the driver or the processor calls itself
  std::uint64_t memoryBytes = 0;       ///< all of it
  std::string computeCapability = {};  ///< "9.0"; CUDA only
  bool usable = true;
  std::string whyNot = {};  ///< a sentence where it is not usable
};

/// What this machine has. `whyNotCuda` is a sentence, empty where a CUDA device can be used: no driver, a driver that is too
/// old, a GPU that is too old, a CPU build of LibTorch, or libraries that are missing.
struct DeviceReport {
  std::vector<DeviceInfo> devices;  ///< the processor first
  std::string whyNotCuda;
};

/// Looks once and remembers. Where a driver and a fitting GPU are found, LibTorch's CUDA part is loaded here.
const DeviceReport& deviceReport();

/// Arithmetic of convolutions; norms, losses and master weights are float32 always.
enum class Precision { Float32, BFloat16 };

/// Where and how to compute.
struct ComputeChoice {
  DeviceInfo device;
  int threads = 1;
  Precision fastPrecision =
      Precision::Float32;       ///< BFloat16 where the device is known to be good at it (CUDA from 8.0, bfloat16IsFaster())
  std::string whyNotCuda = {};  ///< a sentence where the processor was taken although `auto` was asked

  bool onGpu() const { return device.kind == DeviceKind::Cuda; }
};

/// `wish`: auto | cpu | cuda:N. `threads` 0: all cores this process may use. Sets LibTorch's thread count, and keeps oneDNN below
/// AMX where ONEDNN_MAX_CPU_ISA does not say otherwise.
/// Throws Error(Usage, "bad-device") on another word, Error(Resource, "no-device") with the reason where the wish cannot be met.
ComputeChoice chooseDevice(const std::string& wish, int threads);

/// Cores this process may run on.
int availableCores();
/// Bytes that can still be taken on the device: free memory of the GPU; of the machine, the container's limit respected.
std::uint64_t availableMemory(const DeviceInfo& device);
/// The processor's widest useful instruction sets, e.g. "avx512+avx512_bf16+amx_bf16", as limited by ONEDNN_MAX_CPU_ISA.
std::string instructionSet();

/// What results depend on, for checkpoints and reports: device, threads, instruction set, versions.
Json environment(const ComputeChoice& choice);
Json toJson(const DeviceReport& report);

}  // namespace roundel
