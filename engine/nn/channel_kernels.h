#pragma once
#include <cstdint>

namespace roundel::nn {

/// bfloat16 as it lies in memory: the upper half of a float.
struct BFloat16 {
  std::uint16_t bits;
};

/// What the normalisation of one image needs of each channel; arrays of `channels` floats.
struct NormCoefficients {
  const float* mean;
  const float* rstd;  ///< 1 / sqrt(variance + epsilon)
  const float* gain;  ///< affine weight
  const float* bias;  ///< affine bias
  float slope;        ///< of LeakyReLU below zero
};

/// Labels of one image as bit planes: bit b of byte planes[p * stride + pixel] says whether the pixel is of class 8 p + b.
struct LabelBits {
  const std::uint8_t* planes;
  std::int64_t stride;          ///< from plane to plane
  const std::uint8_t* ignored;  ///< [pixel], not 0 where nobody may judge; or null
};

/// Factors of the gradient of cross-entropy and Dice; arrays of `channels` floats. 0 everywhere for a class that is not annotated.
struct LossShares {
  const float* posWeight;
  const float* entropy;         ///< of the cross-entropy's derivative
  const float* perLabel;        ///< of p (1 - p) where the class is
  const float* perProbability;  ///< of p * p (1 - p)
};

/// Loops over pixels whose channels lie side by side ([pixel][channel]); the memory-bound rest of a U-Net beside its
/// convolutions. One image, or a stretch of one, a call: callers split the work, in stretches that do not depend on the number of
/// threads. Plain C++ without any library, compiled once for each instruction set and chosen at run time.
template <class T>
struct ChannelKernels {
  /// Adds to sum[c], square[c] the sums of d and d*d, d = x - reference[c] (against cancellation).
  void (*moments)(const T* x, std::int64_t pixels, std::int64_t channels, const float* reference, double* sum, double* square);
  /// y = leaky((x - mean) * rstd * gain + bias).
  void (*normalise)(const T* x, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, T* y);
  /// Adds to sumDz[c] the sum of dz and to sumDzX[c] the sum of dz * xhat; dz = dy * leaky'.
  void (*gradientSums)(const T* x, const T* dy, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, double* sumDz,
                       double* sumDzX);
  /// dx = gain * rstd * (dz - meanDz[c] - xhat * meanDzX[c]).
  void (*gradient)(const T* x, const T* dy, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, const float* meanDz,
                   const float* meanDzX, T* dx);
  /// One row of a 2x2 maximum: rows `upper` and `lower` of 2 * outputs pixels; `which` gets 0..3, the first of equals.
  void (*poolRow)(const T* upper, const T* lower, std::int64_t outputs, std::int64_t channels, T* y, std::uint8_t* which);
  /// Its gradient: writes both rows whole.
  void (*poolRowGradient)(const T* dy, const std::uint8_t* which, std::int64_t outputs, std::int64_t channels, T* upper, T* lower);
  /// Adds to sums [4][channels], over pixels that are not ignored: the binary cross-entropy with logits x (positives times posWeight), p *
  /// y, p * p and y; p = sigmoid(x), y the label.
  void (*lossSums)(const T* x, std::int64_t pixels, std::int64_t channels, const LabelBits& labels, const float* posWeight, double* sums);
  /// dx = entropy ((1 - y) - (1 + (posWeight - 1) y) (1 - p)) + (perLabel y + perProbability p) p (1 - p), 0 where ignored.
  void (*lossGradient)(const T* x, std::int64_t pixels, std::int64_t channels, const LabelBits& labels, const LossShares& shares, T* dx);
  /// `count` rows of a volume, each [width][channels], added up with their weights, at twice the length: linear, three quarters of the
  /// nearer pixel. Pixels of `y` are `stride` apart.
  void (*doubleRow)(const T* const* rows, const float* weights, int count, std::int64_t width, std::int64_t channels, std::int64_t stride,
                    T* y);
  /// Its gradient for one row: `rows` of 2 * width pixels, `stride` apart, that it is part of.
  void (*doubleRowGradient)(const T* const* rows, const float* weights, int count, std::int64_t width, std::int64_t channels,
                            std::int64_t stride, T* dx);
};

/// The best set for this processor. T is float or BFloat16.
template <class T>
const ChannelKernels<T>& channelKernels();

/// The instruction set that was chosen: "avx512", "avx2" or "baseline".
const char* channelKernelsName();

}  // namespace roundel::nn
