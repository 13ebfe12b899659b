#include "device/cuda_driver.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/cuda.h>

#include <array>
#include <filesystem>

namespace roundel {
namespace {

// The driver's interface, as far as it is needed (stable since CUDA 4).
using Result = int;
constexpr int kAttributeMajor = 75, kAttributeMinor = 76;
constexpr int kNeededDriver = 13000;   // LibTorch 2.15 is built with CUDA 13: driver 580
constexpr int kNeededCapability = 75;  // its kernels begin at 7.5

struct Driver {
  Result (*init)(unsigned) = nullptr;
  Result (*version)(int*) = nullptr;
  Result (*count)(int*) = nullptr;
  Result (*get)(int*, int) = nullptr;
  Result (*name)(char*, int, int) = nullptr;
  Result (*attribute)(int*, int, int) = nullptr;
  Result (*memory)(std::size_t*, int) = nullptr;
};

template <class Function>
bool take(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool load(Driver& driver) {
  void* library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  return library != nullptr && take(library, "cuInit", driver.init) && take(library, "cuDriverGetVersion", driver.version) &&
         take(library, "cuDeviceGetCount", driver.count) && take(library, "cuDeviceGet", driver.get) &&
         take(library, "cuDeviceGetName", driver.name) && take(library, "cuDeviceGetAttribute", driver.attribute) &&
         take(library, "cuDeviceTotalMem_v2", driver.memory);
}

DeviceInfo describe(const Driver& driver, int index) {
  DeviceInfo info{.kind = DeviceKind::Cuda, .index = index, .name = "GPU"};
  int handle = 0, major = 0, minor = 0;
  std::array<char, 256> name{};
  std::size_t bytes = 0;
  driver.get(&handle, index);
  if (driver.name(name.data(), static_cast<int>(name.size()) - 1, handle) == 0) info.name = name.data();
  if (driver.memory(&bytes, handle) == 0) info.memoryBytes = bytes;
  driver.attribute(&major, kAttributeMajor, handle);
  driver.attribute(&minor, kAttributeMinor, handle);
  info.computeCapability = std::to_string(major) + "." + std::to_string(minor);
  if (major * 10 + minor < kNeededCapability) {
    info.usable = false;
    info.whyNot = info.name + " is too old: it has compute capability " + info.computeCapability + ", and 7.5 or newer is needed.";
  }
  return info;
}

/// An empty text, or why LibTorch's CUDA part cannot be loaded. LibTorch must not be asked for CUDA before it is loaded: it would remember for
/// the rest of the process that there is none.
std::string loadTorchCuda() {
  Dl_info where{};
  if (::dladdr(reinterpret_cast<void*>(&at::get_num_threads), &where) == 0 || where.dli_fname == nullptr)
    return "LibTorch's own folder was not found.";
  const auto library = std::filesystem::path(where.dli_fname).parent_path() / "libtorch_cuda.so";
  std::error_code code;
  if (!std::filesystem::exists(library, code)) return "This LibTorch is a build for processors alone.";
  if (::dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    const char* reason = ::dlerror();
    return std::string("LibTorch's CUDA part could not be loaded: ") + (reason != nullptr ? reason : "no reason given") + ".";
  }
  return torch::cuda::is_available() ? std::string() : "LibTorch's CUDA part was loaded, but finds no device.";
}

}  // namespace

CudaProbe probeCuda() {
  CudaProbe probe;
  Driver driver;
  if (!load(driver)) {
    probe.whyNot = "No NVIDIA driver is installed.";
    return probe;
  }
  int version = 0, count = 0;
  if (driver.init(0) != 0 || driver.version(&version) != 0 || driver.count(&count) != 0 || count == 0) {
    probe.whyNot = "An NVIDIA driver is installed, but it finds no GPU.";
    return probe;
  }
  for (int index = 0; index < count; ++index) probe.devices.push_back(describe(driver, index));
  std::string reason;
  if (version < kNeededDriver)
    reason = "The NVIDIA driver is too old: it speaks CUDA " + std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10) +
             ", and CUDA 13 (driver 580 or newer) is needed.";
  bool fitting = false;
  for (const auto& device : probe.devices) fitting = fitting || device.usable;
  if (reason.empty() && fitting) reason = loadTorchCuda();
  if (!reason.empty())
    for (auto& device : probe.devices) {
      device.usable = false;
      if (device.whyNot.empty()) device.whyNot = reason;
    }
  probe.whyNot = !reason.empty() ? reason : fitting ? std::string() : probe.devices.front().whyNot;
  return probe;
}

std::uint64_t freeCudaMemory(int index) {
  for (const auto& device : deviceReport().devices)
    if (device.kind == DeviceKind::Cuda && device.index == index && device.usable) {
      // The driver's call of the newest context; LibTorch has made the primary one current.
      void* library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
      Result (*memory)(std::size_t*, std::size_t*) = nullptr;
      std::size_t free = 0, total = 0;
      if (library != nullptr && take(library, "cuMemGetInfo_v2", memory) && memory(&free, &total) == 0) return free;
      return device.memoryBytes / 10 * 9;
    }
  return 0;
}

}  // namespace roundel
