#pragma once
#include <torch/torch.h>

#include <vector>

#include "models/specialists/output_form.h"
#include "train/batch_share.h"

namespace roundel {

// The terms by which pictures without labels teach (ALGORITHMS.md 2.2), for softmax outputs as published and for classes on their own.
// Maps are [N, K, ...]; probabilities float32.

/// Entropy of probabilities in nats: [N, 1, ...] over softmax outputs, [N, K, ...] of every class on its own. `floor` is added inside the
/// logarithm (1e-6 in UA-MT).
torch::Tensor entropyOf(const torch::Tensor& probabilities, OutputForm form, double floor = 1e-6);

/// The entropy of complete ignorance over `outputs` outputs: ln outputs for softmax, ln 2 for a class on its own.
double largestEntropy(OutputForm form, std::int64_t outputs);

/// UA-MT: 1 where the entropy of the teacher's mean probabilities is below (0.75 + 0.25 `ramp`) of the largest one.
torch::Tensor certainMask(const torch::Tensor& meanProbabilities, OutputForm form, double ramp);

/// Mean squared difference over what `mask` (of one channel, or of all) lets through.
torch::Tensor maskedSquares(const torch::Tensor& student, const torch::Tensor& teacher, const torch::Tensor& mask,
                            const BatchShare& share = {});

/// URPC: how far every output is from their mean, weighed by how sure it is. Nothing is detached (as published).
struct PyramidConsistency {
  torch::Tensor loss;                   ///< mean over the outputs
  std::vector<torch::Tensor> each;      ///< of every output
  std::vector<torch::Tensor> variance;  ///< V_i: divergence of the mean from the output, [N, 1, ...] or [N, K, ...]
};
PyramidConsistency pyramidConsistency(const std::vector<torch::Tensor>& logits, OutputForm form, const BatchShare& share = {});

/// DTC: the mask that a signed distance (negative inside) describes, sigmoid(-1500 x).
torch::Tensor maskOfDistance(const torch::Tensor& distance);

}  // namespace roundel
