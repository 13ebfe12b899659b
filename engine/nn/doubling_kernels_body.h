// Included by channel_kernels_body.h. Rows of a volume at twice their length, trilinear: `count` rows are added up with their weights, and
// a pixel of the result is three quarters of the nearer and one of the other; beyond the ends lies the last pixel again.

template <class T, class Kind>
inline Kind mixedPixel(const T* const* rows, const float* weights, int count, std::int64_t offset, Kind) {
  Kind sum, value;
  setTo(sum, 0);
  for (int row = 0; row < count; ++row) {
    load(rows[row] + offset, value);
    sum += value * weights[row];
  }
  return sum;
}

template <class T>
void doubleRow(const T* const* rows, const float* weights, int count, std::int64_t width, std::int64_t channels, std::int64_t stride,
               T* y) {
  overChannels(channels, [&](std::int64_t c, auto kind) {
    auto own = mixedPixel(rows, weights, count, c, kind);
    auto before = own;
    for (std::int64_t p = 0; p < width; ++p) {
      const auto after = p + 1 < width ? mixedPixel(rows, weights, count, (p + 1) * channels + c, kind) : own;
      store(own * 0.75f + before * 0.25f, y + 2 * p * stride + c);
      store(own * 0.75f + after * 0.25f, y + (2 * p + 1) * stride + c);
      before = own;
      own = after;
    }
  });
}

template <class T>
void doubleRowGradient(const T* const* rows, const float* weights, int count, std::int64_t width, std::int64_t channels,
                       std::int64_t stride, T* dx) {
  overChannels(channels, [&](std::int64_t c, auto kind) {
    const auto at = [&](std::int64_t p) { return mixedPixel(rows, weights, count, p * stride + c, kind); };
    auto even = at(0), odd = at(1);
    auto before = even;  // the first pixel leans on itself where it has no neighbour, and so does the last
    for (std::int64_t p = 0; p < width; ++p) {
      const auto last = p + 1 == width;
      const auto after = last ? odd : at(2 * p + 2);
      store((even + odd) * 0.75f + (before + after) * 0.25f, dx + p * channels + c);
      before = odd;
      even = after;
      if (!last) odd = at(2 * p + 3);
    }
  });
}
