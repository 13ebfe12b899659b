#include "nn/blocks2d.h"

#include <vector>

#include "nn/channel_kernels.h"

namespace roundel::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kInstanceNormEpsilon = 1e-5;
constexpr std::int64_t kStretch = 4096;  // pixels summed together: fixed, so that results do not depend on the thread count

struct Layout {
  std::int64_t images, channels, pixels, stretches;
};

Layout layoutOf(const Tensor& x) {
  const std::int64_t pixels = x.size(2) * x.size(3);
  return {x.size(0), x.size(1), pixels, (pixels + kStretch - 1) / kStretch};
}

bool fits(const Tensor& x) {
  return x.device().is_cpu() && (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16) && x.dim() == 4 &&
         x.numel() > 0 && x.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

template <class T>
const T* readable(const Tensor& tensor) {
  return static_cast<const T*>(tensor.const_data_ptr());
}
template <class T>
T* writable(const Tensor& tensor) {
  return static_cast<T*>(tensor.mutable_data_ptr());
}

/// body(image, first pixel, number of pixels, index of the stretch), in parallel.
template <class Body>
void overStretches(const Layout& layout, const Body& body) {
  at::parallel_for(0, layout.images * layout.stretches, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = i % layout.stretches * kStretch;
      body(i / layout.stretches, first, std::min(kStretch, layout.pixels - first), i);
    }
  });
}

/// Sums the stretches' partial sums [images * stretches, 2, channels] in order: [images, 2, channels].
std::vector<double> gathered(const Layout& layout, const std::vector<double>& partial) {
  const std::int64_t row = 2 * layout.channels;
  std::vector<double> total(static_cast<std::size_t>(layout.images * row), 0.0);
  for (std::int64_t i = 0; i < layout.images * layout.stretches; ++i)
    for (std::int64_t c = 0; c < row; ++c)
      total[static_cast<std::size_t>(i / layout.stretches * row + c)] += partial[static_cast<std::size_t>(i * row + c)];
  return total;
}

template <class T>
NormCoefficients normOf(const Tensor& mean, const Tensor& rstd, const Tensor& gain, const Tensor& bias, double slope, std::int64_t image) {
  const std::int64_t offset = image * mean.size(1);
  return {readable<float>(mean) + offset, readable<float>(rstd) + offset, readable<float>(gain), readable<float>(bias),
          static_cast<float>(slope)};
}

template <class T>
void statistics(const Tensor& x, Tensor& mean, Tensor& rstd) {
  const Layout layout = layoutOf(x);
  const std::int64_t row = 2 * layout.channels;
  const T* data = readable<T>(x);
  // The first pixel is taken off before summing: a flat image then has a variance of exactly 0.
  const Tensor reference = x.select(3, 0).select(2, 0).to(torch::kFloat).contiguous();
  std::vector<double> partial(static_cast<std::size_t>(layout.images * layout.stretches * row), 0.0);
  overStretches(layout, [&](std::int64_t image, std::int64_t first, std::int64_t count, std::int64_t index) {
    double* sums = partial.data() + index * row;
    channelKernels<T>().moments(data + (image * layout.pixels + first) * layout.channels, count, layout.channels,
                                readable<float>(reference) + image * layout.channels, sums, sums + layout.channels);
  });
  const std::vector<double> total = gathered(layout, partial);
  for (std::int64_t i = 0; i < layout.images * layout.channels; ++i) {
    const std::int64_t image = i / layout.channels, c = i % layout.channels;
    const double shift = total[static_cast<std::size_t>(image * row + c)] / static_cast<double>(layout.pixels);
    const double square = total[static_cast<std::size_t>(image * row + layout.channels + c)] / static_cast<double>(layout.pixels);
    writable<float>(mean)[i] = static_cast<float>(static_cast<double>(readable<float>(reference)[i]) + shift);
    writable<float>(rstd)[i] = static_cast<float>(1.0 / std::sqrt(std::max(square - shift * shift, 0.0) + kInstanceNormEpsilon));
  }
}

