#include "raster/byte_resize.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace roundel {
namespace {

void requireSizes(const ByteImage& image, int width, int height) {
  if (image.width < 1 || image.height < 1 || width < 1 || height < 1 || image.channels < 1)
    throw Error(ErrorKind::BadInput, "bad-image", "A picture without pixels cannot be resized.");
  if (image.values.size() != image.rowLength() * static_cast<std::size_t>(image.height))
    throw Error(ErrorKind::BadInput, "size-mismatch", "A picture does not have as many values as its size says.");
}

ByteImage emptyLike(const ByteImage& image, int width, int height) {
  ByteImage out{width, height, image.channels, {}};
  out.values.resize(out.rowLength() * static_cast<std::size_t>(height));
  return out;
}

/// The old pixels of one new pixel, from `first` on, and their shares.
template <class Weight>
struct Taps {
  int first = 0;
  std::vector<Weight> weights;
};

constexpr int kPillowBits = 22;

std::vector<Taps<std::int32_t>> pillowTaps(int length, int newLength) {
  const double scale = static_cast<double>(length) / newLength, support = std::max(scale, 1.0);
  std::vector<Taps<std::int32_t>> taps(static_cast<std::size_t>(newLength));
  for (int i = 0; i < newLength; ++i) {
    const double centre = (i + 0.5) * scale;
    const int from = std::max(0, static_cast<int>(centre - support + 0.5)), to = std::min(length, static_cast<int>(centre + support + 0.5));
    std::vector<double> shares;
    double sum = 0;
    for (int x = from; x < to; ++x) {
      shares.push_back(std::max(0.0, 1.0 - std::abs((x - centre + 0.5) / support)));
      sum += shares.back();
    }
    auto& tap = taps[static_cast<std::size_t>(i)];
    tap.first = from;
    for (const double share : shares) tap.weights.push_back(static_cast<std::int32_t>(0.5 + share / sum * (1 << kPillowBits)));
  }
  return taps;
}

std::uint8_t rounded(std::int64_t fixedPoint, int bits) {
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>((fixedPoint + (std::int64_t{1} << (bits - 1))) >> bits, 0, 255));
}

ByteImage pillowAlongX(const ByteImage& image, int width) {
  ByteImage out = emptyLike(image, width, image.height);
  const auto taps = pillowTaps(image.width, width);
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    const std::uint8_t* from = image.values.data() + y * image.rowLength();
    std::uint8_t* to = out.values.data() + y * out.rowLength();
    for (const auto& tap : taps)
      for (std::size_t c = 0; c < channels; ++c) {
        std::int64_t sum = 0;
        const std::uint8_t* pixel = from + static_cast<std::size_t>(tap.first) * channels + c;
        for (const std::int32_t weight : tap.weights) sum += weight * std::int64_t{*pixel}, pixel += channels;
        *to++ = rounded(sum, kPillowBits);
      }
  }
  return out;
}

ByteImage pillowAlongY(const ByteImage& image, int height) {
  ByteImage out = emptyLike(image, image.width, height);
  const auto taps = pillowTaps(image.height, height);
  std::vector<std::int64_t> sums(image.rowLength());
  for (std::size_t y = 0; y < taps.size(); ++y) {
    std::fill(sums.begin(), sums.end(), 0);
    const std::uint8_t* row = image.values.data() + static_cast<std::size_t>(taps[y].first) * image.rowLength();
    for (const std::int32_t weight : taps[y].weights)
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += weight * std::int64_t{*row++};
    for (std::size_t i = 0; i < sums.size(); ++i) out.values[y * out.rowLength() + i] = rounded(sums[i], kPillowBits);
  }
  return out;
}

constexpr int kOpenCvBits = 11;

/// Four taps, whose pixels may lie beyond the edge.
std::vector<Taps<std::int32_t>> openCvTaps(int length, int newLength) {
  const double scale = 1.0 / (static_cast<double>(newLength) / length);
  constexpr float a = -0.75F;
  std::vector<Taps<std::int32_t>> taps(static_cast<std::size_t>(newLength));
  for (int i = 0; i < newLength; ++i) {
    const auto at = static_cast<float>((i + 0.5) * scale - 0.5);
    const float low = std::floor(at), x = at - low, y = 1 - x;
    float c[4] = {((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a, ((a + 2) * x - (a + 3)) * x * x + 1,
                  ((a + 2) * y - (a + 3)) * y * y + 1, 0};
    c[3] = 1.0F - c[0] - c[1] - c[2];
    auto& tap = taps[static_cast<std::size_t>(i)];
    tap.first = static_cast<int>(low) - 1;
    for (const float share : c) tap.weights.push_back(static_cast<std::int32_t>(std::nearbyint(share * (1 << kOpenCvBits))));
  }
  return taps;
}

std::size_t inside(int at, int length) { return static_cast<std::size_t>(std::clamp(at, 0, length - 1)); }

}  // namespace

ByteImage resizedLikePillow(const ByteImage& image, int width, int height) {
  requireSizes(image, width, height);
  ByteImage out = image;
  if (width != image.width) out = pillowAlongX(out, width);
  if (height != image.height) out = pillowAlongY(out, height);
  return out;
}

ByteImage resizedLikeOpenCvCubic(const ByteImage& image, int width, int height) {
  requireSizes(image, width, height);
  const auto channels = static_cast<std::size_t>(image.channels);
  ByteImage out = emptyLike(image, width, height);
  const auto acrossTaps = openCvTaps(image.width, width), downTaps = openCvTaps(image.height, height);
  std::vector<std::int32_t> wide(out.rowLength() * static_cast<std::size_t>(image.height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    const std::uint8_t* row = image.values.data() + y * image.rowLength();
    std::int32_t* to = wide.data() + y * out.rowLength();
    for (const auto& tap : acrossTaps)
      for (std::size_t c = 0; c < channels; ++c) {
        std::int32_t sum = 0;
        for (int k = 0; k < 4; ++k)
          sum += tap.weights[static_cast<std::size_t>(k)] * row[inside(tap.first + k, image.width) * channels + c];
        *to++ = sum;
      }
  }
  for (std::size_t y = 0; y < downTaps.size(); ++y)
    for (std::size_t i = 0; i < out.rowLength(); ++i) {
      std::int64_t sum = 0;
      for (int k = 0; k < 4; ++k)
        sum += std::int64_t{downTaps[y].weights[static_cast<std::size_t>(k)]} *
               wide[inside(downTaps[y].first + k, image.height) * out.rowLength() + i];
      out.values[y * out.rowLength() + i] = rounded(sum, 2 * kOpenCvBits);
    }
  return out;
}

ByteImage resizedLikeOpenCvNearest(const ByteImage& image, int width, int height) {
  requireSizes(image, width, height);
  const auto channels = static_cast<std::size_t>(image.channels);
  ByteImage out = emptyLike(image, width, height);
  const auto oldOf = [](int i, int length, int newLength) {
    return inside(static_cast<int>(std::floor(i * (1.0 / (static_cast<double>(newLength) / length)))), length);
  };
  std::uint8_t* to = out.values.data();
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = image.values.data() + oldOf(y, image.height, height) * image.rowLength();
    for (int x = 0; x < width; ++x) to = std::copy_n(row + oldOf(x, image.width, width) * channels, channels, to);
  }
  return out;
}

}  // namespace roundel
