#include "nn/pass.h"

#include <ATen/CPUGeneratorImpl.h>

#include <vector>

namespace roundel::nn {

using torch::Tensor;

at::Generator generatorOf(std::uint64_t seed, torch::Device device) {
  auto generator = device.is_cuda() ? at::globalContext().defaultGenerator(device).clone() : at::make_generator<at::CPUGeneratorImpl>();
  generator.set_current_seed(seed);
  return generator;
}

Pass Pass::judging(Trace* trace) {
  Pass pass;
  pass.m_trace = trace;
  return pass;
}

Pass Pass::learning(std::uint64_t seed, torch::Device device, BatchRows rows) {
  Pass pass;
  pass.m_learns = true;
  pass.m_device = device;
  pass.m_generator = generatorOf(seed, device);
  pass.m_rows = std::move(rows);
  return pass;
}

Tensor Pass::kept(const Tensor& x, torch::IntArrayRef shape, double share) const {
  if (!m_learns || share <= 0) return x;
  const auto draw = [&](torch::IntArrayRef all) {
    return torch::empty(all, x.options().requires_grad(false)).bernoulli_(1 - share, m_generator).div_(1 - share);
  };
  return x * m_rows.drawn(shape, draw);
}

Tensor Pass::dropout(const Tensor& x, double share) const { return kept(x, x.sizes(), share); }

Tensor Pass::channelDropout(const Tensor& x, double share) const {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[0] = x.size(0), shape[1] = x.size(1);
  return kept(x, shape, share);
}

Tensor Pass::uniform(torch::IntArrayRef shape, double low, double high) const {
  return torch::empty(shape, torch::TensorOptions().device(m_device)).uniform_(low, high, m_generator);
}

}  // namespace roundel::nn
