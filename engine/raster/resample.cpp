#include "raster/resample.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "raster/parallel.h"
#include "raster/row_runs.h"
#include "raster/threshold.h"

namespace roundel {
namespace {

/// Which old pixels make up each new pixel of one axis, and with what weight.
struct AxisTaps {
  std::vector<std::int64_t> first;  ///< first old pixel of every new one
  std::vector<std::size_t> begin;   ///< of its weights; one more entry than pixels
  std::vector<float> weights;

  std::size_t size() const { return first.size(); }
};

void addPixel(AxisTaps& taps, std::int64_t first, const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  taps.first.push_back(first);
  for (const double weight : weights) taps.weights.push_back(static_cast<float>(weight / sum));
  taps.begin.push_back(taps.weights.size());
}

void addLinear(AxisTaps& taps, double centre, std::int64_t length) {
  const double at = std::clamp(centre - 0.5, 0.0, static_cast<double>(length - 1));
  const auto low = std::min(static_cast<std::int64_t>(at), std::max<std::int64_t>(length - 2, 0));
  const double share = at - static_cast<double>(low);
  if (length == 1) addPixel(taps, 0, {1});
  else addPixel(taps, low, {1 - share, share});
}

void addTriangle(AxisTaps& taps, double centre, double scale, std::int64_t length) {
  const auto from = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(centre - scale + 0.5)));
  const auto to = std::min(length, static_cast<std::int64_t>(std::floor(centre + scale + 0.5)));
  std::vector<double> weights;
  for (std::int64_t i = from; i < to; ++i) weights.push_back(std::max(0.0, 1 - std::abs(static_cast<double>(i) + 0.5 - centre) / scale));
  addPixel(taps, from, weights);
}

void addArea(AxisTaps& taps, double low, double high, std::int64_t length) {
  const auto from = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(low)), 0, length - 1);
  std::vector<double> weights;
  for (std::int64_t i = from; i < length; ++i) {
    const double covered = std::min(high, static_cast<double>(i + 1)) - std::max(low, static_cast<double>(i));
    if (covered <= 1e-12 && !weights.empty()) break;
    weights.push_back(std::max(covered, 1e-12));
  }
  addPixel(taps, from, weights);
}

AxisTaps tapsOf(std::int64_t length, std::int64_t newLength, Interpolation interpolation) {
  AxisTaps taps;
  taps.begin.push_back(0);
  const double scale = static_cast<double>(length) / static_cast<double>(newLength);
  for (std::int64_t i = 0; i < newLength; ++i) {
    const double low = static_cast<double>(i) * scale, centre = (static_cast<double>(i) + 0.5) * scale;
    switch (interpolation) {
      case Interpolation::Nearest: addPixel(taps, std::min(static_cast<std::int64_t>(centre), length - 1), {1}); break;
      case Interpolation::Area: addArea(taps, low, low + scale, length); break;
      case Interpolation::Antialiased:
        if (scale > 1) {
          addTriangle(taps, centre, scale, length);
          break;
        }
        [[fallthrough]];
      case Interpolation::Linear: addLinear(taps, centre, length); break;
    }
  }
  return taps;
}

/// Along x.
std::vector<float> appliedToRows(std::span<const float> values, std::size_t width, const AxisTaps& taps) {
  const std::size_t rows = values.size() / width;
  std::vector<float> out(rows * taps.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const float* from = values.data() + row * width;
    float* to = out.data() + row * taps.size();
    for (std::size_t i = 0; i < taps.size(); ++i) {
      const float* pixel = from + taps.first[i];
      float sum = 0;
      for (std::size_t k = taps.begin[i]; k < taps.begin[i + 1]; ++k) sum += taps.weights[k] * *pixel++;
      to[i] = sum;
    }
  }
  return out;
}

/// Along y or z: `length` planes of `plane` values each, in `blocks` blocks.
std::vector<float> appliedToPlanes(std::span<const float> values, std::size_t plane, std::size_t length, const AxisTaps& taps) {
  const std::size_t blocks = values.size() / (plane * length);
  std::vector<float> out(blocks * plane * taps.size(), 0.0F);
  for (std::size_t block = 0; block < blocks; ++block)
    for (std::size_t i = 0; i < taps.size(); ++i) {
      float* to = out.data() + (block * taps.size() + i) * plane;
      for (std::size_t k = taps.begin[i]; k < taps.begin[i + 1]; ++k) {
        const std::size_t source = static_cast<std::size_t>(taps.first[i]) + k - taps.begin[i];
        const float* from = values.data() + (block * length + source) * plane;
        const float weight = taps.weights[k];
        for (std::size_t p = 0; p < plane; ++p) to[p] += weight * from[p];
      }
    }
  return out;
}

