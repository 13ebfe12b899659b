#pragma once
#include <torch/torch.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "models/generalist.h"
#include "nn/trace.h"

namespace roundel {

/// What a network with brought weights remembers of an image; each generalist derives its own.
struct NetworkEmbedding : Embedding {
  std::string hash;  ///< contentHash() of the generalist it belongs to
};

/// The embedding as the `Kind` that the generalist of that contentHash() makes. Throws Error(Defect, "wrong-embedding").
template <class Kind>
const Kind& own(const Embedding& embedding, std::string_view hash) {
  const auto* mine = dynamic_cast<const Kind*>(&embedding);
  if (mine == nullptr || mine->hash != hash)
    throw Error(ErrorKind::Defect, "wrong-embedding", "An embedding of another generalist was handed over.");
  return *mine;
}

/// Keeps nothing, and stops the network between two of its blocks where the job is to stop: throws Cancelled.
inline nn::Trace stoppingWith(const Job& job) {
  return nn::Trace([&job](const std::string&) {
    job.throwIfStopped();
    return false;
  });
}

/// The numbers of a tensor on any device and of any type, row by row.
inline std::vector<float> floats(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  return {plain.const_data_ptr<float>(), plain.const_data_ptr<float>() + plain.numel()};
}

}  // namespace roundel
