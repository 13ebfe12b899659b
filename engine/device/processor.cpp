#include "device/processor.h"

#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "device/device.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace roundel {
namespace {

constexpr const char* kOneDnnLimit = "AVX512_CORE_BF16";
constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

/// The number behind `key` in a file of lines "key: number kB".
std::uint64_t kibibytes(const char* file, const std::string& key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    const auto digit = line.find_first_of("0123456789");
    std::uint64_t value = 0;
    if (digit != std::string::npos) std::from_chars(line.data() + digit, line.data() + line.size(), value);
    return value * 1024;
  }
  return kUnknown;
}

}  // namespace

void keepOneDnnBelowTiles() { ::setenv("ONEDNN_MAX_CPU_ISA", kOneDnnLimit, 0); }

std::string processorName() {
  std::ifstream lines("/proc/cpuinfo");
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.size(), line.find(':') + 2));
  return "processor";
}

void startPeakMemory() {
  ::malloc_trim(0);  // what was freed before is not held now
  std::ofstream("/proc/self/clear_refs") << "5";
}

std::uint64_t peakMemory() {
  const std::uint64_t peak = kibibytes("/proc/self/status", "VmHWM");
  return peak == kUnknown ? 0 : peak;
}

#if defined(__x86_64__)
namespace {

struct CpuidWords {
  unsigned a = 0, b = 0, c = 0, d = 0;
};

CpuidWords cpuid(unsigned leaf, unsigned part) {
  CpuidWords words;
  if (__get_cpuid_count(leaf, part, &words.a, &words.b, &words.c, &words.d) == 0) return {};
  return words;
}

bool hasPairProducts() {
  return (cpuid(7, 1).a & (1u << 5)) != 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

/// Linux gives tile registers only to processes that ask (arch_prctl, ARCH_REQ_XCOMP_PERM for XTILEDATA).
bool askForTiles() {
  constexpr unsigned kTile = 1u << 24, kTileBFloat16 = 1u << 22;
  const unsigned features = cpuid(7, 0).d;
  if ((features & kTile) == 0 || (features & kTileBFloat16) == 0) return false;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

MatrixUnit findUnit() {
  const char* wish = std::getenv("ROUNDEL_MATRIX_UNIT");
  const std::string most = wish == nullptr ? "" : wish;
  if (most == "none" || !hasPairProducts()) return MatrixUnit::None;
  return most != "vectors" && askForTiles() ? MatrixUnit::Tiles : MatrixUnit::Vectors;
}

}  // namespace

MatrixUnit matrixUnit() {
  static const MatrixUnit unit = findUnit();
  return unit;
}

bool bfloat16IsFaster() { return matrixUnit() == MatrixUnit::Tiles || (matrixUnit() == MatrixUnit::Vectors && __builtin_cpu_is("amd")); }
#else
MatrixUnit matrixUnit() { return MatrixUnit::None; }
bool bfloat16IsFaster() { return false; }
#endif

std::string instructionSet() {
  std::string set = "baseline";
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) set = "avx2";
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
    set = "avx512";
    if (matrixUnit() != MatrixUnit::None) set += "+avx512_bf16";
    if (matrixUnit() == MatrixUnit::Tiles) set += "+amx_bf16";
  }
#endif
  // oneDNN is kept below AMX by ourselves (device.cpp); another limit is somebody's wish.
  const char* limit = std::getenv("ONEDNN_MAX_CPU_ISA");
  return limit == nullptr || std::string(limit) == kOneDnnLimit ? set : set + ", oneDNN limited to " + limit;
}

}  // namespace roundel
