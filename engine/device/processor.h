#pragma once
#include <cstdint>
#include <string>

namespace roundel {

/// What /proc says of the machine; the container's memory limit (cgroup v1 and v2) is respected.
std::string processorName();
std::uint64_t machineMemory();
std::uint64_t freeMachineMemory();

/// Whether this process may use the processor's matrix tiles (Intel AMX with bfloat16); the kernel is asked for them once.
/// ROUNDEL_MATRIX_TILES=0 in the environment says no.
bool matrixTiles();

/// Keeps oneDNN at AVX-512, unless the person has said otherwise in ONEDNN_MAX_CPU_ISA; it reads that when it is first used. Convolutions
/// on tiles are ours (nn/tile_conv.h): under virtual machines that hide the tiles' sizes (CPUID leaf 1Dh) oneDNN has been seen to
/// refuse them for convolutions and to end in an illegal instruction for transposed ones.
void keepOneDnnBelowTiles();

}  // namespace roundel
