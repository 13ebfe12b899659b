#include "core/machine_memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <string>

namespace roundel {
namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

/// The number behind `key` in a file of lines "key: number kB" (unit 1024) or "key number" (unit 1).
std::uint64_t behind(const char* file, const std::string& key, std::uint64_t unit) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    const auto digit = line.find_first_of("0123456789", key.size());
    std::uint64_t value = 0;
    if (digit != std::string::npos) std::from_chars(line.data() + digit, line.data() + line.size(), value);
    return value * unit;
  }
  return kUnknown;
}

/// A file that holds one number; anything else ("max") is no limit.
std::uint64_t number(const char* file) {
  std::ifstream stream(file);
  std::string text;
  stream >> text;
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end != text.data() ? value : kUnknown;
}

std::uint64_t containerLimit() {
  return std::min(number("/sys/fs/cgroup/memory.max"), number("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
}

/// Without the files that the kernel keeps and would give up first.
std::uint64_t containerUse() {
  const bool second = number("/sys/fs/cgroup/memory.current") != kUnknown;
  const std::uint64_t use = second ? number("/sys/fs/cgroup/memory.current") : number("/sys/fs/cgroup/memory/memory.usage_in_bytes");
  if (use == kUnknown) return 0;
  const std::uint64_t kept = second ? behind("/sys/fs/cgroup/memory.stat", "inactive_file ", 1)
                                    : behind("/sys/fs/cgroup/memory/memory.stat", "total_inactive_file ", 1);
  return kept == kUnknown ? use : use - std::min(use, kept);
}

}  // namespace

std::uint64_t machineMemory() { return std::min(behind("/proc/meminfo", "MemTotal:", 1024), containerLimit()); }

std::uint64_t freeMachineMemory() {
  const std::uint64_t limit = containerLimit();
  const std::uint64_t inside = limit == kUnknown ? kUnknown : limit - std::min(limit, containerUse());
  return std::min(behind("/proc/meminfo", "MemAvailable:", 1024), inside);
}

}  // namespace roundel
