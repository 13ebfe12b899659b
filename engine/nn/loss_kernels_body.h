// Part of channel_kernels_body.h: cross-entropy and Dice over [pixel][class].

inline Floats absolute(const Floats& x) { return x < 0 ? -x : x; }
inline float absolute(float x) { return x < 0 ? -x : x; }

/// exp(x) for x <= 0, to 2 units in the last place; 0 below -87.
inline Floats exponential(Floats x) {
  const Floats low = -87.0f - Floats{};
  const Floats bounded = x > low ? x : low;
  // 2^n e^r with |r| <= ln 2 / 2; adding and taking off 1.5 * 2^23 rounds to a whole number.
  constexpr float kRound = 12582912.0f;
  const Floats n = (bounded * 1.44269504f + kRound) - kRound;
  const Floats r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
  Floats y = r * 1.9875691500e-4f + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * r * r + r + 1.0f;
  const Words power = __builtin_convertvector(__builtin_convertvector(n, Signed) + 127, Words) << 23;
  Floats scale;
  std::memcpy(&scale, &power, sizeof scale);
  return x > low ? y * scale : Floats{};
}
inline float exponential(float x) { return x > -87.0f ? std::exp(x) : 0.0f; }

/// log(1 + e) for 0 <= e <= 1: 2 atanh(e / (2 + e)).
template <class F>
inline F logarithm(F e) {
  const F z = e / (e + 2.0f);
  const F q = z * z;
  F y = q * (1.0f / 13.0f) + 1.0f / 11.0f;
  y = y * q + 1.0f / 9.0f;
  y = y * q + 1.0f / 7.0f;
  y = y * q + 0.2f;
  y = y * q + 1.0f / 3.0f;
  return z * 2.0f + z * q * y * 2.0f;
}

/// The labels of channels c to c + 15 of one pixel as 0 and 1; of one channel for a float.
inline void loadLabels(const LabelBits& labels, std::int64_t pixel, std::int64_t c, Floats& y) {
  static constexpr Words kBit = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
  const std::uint8_t* const plane = labels.planes + c / 8 * labels.stride + pixel;
  const std::uint32_t word = plane[0] | static_cast<std::uint32_t>(plane[labels.stride]) << 8;
  y = ((kBit & word) != 0) ? Floats{} + 1.0f : Floats{};
}
inline void loadLabels(const LabelBits& labels, std::int64_t pixel, std::int64_t c, float& y) {
  y = static_cast<float>((labels.planes[c / 8 * labels.stride + pixel] >> (c % 8)) & 1);
}

template <class T>
void lossSums(const T* x, std::int64_t pixels, std::int64_t channels, const LabelBits& labels, const float* posWeight, double* sums) {
  for (std::int64_t first = 0; first < pixels; first += kFlush) {
    const std::int64_t last = first + kFlush < pixels ? first + kFlush : pixels;
    overChannels(channels, [&](std::int64_t c, auto kind) {
      decltype(kind) value, label, weight, entropy, overlap, squares, positives;
      load(posWeight + c, weight);
      setTo(entropy, 0);
      setTo(overlap, 0);
      setTo(squares, 0);
      setTo(positives, 0);
      for (std::int64_t p = first; p < last; ++p) {
        if (labels.ignored != nullptr && labels.ignored[p] != 0) continue;
        load(x + p * channels + c, value);
        loadLabels(labels, p, c, label);
        const auto size = absolute(value);
        const decltype(kind) e = exponential(-size);
        // softplus(-x) = log(1 + e^-|x|) + max(-x, 0)
        const decltype(kind) softplus = logarithm(e) + (size - value) * 0.5f;
        const decltype(kind) inverse = 1.0f / (e + 1.0f);
        const decltype(kind) probability = value > 0 ? inverse : e * inverse;
        entropy += (1.0f - label) * value + ((weight - 1.0f) * label + 1.0f) * softplus;
        overlap += probability * label;
        squares += probability * probability;
        positives += label;
      }
      addTo(entropy, sums + c);
      addTo(overlap, sums + channels + c);
      addTo(squares, sums + 2 * channels + c);
      addTo(positives, sums + 3 * channels + c);
    });
  }
}

template <class T>
void lossGradient(const T* x, std::int64_t pixels, std::int64_t channels, const LabelBits& labels, const LossShares& shares, T* dx) {
  for (std::int64_t first = 0; first < pixels; first += kFlush) {
    const std::int64_t last = first + kFlush < pixels ? first + kFlush : pixels;
    overChannels(channels, [&](std::int64_t c, auto kind) {
      decltype(kind) value, label, weight, entropy, perLabel, perProbability, zero;
      load(shares.posWeight + c, weight);
      load(shares.entropy + c, entropy);
      load(shares.perLabel + c, perLabel);
      load(shares.perProbability + c, perProbability);
      setTo(zero, 0);
      for (std::int64_t p = first; p < last; ++p) {
        if (labels.ignored != nullptr && labels.ignored[p] != 0) {
          store(zero, dx + p * channels + c);
          continue;
        }
        load(x + p * channels + c, value);
        loadLabels(labels, p, c, label);
        const decltype(kind) e = exponential(-absolute(value));
        const decltype(kind) inverse = 1.0f / (e + 1.0f);
        const decltype(kind) probability = value > 0 ? inverse : e * inverse;
        const decltype(kind) rest = value > 0 ? e * inverse : inverse;  // 1 - p without cancellation
        value = entropy * ((1.0f - label) - ((weight - 1.0f) * label + 1.0f) * rest) +
                (perLabel * label + perProbability * probability) * probability * rest;
        store(value, dx + p * channels + c);
      }
    });
  }
}
