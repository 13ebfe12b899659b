#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "fabric/fabric.h"
#include "fabric/nccl.h"
#include "nn/pass.h"

namespace roundel {

/// Which part of every batch this process learns from, and how sums over its part become sums over the whole batch.
///
/// A loss is a function of sums over the batch. Where those are the sums of all ranks, every rank has the loss of the whole batch, the
/// gradient on its own part of it, and the gradient of the whole is the plain sum over the ranks: the same numbers, up to the order of
/// additions, as in one process. All ranks call the same functions in the same order. Alone, everything stays as it is.
class BatchShare {
 public:
  BatchShare() = default;
  explicit BatchShare(std::shared_ptr<Fabric> fabric) : m_fabric(fabric && !fabric->alone() ? std::move(fabric) : nullptr) {}

  /// Gradients on GPUs are added up by NCCL where all ranks can. All call this together, each with its own device, before it is copied.
  void addUpOn(torch::Device device);

  bool alone() const { return m_fabric == nullptr; }
  /// Whether this is rank 0, or alone.
  bool first() const { return alone() || m_fabric->first(); }
  /// Of so many samples in a row, the first that is this rank's, and how many are. Throws Error(Usage, "batch-too-small") where a rank
  /// would have none.
  std::pair<std::int64_t, std::int64_t> of(std::int64_t count) const;
  std::vector<std::int64_t> ownOf(const std::vector<std::int64_t>& all) const;
  /// For a pass through a network of this rank's parts of streams of so many samples, one after the other.
  nn::BatchRows rows(std::initializer_list<std::int64_t> streams) const;

  /// Sums of all ranks, for what only a loss is made of: the gradient goes on to this rank's part as it is.
  torch::Tensor summed(const torch::Tensor& sums) const;
  std::vector<double> summed(std::vector<double> sums) const;
  /// The mean over all elements of all ranks.
  torch::Tensor mean(const torch::Tensor& values) const;
  /// The same for each class of maps [B, C, H, W]: [C].
  torch::Tensor meanByClass(const torch::Tensor& maps) const;
  /// Gradients of all ranks, as one buffer. Of a parameter that has none on any rank nothing becomes of it. Returns the sum of `also`.
  double sumGradients(const std::vector<torch::Tensor>& parameters, double also = 0) const;

 private:
  std::shared_ptr<Fabric> m_fabric;
  std::shared_ptr<Nccl> m_nccl;  ///< for gradients on GPUs; null: they go through the fabric
};

}  // namespace roundel
