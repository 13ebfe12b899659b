#pragma once
#include <cstddef>
#include <memory>

#include "fabric/fabric.h"

namespace roundel {

/// Sums of buffers that lie on CUDA devices, by NVIDIA's NCCL, which is loaded at run time where it is installed (libnccl.so.2; LibTorch's
/// CUDA part brings it). Every rank has a device of its own. No machine with several GPUs was at hand: this has never run.
class Nccl {
 public:
  /// All ranks call this, each with its device chosen in the calling thread. Null on every rank where one of them cannot take part: sums
  /// go through the fabric then.
  static std::unique_ptr<Nccl> open(Fabric& fabric);
  ~Nccl();
  Nccl(const Nccl&) = delete;
  Nccl& operator=(const Nccl&) = delete;

  /// Every rank's floats become the sum over all ranks, on CUDA's default stream, on which LibTorch computes.
  /// Throws Error(Resource, "device-failed").
  void allReduce(float* onDevice, std::size_t count);

 private:
  struct Library;
  Nccl(std::shared_ptr<const Library> library, void* group);
  std::shared_ptr<const Library> m_library;
  void* m_group;
};

}  // namespace roundel
