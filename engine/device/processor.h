#pragma once
#include <cstdint>
#include <string>

namespace roundel {

/// What /proc says of the machine; the container's memory limit (cgroup v1 and v2) is respected.
std::string processorName();
std::uint64_t machineMemory();
std::uint64_t freeMachineMemory();

}  // namespace roundel