void requireSizes(const Size& size, const Size& newSize, std::size_t values) {
  for (const auto& each : {size, newSize})
    if (each.x < 1 || each.y < 1 || each.z < 1)
      throw Error(ErrorKind::BadInput, "bad-image", "A picture without pixels cannot be resampled.");
  if (static_cast<std::int64_t>(values) != size.count())
    throw Error(ErrorKind::BadInput, "size-mismatch", "A picture does not have as many values as its size says.");
}

/// The taps for the new pixels `from` to `to` alone, over old pixels counted from `oldFrom`; taps outside [oldFrom, oldTo) go.
AxisTaps cropped(const AxisTaps& taps, std::int64_t from, std::int64_t to, std::int64_t oldFrom, std::int64_t oldTo) {
  AxisTaps result;
  result.begin.push_back(0);
  for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(to); ++i) {
    std::int64_t first = oldTo;
    for (std::size_t k = taps.begin[i]; k < taps.begin[i + 1]; ++k) {
      const std::int64_t old = taps.first[i] + static_cast<std::int64_t>(k - taps.begin[i]);
      if (old < oldFrom || old >= oldTo) continue;
      first = std::min(first, old);
      result.weights.push_back(taps.weights[k]);
    }
    result.first.push_back(std::min(first, oldTo - 1) - oldFrom);
    result.begin.push_back(result.weights.size());
  }
  return result;
}

struct AxisCrop {
  AxisTaps taps;
  std::int64_t from = 0;  ///< first new pixel that an old one in [oldFrom, oldTo) reaches
};

AxisCrop croppedAxis(std::int64_t length, std::int64_t newLength, std::int64_t oldFrom, std::int64_t oldTo) {
  const AxisTaps all = tapsOf(length, newLength, newLength < length ? Interpolation::Area : Interpolation::Linear);
  std::int64_t from = 0, to = newLength;
  const auto end = [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    return all.first[at] + static_cast<std::int64_t>(all.begin[at + 1] - all.begin[at]);
  };
  while (from < to && end(from) <= oldFrom) ++from;
  while (to > from && all.first[static_cast<std::size_t>(to - 1)] >= oldTo) --to;
  return {cropped(all, from, to, oldFrom, oldTo), from};
}

/// Coverage, computed over the mask's own box: most masks are small.
Mask resampledByCoverage(const Mask& mask, Size newSize) {
  const Size size = mask.size();
  const PixelBox box = mask.bounds();
  const AxisCrop x = croppedAxis(size.x, newSize.x, box.x0, box.x1), y = croppedAxis(size.y, newSize.y, box.y0, box.y1),
                 z = croppedAxis(size.z, newSize.z, box.z0, box.z1);
  const auto nx = static_cast<std::size_t>(box.x1 - box.x0), ny = static_cast<std::size_t>(box.y1 - box.y0),
             nz = static_cast<std::size_t>(box.z1 - box.z0);
  std::vector<float> values(nx * ny * nz, 0.0F);
  const RowRuns rows(mask);
  for (std::int64_t slice = box.z0; slice < box.z1; ++slice)
    for (std::int64_t row = box.y0; row < box.y1; ++row) {
      const auto offset = (static_cast<std::size_t>(slice - box.z0) * ny + static_cast<std::size_t>(row - box.y0)) * nx;
      for (const auto& span : rows.row(slice * size.y + row))
        std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(offset) + span.x0 - box.x0, span.x1 - span.x0, 1.0F);
    }
  values = appliedToRows(values, nx, x.taps);
  values = appliedToPlanes(values, x.taps.size(), ny, y.taps);
  values = appliedToPlanes(values, x.taps.size() * y.taps.size(), nz, z.taps);
  std::vector<Mask::Run> runs;
  std::size_t at = 0;
  for (std::size_t k = 0; k < z.taps.size(); ++k)
    for (std::size_t j = 0; j < y.taps.size(); ++j)
      for (std::size_t i = 0; i < x.taps.size(); ++i, ++at) {
        // A pixel covered by exactly half stays out, also where its weights do not add up to exactly half in floats.
        if (values[at] <= 0.500001F) continue;
        const std::int64_t flat =
            ((static_cast<std::int64_t>(k) + z.from) * newSize.y + static_cast<std::int64_t>(j) + y.from) * newSize.x +
            static_cast<std::int64_t>(i) + x.from;
        if (!runs.empty() && runs.back().start + runs.back().length == flat) ++runs.back().length;
        else runs.push_back({flat, 1});
      }
  return Mask(newSize, std::move(runs));
}

