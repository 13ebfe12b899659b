#pragma once
#include <cstdint>
#include <string>

#include "core/machine_memory.h"

namespace roundel {

/// What /proc says of the processor.
std::string processorName();
/// Forgets how much memory this process held at most, and what it held at most since; 0 where the system does not say.
void startPeakMemory();
std::uint64_t peakMemory();

/// How this processor multiplies bfloat16 with sums in float32.
enum class MatrixUnit {
  None,
  Vectors,  ///< pair products of AVX-512 (avx512_bf16)
  Tiles,    ///< Intel AMX; the kernel is asked for its tiles once
};

/// The best unit this process may use. ROUNDEL_MATRIX_UNIT=vectors or none in the environment allows no more than that.
MatrixUnit matrixUnit();

/// Whether bfloat16 is the faster arithmetic: on tiles, and with AMD's pair products, which do twice the work of float32 ones; Intel's do
/// the same work, and rounding costs more than it brings.
bool bfloat16IsFaster();

/// Keeps oneDNN at AVX-512, unless the person has said otherwise in ONEDNN_MAX_CPU_ISA; it reads that when it is first used. Convolutions
/// on tiles are ours (nn/tile_conv.h): under virtual machines that hide the tiles' sizes (CPUID leaf 1Dh) oneDNN has been seen to
/// refuse them for convolutions and to end in an illegal instruction for transposed ones.
void keepOneDnnBelowTiles();

}  // namespace roundel
