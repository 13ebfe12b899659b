#include "nn/layers.h"

namespace roundel::nn {
namespace {

torch::Tensor as(const torch::Tensor& parameter, const torch::Tensor& x) {
  return parameter.defined() ? parameter.to(x.scalar_type()) : parameter;
}

std::vector<std::int64_t> kernelShape(const ConvForm& form, std::int64_t first, std::int64_t second) {
  std::vector<std::int64_t> shape{first, second};
  shape.insert(shape.end(), static_cast<std::size_t>(form.axes), form.kernel);
  return shape;
}

std::vector<std::int64_t> everyAxis(const ConvForm& form, std::int64_t value) {
  return std::vector<std::int64_t>(static_cast<std::size_t>(form.axes), value);
}

}  // namespace

torch::Tensor CastOnce::operator()(const torch::Tensor& weight, torch::ScalarType type) const {
  if (weight.scalar_type() == type) return weight;
  if (weight.requires_grad()) return weight.to(type);  // it changes with every step
  const std::lock_guard lock(m_kept->mutex);
  if (!m_kept->value.defined() || m_kept->value.scalar_type() != type) m_kept->value = weight.to(type);
  return m_kept->value;
}

Linear::Linear(const Scope& scope, std::int64_t in, std::int64_t out, Bias withBias) : weight(scope.take("weight", {out, in})) {
  if (withBias == Bias::Yes) bias = scope.take("bias", {out});
}

torch::Tensor Linear::operator()(const torch::Tensor& x) const {
  const std::int64_t in = weight.size(1), out = weight.size(0), rows = x.numel() / in;
  if (!x.is_cpu() || x.scalar_type() != torch::kFloat || rows < 512 || in < 32 || !at::globalContext().userEnabledMkldnn())
    return torch::linear(x, cast(weight, x.scalar_type()), as(bias, x));
  const torch::Tensor picture = x.reshape({1, rows, 1, in}).permute({0, 3, 1, 2});  // channels last, as it lies
  const torch::Tensor y = torch::conv2d(picture, cast(weight, x.scalar_type()).view({out, in, 1, 1}), as(bias, x));
  auto shape = x.sizes().vec();
  shape.back() = out;
  return y.permute({0, 2, 3, 1}).reshape(shape);
}

LayerNorm::LayerNorm(const Scope& scope, std::int64_t channels, double epsilonValue)
    : weight(scope.take("weight", {channels})), bias(scope.take("bias", {channels})), epsilon(epsilonValue) {}

torch::Tensor LayerNorm::operator()(const torch::Tensor& x) const {
  return torch::layer_norm(x, {x.size(-1)}, as(weight, x), as(bias, x), epsilon);
}

ChannelNorm::ChannelNorm(const Scope& scope, std::int64_t channels)
    : weight(scope.take("weight", {channels})), bias(scope.take("bias", {channels})) {}

torch::Tensor ChannelNorm::operator()(const torch::Tensor& x) const {
  return torch::layer_norm(x.movedim(1, -1), {x.size(1)}, as(weight, x), as(bias, x), 1e-6).movedim(-1, 1);
}

Conv::Conv(const Scope& scope, const ConvForm& wanted)
    : form(wanted), weight(scope.take("weight", kernelShape(wanted, wanted.out, wanted.in / wanted.groups))) {
  if (form.bias == Bias::Yes) bias = scope.take("bias", {form.out});
}

torch::Tensor Conv::operator()(const torch::Tensor& x) const {
  const auto stride = everyAxis(form, form.stride), padding = everyAxis(form, form.padding);
  return torch::convolution(x, cast(weight, x.scalar_type()), as(bias, x), stride, padding, everyAxis(form, 1), false, everyAxis(form, 0),
                            form.groups);
}

ConvTranspose::ConvTranspose(const Scope& scope, const ConvForm& wanted)
    : form(wanted), weight(scope.take("weight", kernelShape(wanted, wanted.in, wanted.out / wanted.groups))) {
  if (form.bias == Bias::Yes) bias = scope.take("bias", {form.out});
}

torch::Tensor ConvTranspose::operator()(const torch::Tensor& x) const {
  const auto stride = everyAxis(form, form.stride), padding = everyAxis(form, form.padding);
  return torch::convolution(x, cast(weight, x.scalar_type()), as(bias, x), stride, padding, everyAxis(form, 1), true, everyAxis(form, 0),
                            form.groups);
}

}  // namespace roundel::nn
