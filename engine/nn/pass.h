#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/random.h"
#include "nn/trace.h"

namespace roundel::nn {

/// Which rows of a batch this process has where several share it.
struct BatchRows {
  torch::Tensor own = {};                                          ///< [n] int64: their positions in the whole batch; undefined: it has all
  std::int64_t whole = 0;                                          ///< rows of the whole batch
  std::function<torch::Tensor(const torch::Tensor&)> summed = {};  ///< sums over all processes, forwards and backwards; null: it is alone

  /// What `draw` gives for a shape whose first axis is the batch: drawn for the whole, so that a sample gets what is its own wherever it
  /// is.
  template <class Draw>
  torch::Tensor drawn(torch::IntArrayRef shape, const Draw& draw) const {
    if (!own.defined()) return draw(shape);
    std::vector<std::int64_t> all(shape.begin(), shape.end());
    all.at(0) = whole;
    const torch::Tensor values = draw(torch::IntArrayRef(all));
    return values.index_select(0, own.to(values.device()));
  }
};

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
  static Pass learning(std::uint64_t seed, torch::Device device, BatchRows rows = {});

  bool learns() const { return m_learns; }
  Trace* trace() const { return m_trace; }
  const BatchRows& rows() const { return m_rows; }

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
  BatchRows m_rows;
};

/// A generator that gives the numbers of `seed` on `device`.
at::Generator generatorOf(std::uint64_t seed, torch::Device device);

}  // namespace roundel::nn
