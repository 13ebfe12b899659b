#include "nn/learning_layers.h"

#include <cmath>
#include <vector>

#include "core/random.h"
#include "nn/blocks2d.h"

namespace roundel::nn {

using torch::Tensor;

Named& moduleAt(torch::nn::Module& owner, const std::string& path) {
  torch::nn::Module* at = &owner;
  std::size_t from = 0;
  while (true) {
    const std::size_t dot = path.find('.', from);
    const std::string name = path.substr(from, dot == std::string::npos ? dot : dot - from);
    const auto children = at->named_children();
    at = children.contains(name) ? children[name].get() : at->register_module(name, std::make_shared<Named>()).get();
    if (dot == std::string::npos) return dynamic_cast<Named&>(*at);
    from = dot + 1;
  }
}

Tensor channelsLast(const Tensor& x) {
  return x.contiguous(x.dim() == 5 ? torch::MemoryFormat::ChannelsLast3d : torch::MemoryFormat::ChannelsLast);
}

LearningConv::LearningConv(torch::nn::Module& owner, const std::string& path, int dimensions, const LearningConvForm& form)
    : m_stride(form.stride), m_padding(form.padding) {
  Named& at = moduleAt(owner, path);
  std::vector<std::int64_t> shape{form.out, form.in};
  shape.insert(shape.end(), static_cast<std::size_t>(dimensions), form.kernel);
  m_weight = at.add("weight", torch::empty(shape));
  m_bias = at.add("bias", torch::empty({form.out}));
}

Tensor LearningConv::operator()(const Tensor& x) const {
  const Tensor weight = m_weight.to(x.scalar_type()), bias = m_bias.to(x.scalar_type());
  return x.dim() == 5 ? torch::conv3d(x, weight, bias, m_stride, m_padding) : torch::conv2d(x, weight, bias, m_stride, m_padding);
}

LearningUp::LearningUp(torch::nn::Module& owner, const std::string& path, std::int64_t in, std::int64_t out) {
  Named& at = moduleAt(owner, path);
  m_weight = at.add("weight", torch::empty({in, out, 2, 2, 2}));
  m_bias = at.add("bias", torch::empty({out}));
}

Tensor LearningUp::operator()(const Tensor& x) const {
  return torch::conv_transpose3d(x, m_weight.to(x.scalar_type()), m_bias.to(x.scalar_type()), 2);
}

LearningBatchNorm::LearningBatchNorm(torch::nn::Module& owner, const std::string& path, std::int64_t channels) {
  Named& at = moduleAt(owner, path);
  m_weight = at.add("weight", torch::ones({channels}));
  m_bias = at.add("bias", torch::zeros({channels}));
  m_mean = at.register_buffer("running_mean", torch::zeros({channels}));
  m_variance = at.register_buffer("running_var", torch::ones({channels}));
  m_batches = at.register_buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
}

Tensor LearningBatchNorm::overAllProcesses(const Tensor& x, const BatchRows& rows) const {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1), others{0};
  shape[1] = x.size(1);
  for (std::int64_t axis = 2; axis < x.dim(); ++axis) others.push_back(axis);
  const Tensor values = x.to(torch::kFloat);
  const double count = static_cast<double>(x.numel() / x.size(1)) * static_cast<double>(rows.whole) / static_cast<double>(x.size(0));
  const Tensor mean = rows.summed(values.sum(others)) / count, centred = values - mean.view(shape);
  const Tensor variance = rows.summed(centred.square().sum(others)) / count;
  {
    const torch::NoGradGuard guard;
    Tensor(m_mean).mul_(0.9).add_(mean, 0.1);
    Tensor(m_variance).mul_(0.9).add_(variance, 0.1 * count / (count - 1));
  }
  const Tensor normal = centred * torch::rsqrt(variance + 1e-5).view(shape);
  return (normal * m_weight.view(shape) + m_bias.view(shape)).to(x.scalar_type());
}

Tensor LearningBatchNorm::operator()(const Tensor& x, const Pass& pass) const {
  if (pass.learns()) {
    const torch::NoGradGuard guard;
    Tensor(m_batches).add_(1);
  }
  if (pass.learns() && pass.rows().summed) return overAllProcesses(x, pass.rows());
  return torch::batch_norm(x, m_weight, m_bias, m_mean, m_variance, pass.learns(), 0.1, 1e-5, false);
}

Tensor plainInstanceNormRelu(const Tensor& x) {
  const std::int64_t channels = x.size(1);
  const auto options = torch::TensorOptions().device(x.device());
  const Tensor ones = torch::ones({channels}, options), zeros = torch::zeros({channels}, options);
  if (x.dim() == 4) return instanceNormLeakyRelu(x.contiguous(torch::MemoryFormat::ChannelsLast), ones, zeros, 0.0);
  // A volume is normalised as a picture whose rows are those of all its slices.
  const Tensor flat = channelsLast(x).flatten(2, 3);
  const Tensor normal = instanceNormLeakyRelu(flat.contiguous(torch::MemoryFormat::ChannelsLast), ones, zeros, 0.0);
  return normal.unflatten(2, {x.size(2), x.size(3)});
}

Tensor resizedLinear(const Tensor& x, torch::IntArrayRef size) {
  if (x.sizes().slice(2) == size) return x;
  return x.dim() == 5 ? torch::upsample_trilinear3d(x, size, false) : torch::upsample_bilinear2d(x, size, false);
}

void initialise(torch::nn::Module& network, std::uint64_t seed, Initialisation how) {
  const torch::NoGradGuard guard;
  auto parameters = network.named_parameters();
  for (auto& entry : parameters) {
    const std::string& name = entry.key();
    Tensor& parameter = entry.value();
    const std::string prefix = name.substr(0, name.rfind('.') + 1);
    const bool isBias = name.ends_with("bias");
    const Tensor* weight = parameters.find(prefix + "weight");
    if (weight == nullptr || weight->dim() < 2) {  // a norm
      parameter.fill_(isBias ? 0.0 : 1.0);
      continue;
    }
    const double fan = static_cast<double>(weight->numel() / weight->size(0)), bound = 1.0 / std::sqrt(fan);
    const bool normal = how == Initialisation::KaimingNormal && !isBias;
    Random random(seed, "initialise " + name);
    Tensor values = torch::empty({parameter.numel()}, torch::kFloat);
    for (std::int64_t i = 0; i < values.numel(); ++i)
      values.mutable_data_ptr<float>()[i] =
          static_cast<float>(normal ? std::sqrt(2.0 / fan) * random.normal() : random.uniform(-bound, bound));
    parameter.copy_(values.view(parameter.sizes()));
  }
}

}  // namespace roundel::nn
