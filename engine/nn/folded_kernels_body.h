// Included by channel_kernels_body.h. Narrow networks have fewer channels than a vector has lanes; where they divide it, several pixels
// fill one, each channel's numbers repeated. Else the loops over such channels would take one number at a time.

inline std::int64_t pixelsInLanes(std::int64_t channels) { return channels < kLanes && kLanes % channels == 0 ? kLanes / channels : 1; }

struct Repeated {
  Repeated(const float* of, std::int64_t channels) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) values[lane] = of[lane % channels];
  }
  float values[kLanes];
};

struct RepeatedNorm {
  RepeatedNorm(const NormCoefficients& norm, std::int64_t channels)
      : mean(norm.mean, channels), rstd(norm.rstd, channels), gain(norm.gain, channels), bias(norm.bias, channels), slope(norm.slope) {}
  NormCoefficients coefficients() const { return {mean.values, rstd.values, gain.values, bias.values, slope}; }
  Repeated mean, rstd, gain, bias;
  float slope;
};

struct LaneSums {
  void addTo(std::int64_t channels, double* first, double* second) const {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) first[lane % channels] += one[lane], second[lane % channels] += two[lane];
  }
  double one[kLanes] = {}, two[kLanes] = {};
};

template <class T>
void foldedMoments(const T* x, std::int64_t pixels, std::int64_t channels, const float* reference, double* sum, double* square) {
  if (const std::int64_t together = pixelsInLanes(channels), wide = pixels / together; together > 1) {
    LaneSums sums;
    moments(x, wide, kLanes, Repeated(reference, channels).values, sums.one, sums.two);
    sums.addTo(channels, sum, square);
    x += wide * kLanes, pixels -= wide * together;
  }
  moments(x, pixels, channels, reference, sum, square);
}

template <class T>
void foldedNormalise(const T* x, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, T* y) {
  if (const std::int64_t together = pixelsInLanes(channels), wide = pixels / together; together > 1) {
    normalise(x, wide, kLanes, RepeatedNorm(norm, channels).coefficients(), y);
    x += wide * kLanes, y += wide * kLanes, pixels -= wide * together;
  }
  normalise(x, pixels, channels, norm, y);
}

template <class T>
void foldedGradientSums(const T* x, const T* dy, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, double* sumDz,
                        double* sumDzX) {
  if (const std::int64_t together = pixelsInLanes(channels), wide = pixels / together; together > 1) {
    LaneSums sums;
    gradientSums(x, dy, wide, kLanes, RepeatedNorm(norm, channels).coefficients(), sums.one, sums.two);
    sums.addTo(channels, sumDz, sumDzX);
    x += wide * kLanes, dy += wide * kLanes, pixels -= wide * together;
  }
  gradientSums(x, dy, pixels, channels, norm, sumDz, sumDzX);
}

template <class T>
void foldedGradient(const T* x, const T* dy, std::int64_t pixels, std::int64_t channels, const NormCoefficients& norm, const float* meanDz,
                    const float* meanDzX, T* dx) {
  if (const std::int64_t together = pixelsInLanes(channels), wide = pixels / together; together > 1) {
    gradient(x, dy, wide, kLanes, RepeatedNorm(norm, channels).coefficients(), Repeated(meanDz, channels).values,
             Repeated(meanDzX, channels).values, dx);
    x += wide * kLanes, dy += wide * kLanes, dx += wide * kLanes, pixels -= wide * together;
  }
  gradient(x, dy, pixels, channels, norm, meanDz, meanDzX, dx);
}
