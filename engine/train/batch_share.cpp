#include "train/batch_share.h"

#include <c10/core/DeviceGuard.h>

#include <string>
#include <utility>

#include "core/error.h"

namespace roundel {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

Tensor reduced(const Tensor& values, Fabric& fabric) {
  const Tensor sums = values.detach().to(torch::kCPU, torch::kFloat, false, true).contiguous();
  fabric.allReduce(std::span(sums.mutable_data_ptr<float>(), static_cast<std::size_t>(sums.numel())));
  return sums.to(values.device(), values.scalar_type());
}

/// The sum over the ranks. Everything after it is the same on all ranks, so that the gradient of what goes in is that of the sum.
class LossSum : public torch::autograd::Function<LossSum> {
 public:
  static Tensor forward(AutogradContext*, const Tensor& values, Fabric* fabric) { return reduced(values, *fabric); }
  static tensor_list backward(AutogradContext*, tensor_list gradients) { return {gradients[0], Tensor()}; }
};

/// The sum over the ranks of what every rank goes on to use for its own samples: gradients are added up, too.
class StatisticsSum : public torch::autograd::Function<StatisticsSum> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& values, Fabric* fabric) {
    context->saved_data["fabric"] = reinterpret_cast<std::int64_t>(fabric);
    return reduced(values, *fabric);
  }
  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    return {reduced(gradients[0], *reinterpret_cast<Fabric*>(context->saved_data["fabric"].toInt())), Tensor()};
  }
};

}  // namespace

void BatchShare::addUpOn(torch::Device device) {
  if (alone() || !device.is_cuda()) return;
  const c10::DeviceGuard chosen(device);
  m_nccl = Nccl::open(*m_fabric);
}

std::pair<std::int64_t, std::int64_t> BatchShare::of(std::int64_t count) const {
  if (alone()) return {0, count};
  const std::int64_t rank = m_fabric->rank(), size = m_fabric->size();
  if (count < size)
    throw Error(ErrorKind::Usage, "batch-too-small",
                "A batch (or its half with or without labels) has " + std::to_string(count) + " samples, and there are " +
                    std::to_string(size) + " ranks to share it: one would have nothing to learn from.",
                {.remedy = "Take a larger batch (--set batch=...) or fewer ranks."});
  const std::int64_t first = count * rank / size;
  return {first, count * (rank + 1) / size - first};
}

std::vector<std::int64_t> BatchShare::ownOf(const std::vector<std::int64_t>& all) const {
  const auto [first, count] = of(static_cast<std::int64_t>(all.size()));
  return {all.begin() + first, all.begin() + first + count};
}

nn::BatchRows BatchShare::rows(std::initializer_list<std::int64_t> streams) const {
  if (alone()) return {};
  std::vector<std::int64_t> own;
  std::int64_t whole = 0;
  for (const std::int64_t stream : streams) {
    const auto [first, count] = of(stream);
    for (std::int64_t i = 0; i < count; ++i) own.push_back(whole + first + i);
    whole += stream;
  }
  return {.own = torch::tensor(own, torch::kLong), .whole = whole, .summed = [fabric = m_fabric](const Tensor& sums) {
            return StatisticsSum::apply(sums, fabric.get());
          }};
}

Tensor BatchShare::summed(const Tensor& sums) const { return alone() ? sums : LossSum::apply(sums, m_fabric.get()); }

std::vector<double> BatchShare::summed(std::vector<double> sums) const {
  if (!alone()) m_fabric->allReduce(sums);
  return sums;
}

Tensor BatchShare::mean(const Tensor& values) const {
  if (alone()) return values.mean();
  const Tensor both = summed(torch::stack({values.sum(), torch::full({}, static_cast<double>(values.numel()), values.options())}));
  return both[0] / both[1];
}

Tensor BatchShare::meanByClass(const Tensor& maps) const {
  if (alone()) return maps.mean({0, 2, 3});
  const Tensor sums = maps.sum({0, 2, 3}), count = torch::full({1}, static_cast<double>(maps.numel() / maps.size(1)), maps.options());
  const Tensor both = summed(torch::cat({sums, count}));
  return both.narrow(0, 0, maps.size(1)) / both[maps.size(1)];
}

double BatchShare::sumGradients(const std::vector<Tensor>& parameters, double also) const {
  if (alone()) return also;
  const torch::NoGradGuard guard;
  std::vector<Tensor> parts;
  std::vector<float> ends{static_cast<float>(also)};
  for (const Tensor& one : parameters) {
    ends.push_back(one.grad().defined() ? 1.0f : 0.0f);
    parts.push_back(one.grad().defined() ? one.grad().reshape({-1}).to(torch::kFloat) : torch::zeros({one.numel()}, one.options()));
  }
  parts.push_back(torch::tensor(ends).to(parameters.front().device()));
  Tensor flat = torch::cat(parts);
  if (m_nccl) {
    const c10::DeviceGuard chosen(flat.device());
    m_nccl->allReduce(flat.mutable_data_ptr<float>(), static_cast<std::size_t>(flat.numel()));
  } else {
    flat = reduced(flat, *m_fabric);
  }
  const Tensor counts = flat.narrow(0, flat.size(0) - static_cast<std::int64_t>(ends.size()), static_cast<std::int64_t>(ends.size())).cpu();
  std::int64_t at = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Tensor parameter = parameters[i];
    if (counts[static_cast<std::int64_t>(i) + 1].item<float>() > 0)
      parameter.mutable_grad() = flat.narrow(0, at, parameter.numel()).view(parameter.sizes()).to(parameter.scalar_type());
    at += parameter.numel();
  }
  return counts[0].item<double>();
}

}  // namespace roundel
