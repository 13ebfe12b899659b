#pragma once
#include <torch/torch.h>

#include <cstdint>

#include "core/random.h"
#include "nn/trace.h"

namespace roundel::nn {

/// How a network that can be trained is run: to judge (no dropout, BatchNorm by its running statistics) or to learn (dropout, BatchNorm by
/// the batch, whose statistics it remembers).
///
/// Dropout draws from a generator of the pass's own, made from a number: the same pass through the same network drops the same
/// elements, whatever was drawn before.
class Pass {
 public:
  /// To judge. A trace sees what is computed on the way.
  static Pass judging(Trace* trace = nullptr);
  /// To learn, with the randomness of `seed`, on `device`.
  static Pass learning(std::uint64_t seed, torch::Device device);

  bool learns() const { return m_learns; }
  Trace* trace() const { return m_trace; }

  /// Elements are dropped with probability `share`, the others scaled up; unchanged where nothing is learnt.
  torch::Tensor dropout(const torch::Tensor& x, double share) const;
  /// The same for whole channels [N, C, ...].
  torch::Tensor channelDropout(const torch::Tensor& x, double share) const;
  /// Uniform numbers in [low, high) of a shape, float32.
  torch::Tensor uniform(torch::IntArrayRef shape, double low, double high) const;

 private:
  torch::Tensor kept(const torch::Tensor& x, torch::IntArrayRef shape, double share) const;

  bool m_learns = false;
  Trace* m_trace = nullptr;
  mutable at::Generator m_generator;
  torch::Device m_device = torch::kCPU;
};

/// A generator that gives the numbers of `seed` on `device`.
at::Generator generatorOf(std::uint64_t seed, torch::Device device);

}  // namespace roundel::nn