template <class T>
Tensor normalised(const Tensor& x, const Tensor& mean, const Tensor& rstd, const Tensor& gain, const Tensor& bias, double slope) {
  const Layout layout = layoutOf(x);
  Tensor y = torch::empty_like(x);
  overStretches(layout, [&](std::int64_t image, std::int64_t first, std::int64_t count, std::int64_t) {
    const std::int64_t offset = (image * layout.pixels + first) * layout.channels;
    channelKernels<T>().normalise(readable<T>(x) + offset, count, layout.channels, normOf<T>(mean, rstd, gain, bias, slope, image),
                                  writable<T>(y) + offset);
  });
  return y;
}

template <class T>
variable_list gradients(const Tensor& x, const Tensor& dy, const Tensor& mean, const Tensor& rstd, const Tensor& gain, const Tensor& bias,
                        double slope) {
  const Layout layout = layoutOf(x);
  const std::int64_t row = 2 * layout.channels;
  std::vector<double> partial(static_cast<std::size_t>(layout.images * layout.stretches * row), 0.0);
  overStretches(layout, [&](std::int64_t image, std::int64_t first, std::int64_t count, std::int64_t index) {
    const std::int64_t offset = (image * layout.pixels + first) * layout.channels;
    double* sums = partial.data() + index * row;
    channelKernels<T>().gradientSums(readable<T>(x) + offset, readable<T>(dy) + offset, count, layout.channels,
                                     normOf<T>(mean, rstd, gain, bias, slope, image), sums, sums + layout.channels);
  });
  const std::vector<double> total = gathered(layout, partial);
  std::vector<float> means(total.size());
  std::vector<double> overImages(static_cast<std::size_t>(row), 0.0);
  for (std::size_t i = 0; i < total.size(); ++i) {
    means[i] = static_cast<float>(total[i] / static_cast<double>(layout.pixels));
    overImages[i % static_cast<std::size_t>(row)] += total[i];
  }
  Tensor dx = torch::empty_like(x);
  overStretches(layout, [&](std::int64_t image, std::int64_t first, std::int64_t count, std::int64_t) {
    const std::int64_t offset = (image * layout.pixels + first) * layout.channels;
    channelKernels<T>().gradient(readable<T>(x) + offset, readable<T>(dy) + offset, count, layout.channels,
                                 normOf<T>(mean, rstd, gain, bias, slope, image), means.data() + image * row,
                                 means.data() + image * row + layout.channels, writable<T>(dx) + offset);
  });
  Tensor dBias = torch::empty_like(bias), dGain = torch::empty_like(gain);
  for (std::int64_t c = 0; c < layout.channels; ++c) {
    writable<float>(dBias)[c] = static_cast<float>(overImages[static_cast<std::size_t>(c)]);
    writable<float>(dGain)[c] = static_cast<float>(overImages[static_cast<std::size_t>(layout.channels + c)]);
  }
  return {dx, dGain, dBias, {}};
}

class NormActivation : public torch::autograd::Function<NormActivation> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& gain, const Tensor& bias, double slope) {
    const auto options = torch::TensorOptions().dtype(torch::kFloat);
    Tensor mean = torch::empty({x.size(0), x.size(1)}, options), rstd = torch::empty({x.size(0), x.size(1)}, options);
    const bool half = x.scalar_type() == torch::kBFloat16;
    half ? statistics<BFloat16>(x, mean, rstd) : statistics<float>(x, mean, rstd);
    context->save_for_backward({x, gain, bias, mean, rstd});
    context->saved_data["slope"] = slope;
    return half ? normalised<BFloat16>(x, mean, rstd, gain, bias, slope) : normalised<float>(x, mean, rstd, gain, bias, slope);
  }
  static variable_list backward(AutogradContext* context, const variable_list& outputs) {
    const auto saved = context->get_saved_variables();
    const double slope = context->saved_data["slope"].toDouble();
    const Tensor dy = outputs[0].contiguous(torch::MemoryFormat::ChannelsLast);
    return saved[0].scalar_type() == torch::kBFloat16 ? gradients<BFloat16>(saved[0], dy, saved[3], saved[4], saved[1], saved[2], slope)
                                                      : gradients<float>(saved[0], dy, saved[3], saved[4], saved[1], saved[2], slope);
  }
};