Mask resampledNearest(const Mask& mask, Size newSize) {
  const Size size = mask.size();
  const RowRuns rows(mask);
  const auto oldOf = [](std::int64_t i, std::int64_t length, std::int64_t newLength) {
    return std::min(
        static_cast<std::int64_t>((static_cast<double>(i) + 0.5) * static_cast<double>(length) / static_cast<double>(newLength)),
        length - 1);
  };
  std::vector<std::int64_t> oldX(static_cast<std::size_t>(newSize.x));
  for (std::int64_t x = 0; x < newSize.x; ++x) oldX[static_cast<std::size_t>(x)] = oldOf(x, size.x, newSize.x);
  std::vector<Mask::Run> runs;
  for (std::int64_t z = 0; z < newSize.z; ++z)
    for (std::int64_t y = 0; y < newSize.y; ++y)
      for (const auto& span : rows.row(oldOf(z, size.z, newSize.z) * size.y + oldOf(y, size.y, newSize.y))) {
        const auto from = std::lower_bound(oldX.begin(), oldX.end(), span.x0) - oldX.begin();
        const auto to = std::lower_bound(oldX.begin(), oldX.end(), span.x1) - oldX.begin();
        if (from < to) runs.push_back({(z * newSize.y + y) * newSize.x + from, to - from});
      }
  return Mask(newSize, std::move(runs));
}

}  // namespace

std::vector<float> resampled(std::span<const float> values, Size size, Size newSize, Interpolation interpolation) {
  requireSizes(size, newSize, values.size());
  std::vector<float> out(values.begin(), values.end());
  if (newSize.x != size.x) out = appliedToRows(out, static_cast<std::size_t>(size.x), tapsOf(size.x, newSize.x, interpolation));
  const auto width = static_cast<std::size_t>(newSize.x);
  if (newSize.y != size.y) out = appliedToPlanes(out, width, static_cast<std::size_t>(size.y), tapsOf(size.y, newSize.y, interpolation));
  const auto plane = width * static_cast<std::size_t>(newSize.y);
  if (newSize.z != size.z) out = appliedToPlanes(out, plane, static_cast<std::size_t>(size.z), tapsOf(size.z, newSize.z, interpolation));
  return out;
}

Geometry resampled(const Geometry& geometry, Size newSize) {
  Geometry result = geometry;
  result.size = newSize;
  const std::array<double, 3> old{static_cast<double>(geometry.size.x), static_cast<double>(geometry.size.y),
                                  static_cast<double>(geometry.size.z)};
  const std::array<double, 3> now{static_cast<double>(newSize.x), static_cast<double>(newSize.y), static_cast<double>(newSize.z)};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    result.spacingMm[axis] = geometry.spacingMm[axis] * old[axis] / now[axis];
    // The first centre lies half a pixel from the edge, which stays where it is.
    const double shift = (result.spacingMm[axis] - geometry.spacingMm[axis]) / 2;
    for (std::size_t row = 0; row < 3; ++row) result.originMm[row] += shift * geometry.direction[3 * row + axis];
  }
  return result;
}

Image resampled(const Image& image, Size newSize, Interpolation interpolation) {
  std::vector<float> values = resampled(image.values, image.geometry.size, newSize, interpolation);
  return {resampled(image.geometry, newSize), std::move(values)};
}

Prediction resampled(const Prediction& prediction, Size newSize, Interpolation interpolation, int threads) {
  requireConsistent(prediction);
  requireSizes(prediction.size, newSize, static_cast<std::size_t>(prediction.size.count()));
  const auto pixels = static_cast<std::size_t>(newSize.count());
  Prediction result{newSize, prediction.classCount, std::vector<float>(pixels * static_cast<std::size_t>(prediction.classCount))};
  parallelFor(prediction.classCount, threads, [&](int index) {
    const auto values = resampled(prediction.classMap(index), prediction.size, newSize, interpolation);
    std::copy(values.begin(), values.end(), result.probabilities.begin() + static_cast<std::ptrdiff_t>(pixels) * index);
  });
  return result;
}

Mask resampled(const Mask& mask, Size newSize, MaskInterpolation interpolation) {
  if (newSize.x < 1 || newSize.y < 1 || newSize.z < 1)
    throw Error(ErrorKind::BadInput, "bad-image", "A mask cannot be resampled to a size without pixels.");
  if (newSize == mask.size()) return mask;
  if (mask.empty()) return Mask(newSize);
  return interpolation == MaskInterpolation::Coverage ? resampledByCoverage(mask, newSize) : resampledNearest(mask, newSize);
}

}  // namespace roundel
