#pragma once
#include <cstdint>

namespace roundel {

/// Bytes of memory that this machine has, or that the container is allowed; the largest number where nobody says.
std::uint64_t machineMemory();
/// What a process can still take without the machine (or the container) running out of it.
std::uint64_t freeMachineMemory();

}  // namespace roundel