template <class T>
void poolForward(const Tensor& x, Tensor& y, Tensor& which) {
  const std::int64_t channels = x.size(1), width = x.size(3), outWidth = y.size(3), outHeight = y.size(2), height = x.size(2);
  at::parallel_for(0, x.size(0) * outHeight, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const T* upper = readable<T>(x) + (row / outHeight * height + row % outHeight * 2) * width * channels;
      const std::int64_t offset = row * outWidth * channels;
      channelKernels<T>().poolRow(upper, upper + width * channels, outWidth, channels, writable<T>(y) + offset,
                                  writable<std::uint8_t>(which) + offset);
    }
  });
}

template <class T>
void poolBackward(const Tensor& dy, const Tensor& which, Tensor& dx) {
  const std::int64_t channels = dx.size(1), width = dx.size(3), outWidth = dy.size(3), outHeight = dy.size(2), height = dx.size(2);
  at::parallel_for(0, dx.size(0) * outHeight, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      T* upper = writable<T>(dx) + (row / outHeight * height + row % outHeight * 2) * width * channels;
      const std::int64_t offset = row * outWidth * channels;
      channelKernels<T>().poolRowGradient(readable<T>(dy) + offset, readable<std::uint8_t>(which) + offset, outWidth, channels, upper,
                                          upper + width * channels);
    }
  });
}

class MaxPool : public torch::autograd::Function<MaxPool> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    const std::vector<std::int64_t> shape{x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2};
    Tensor y = torch::empty(shape, x.options(), torch::MemoryFormat::ChannelsLast);
    Tensor which = torch::empty(shape, x.options().dtype(torch::kByte), torch::MemoryFormat::ChannelsLast);
    x.scalar_type() == torch::kBFloat16 ? poolForward<BFloat16>(x, y, which) : poolForward<float>(x, y, which);
    context->save_for_backward({which});
    context->saved_data["height"] = x.size(2);
    context->saved_data["width"] = x.size(3);
    return y;
  }
  static variable_list backward(AutogradContext* context, const variable_list& outputs) {
    const Tensor which = context->get_saved_variables()[0];
    const std::int64_t height = context->saved_data["height"].toInt(), width = context->saved_data["width"].toInt();
    const Tensor dy = outputs[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const std::vector<std::int64_t> shape{dy.size(0), dy.size(1), height, width};
    // An odd last row or column is in no window: its gradient is zero.
    Tensor dx = torch::empty(shape, dy.options(), torch::MemoryFormat::ChannelsLast);
    if (height % 2 != 0 || width % 2 != 0) dx.zero_();
    dy.scalar_type() == torch::kBFloat16 ? poolBackward<BFloat16>(dy, which, dx) : poolBackward<float>(dy, which, dx);
    return {dx};
  }
};

}  // namespace

Tensor instanceNormLeakyRelu(const Tensor& x, const Tensor& gain, const Tensor& bias, double slope) {
  if (fits(x)) return NormActivation::apply(x, gain, bias, slope);
  // Statistics in float32 for half precision too (a GPU's kernels take them so by themselves); the result has the type and the layout of x.
  const Tensor values = x.is_cuda() ? x : x.to(torch::kFloat);
  const Tensor y = torch::instance_norm(values, gain, bias, {}, {}, true, 0.0, kInstanceNormEpsilon, true);
  return torch::leaky_relu(y, slope).to(x.scalar_type()).contiguous(x.suggest_memory_format());
}

Tensor maxPool2x2(const Tensor& x) { return fits(x) && x.size(2) > 1 && x.size(3) > 1 ? MaxPool::apply(x) : torch::max_pool2d(x, 2); }

}  // namespace roundel::nn
