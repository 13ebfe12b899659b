#include "device/device.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <malloc.h>
#include <sched.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "core/build_id.h"
#include "core/error.h"
#include "device/cuda_driver.h"
#include "device/processor.h"

namespace roundel {
namespace {

DeviceReport look() {
  DeviceReport report;
  report.devices.push_back({.kind = DeviceKind::Cpu, .index = 0, .name = processorName(), .memoryBytes = machineMemory()});
  CudaProbe probe = probeCuda();
  report.whyNotCuda = probe.whyNot;
  for (auto& device : probe.devices) report.devices.push_back(std::move(device));
  return report;
}

ComputeChoice onProcessor(int threads) {
  return {.device = deviceReport().devices.front(),
          .threads = threads,
          .fastPrecision = bfloat16IsFaster() ? Precision::BFloat16 : Precision::Float32};
}

/// A training step takes and gives back dozens of blocks of tens of megabytes. The allocator would return each to the kernel and
/// have it cleared anew: a third of a step on two cores. It keeps them for the next step instead.
void keepMemoryBetweenSteps() {
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_TOP_PAD, 64 << 20);
}

ComputeChoice onGpu(const DeviceInfo& device, int threads) {
  const bool fast = !device.computeCapability.empty() && device.computeCapability.front() >= '8';
  return {.device = device, .threads = threads, .fastPrecision = fast ? Precision::BFloat16 : Precision::Float32};
}

const DeviceInfo* findCuda(int index) {
  for (const auto& device : deviceReport().devices)
    if (device.kind == DeviceKind::Cuda && device.index == index) return &device;
  return nullptr;
}

int cudaIndex(const std::string& wish) {
  int index = -1;
  const std::string digits = wish == "cuda" ? "0" : wish.starts_with("cuda:") ? wish.substr(5) : "";
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (code != std::errc() || end != digits.data() + digits.size() || index < 0)
    throw Error(ErrorKind::Usage, "bad-device", "There is no device named " + wish + ".", {.remedy = "Say auto, cpu or cuda:0."});
  return index;
}

ComputeChoice choose(const std::string& wish, int threads) {
  if (wish == "cpu") return onProcessor(threads);
  if (wish == "auto" || wish.empty()) {
    for (const auto& device : deviceReport().devices)
      if (device.kind == DeviceKind::Cuda && device.usable) return onGpu(device, threads);
    ComputeChoice choice = onProcessor(threads);
    choice.whyNotCuda = deviceReport().whyNotCuda;
    return choice;
  }
  const int index = cudaIndex(wish);
  const DeviceInfo* device = findCuda(index);
  if (device != nullptr && device->usable) return onGpu(*device, threads);
  const std::string reason = device != nullptr ? device->whyNot : deviceReport().whyNotCuda;
  throw Error(ErrorKind::Resource, "no-device",
              wish + " cannot be used. " + (reason.empty() ? "This machine has no GPU of that number." : reason),
              {.remedy = "Leave --device away: the processor is used then."});
}

}  // namespace

const DeviceReport& deviceReport() {
  static const DeviceReport report = look();
  return report;
}

int availableCores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (::sched_getaffinity(0, sizeof cores, &cores) == 0) return std::max(1, CPU_COUNT(&cores));
  return 1;
}

ComputeChoice chooseDevice(const std::string& wish, int threads) {
  keepOneDnnBelowTiles();
  keepMemoryBetweenSteps();
  ComputeChoice choice = choose(wish, threads > 0 ? threads : availableCores());
  at::globalContext().setAllowTF32CuDNN(false);  // float32 means it on a GPU too: cuDNN rounds to 10 bits of mantissa unless told not to
  at::set_num_threads(choice.threads);
  return choice;
}

std::uint64_t availableMemory(const DeviceInfo& device) {
  return device.kind == DeviceKind::Cuda ? freeCudaMemory(device.index) : freeMachineMemory();
}

Json environment(const ComputeChoice& choice) {
  return {{"device", choice.onGpu() ? "cuda:" + std::to_string(choice.device.index) : "cpu"},
          {"device_name", choice.device.name},
          {"threads", choice.threads},
          {"instruction_set", instructionSet()},
          {"libtorch", TORCH_VERSION},
          {"build", buildId()},
          {"why_not_cuda", choice.whyNotCuda.empty() ? Json() : Json(choice.whyNotCuda)}};
}

Json toJson(const DeviceReport& report) {
  Json devices = Json::array();
  for (const auto& device : report.devices)
    devices.push_back({{"device", device.kind == DeviceKind::Cpu ? "cpu" : "cuda:" + std::to_string(device.index)},
                       {"name", device.name},
                       {"memory_bytes", device.memoryBytes},
                       {"compute_capability", device.computeCapability.empty() ? Json() : Json(device.computeCapability)},
                       {"usable", device.usable},
                       {"why_not", device.whyNot.empty() ? Json() : Json(device.whyNot)}});
  return {{"devices", devices},
          {"why_not_cuda", report.whyNotCuda.empty() ? Json() : Json(report.whyNotCuda)},
          {"cores", availableCores()},
          {"instruction_set", instructionSet()},
          {"libtorch", TORCH_VERSION}};
}

}  // namespace roundel
