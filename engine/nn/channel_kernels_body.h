// The loops of channel_kernels.h, included once for each instruction set with ROUNDEL_KERNEL_SPACE set to its name.
#include <cmath>
#include <cstring>

#include "nn/channel_kernels.h"

namespace roundel::nn::ROUNDEL_KERNEL_SPACE {
namespace {

// Sixteen lanes as the compilers' own vector type: two or four registers where the processor has narrower ones.
constexpr std::int64_t kLanes = 16;
typedef float Floats __attribute__((vector_size(64)));
typedef std::uint32_t Words __attribute__((vector_size(64)));
typedef std::int32_t Signed __attribute__((vector_size(64)));
typedef std::uint16_t Halves __attribute__((vector_size(32)));
typedef std::uint8_t Bytes __attribute__((vector_size(16)));

inline void load(const float* from, Floats& to) { std::memcpy(&to, from, sizeof to); }
inline void store(const Floats& from, float* to) { std::memcpy(to, &from, sizeof from); }
inline void load(const BFloat16* from, Floats& to) {
  Halves halves;
  std::memcpy(&halves, from, sizeof halves);
  const Words words = __builtin_convertvector(halves, Words) << 16;
  std::memcpy(&to, &words, sizeof to);
}
inline void store(const Floats& from, BFloat16* to) {
  Words words;
  std::memcpy(&words, &from, sizeof words);
  // Round to nearest, ties to even. A NaN stays one: the quiet bit survives the addition, and an all-ones payload does not occur.
  const Halves halves = __builtin_convertvector((words + 0x7fffu + ((words >> 16) & 1u)) >> 16, Halves);
  std::memcpy(to, &halves, sizeof halves);
}
inline void load(const float* from, float& to) { to = *from; }
inline void store(const float& from, float* to) { *to = from; }
inline void load(const BFloat16* from, float& to) {
  const std::uint32_t word = std::uint32_t{from->bits} << 16;
  std::memcpy(&to, &word, sizeof to);
}
inline void store(const float& from, BFloat16* to) {
  std::uint32_t word;
  std::memcpy(&word, &from, sizeof word);
  to->bits = static_cast<std::uint16_t>((word + 0x7fffu + ((word >> 16) & 1u)) >> 16);
}
inline void setTo(Floats& value, float number) { value = number - Floats{}; }
inline void setTo(float& value, float number) { value = number; }

constexpr std::int64_t kFlush = 128;  // pixels summed in float before the sums go to double

/// Calls body with a vector for every 16 channels and with a float for each that is left.
template <class Body>
inline void overChannels(std::int64_t channels, const Body& body) {
  std::int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) body(c, Floats{});
  for (; c < channels; ++c) body(c, 0.0f);
}

inline void addTo(const Floats& value, double* sum) {
  for (std::int64_t lane = 0; lane < kLanes; ++lane) sum[lane] += static_cast<double>(value[lane]);
}
inline void addTo(const float& value, double* sum) { *sum += static_cast<double>(value); }

template <class T>
void moments(const T* x, std::int64_t pixels, std::int64_t channels, const float* reference, double* sum, double* square) {
  for (std::int64_t first = 0; first < pixels; first += kFlush) {
    const std::int64_t last = first + kFlush < pixels ? first + kFlush : pixels;
    overChannels(channels, [&](std::int64_t c, auto kind) {
      decltype(kind) origin, value, total, squares;
      load(reference + c, origin);
      setTo(total, 0);
      setTo(squares, 0);
      for (std::int64_t p = first; p < last; ++p) {
        load(x + p * channels + c, value);
        value -= origin;
        total += value;
        squares += value * value;
      }
      addTo(total, sum + c);
      addTo(squares, square + c);
    });
  }
}

template <class T>
void normalise(const T* x, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, T* y) {
  for (std::int64_t first = 0; first < pixels; first += kFlush) {
    const std::int64_t last = first + kFlush < pixels ? first + kFlush : pixels;
    overChannels(channels, [&](std::int64_t c, auto kind) {
      decltype(kind) mean, scale, bias, value;
      load(norm.mean + c, mean);
      load(norm.rstd + c, scale);
      load(norm.gain + c, value);
      load(norm.bias + c, bias);
      scale *= value;
      for (std::int64_t p = first; p < last; ++p) {
        load(x + p * channels + c, value);
        value = (value - mean) * scale + bias;
        value = value > 0 ? value : value * norm.slope;
        store(value, y + p * channels + c);
      }
    });
  }
}

template <class T>
void gradientSums(const T* x, const T* dy, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, double* sumDz,
                  double* sumDzX) {
  for (std::int64_t first = 0; first < pixels; first += kFlush) {
    const std::int64_t last = first + kFlush < pixels ? first + kFlush : pixels;
    overChannels(channels, [&](std::int64_t c, auto kind) {
      decltype(kind) mean, rstd, gain, bias, value, slope, total, totalX;
      load(norm.mean + c, mean);
      load(norm.rstd + c, rstd);
      load(norm.gain + c, gain);
      load(norm.bias + c, bias);
      setTo(total, 0);
      setTo(totalX, 0);
      for (std::int64_t p = first; p < last; ++p) {
        load(x + p * channels + c, value);
        load(dy + p * channels + c, slope);
        value = (value - mean) * rstd;
        slope = value * gain + bias > 0 ? slope : slope * norm.slope;
        total += slope;
        totalX += slope * value;
      }
      addTo(total, sumDz + c);
      addTo(totalX, sumDzX + c);
    });
  }
}

template <class T>
void gradient(const T* x, const T* dy, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, const float* meanDz,
              const float* meanDzX, T* dx) {
  for (std::int64_t first = 0; first < pixels; first += kFlush) {
    const std::int64_t last = first + kFlush < pixels ? first + kFlush : pixels;
    overChannels(channels, [&](std::int64_t c, auto kind) {
      decltype(kind) mean, rstd, gain, bias, value, slope, offset, offsetX;
      load(norm.mean + c, mean);
      load(norm.rstd + c, rstd);
      load(norm.gain + c, gain);
      load(norm.bias + c, bias);
      load(meanDz + c, offset);
      load(meanDzX + c, offsetX);
      const auto scale = rstd * gain;
      for (std::int64_t p = first; p < last; ++p) {
        load(x + p * channels + c, value);
        load(dy + p * channels + c, slope);
        value = (value - mean) * rstd;
        slope = value * gain + bias > 0 ? slope : slope * norm.slope;
        value = scale * (slope - offset - value * offsetX);
        store(value, dx + p * channels + c);
      }
    });
  }
}

inline void storeWhich(const Signed& from, std::uint8_t* to) {
  const Bytes bytes = __builtin_convertvector(from, Bytes);
  std::memcpy(to, &bytes, sizeof bytes);
}
inline void storeWhich(int from, std::uint8_t* to) { *to = static_cast<std::uint8_t>(from); }
inline void loadWhich(const std::uint8_t* from, Signed& to) {
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  to = __builtin_convertvector(bytes, Signed);
}
inline void loadWhich(const std::uint8_t* from, int& to) { to = *from; }
inline Signed indexLike(const Floats&, int number) { return number - Signed{}; }
inline int indexLike(float, int number) { return number; }

template <class T>
void poolRow(const T* upper, const T* lower, std::int64_t outputs, std::int64_t channels, T* y, std::uint8_t* which) {
  for (std::int64_t p = 0; p < outputs; ++p) {
    overChannels(channels, [&](std::int64_t c, auto kind) {
      decltype(kind) best, value;
      load(upper + 2 * p * channels + c, best);
      auto index = indexLike(kind, 0);
      const T* others[3] = {upper + (2 * p + 1) * channels + c, lower + 2 * p * channels + c, lower + (2 * p + 1) * channels + c};
      for (int other = 0; other < 3; ++other) {
        load(others[other], value);
        const auto candidate = indexLike(kind, other + 1);
        index = value > best ? candidate : index;
        best = value > best ? value : best;
      }
      store(best, y + p * channels + c);
      storeWhich(index, which + p * channels + c);
    });
  }
}

template <class T>
void poolRowGradient(const T* dy, const std::uint8_t* which, std::int64_t outputs, std::int64_t channels, T* upper, T* lower) {
  for (std::int64_t p = 0; p < outputs; ++p) {
    overChannels(channels, [&](std::int64_t c, auto kind) {
      decltype(kind) value, zero;
      load(dy + p * channels + c, value);
      setTo(zero, 0);
      auto index = indexLike(kind, 0);
      loadWhich(which + p * channels + c, index);
      T* targets[4] = {upper + 2 * p * channels + c, upper + (2 * p + 1) * channels + c, lower + 2 * p * channels + c,
                       lower + (2 * p + 1) * channels + c};
      for (int target = 0; target < 4; ++target) {
        const auto chosen = indexLike(kind, target);
        const decltype(kind) part = index == chosen ? value : zero;
        store(part, targets[target]);
      }
    });
  }
}

#include "nn/doubling_kernels_body.h"
#include "nn/folded_kernels_body.h"
#include "nn/loss_kernels_body.h"

template <class T>
constexpr ChannelKernels<T> kTable{foldedMoments<T>,   foldedNormalise<T>, foldedGradientSums<T>, foldedGradient<T>, poolRow<T>,
                                   poolRowGradient<T>, lossSums<T>,        lossGradient<T>,       doubleRow<T>,      doubleRowGradient<T>};

}  // namespace

const ChannelKernels<float>& floatKernels() { return kTable<float>; }
const ChannelKernels<BFloat16>& bfloat16Kernels() { return kTable<BFloat16>; }

}  // namespace roundel::nn::ROUNDEL_KERNEL_SPACE
