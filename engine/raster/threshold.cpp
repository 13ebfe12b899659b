#include "raster/threshold.h"

#include <algorithm>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "core/error.h"
#include "raster/parallel.h"

namespace roundel {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kAhead = 1024;  ///< floats

/// Bit i is set where values[i] is above the threshold, for kBlock values. `ahead` is where the reading will be a little later.
std::uint64_t bitsAbove(const float* values, [[maybe_unused]] const float* ahead, float threshold) {
  std::uint64_t bits = 0;
#if defined(__SSE2__)
  const __m128 limit = _mm_set1_ps(threshold);
  // The processor's own prefetching stops at every page.
  for (std::size_t i = 0; i < kBlock; i += 16) __builtin_prefetch(ahead + i);
  __m128 any = _mm_setzero_ps();
  for (std::size_t i = 0; i < kBlock; i += 4) any = _mm_or_ps(any, _mm_cmpgt_ps(_mm_loadu_ps(values + i), limit));
  if (_mm_movemask_ps(any) == 0) return 0;
  for (std::size_t i = 0; i < kBlock; i += 4)
    bits |= static_cast<std::uint64_t>(_mm_movemask_ps(_mm_cmpgt_ps(_mm_loadu_ps(values + i), limit))) << i;
#else
  for (std::size_t i = 0; i < kBlock; ++i) bits |= static_cast<std::uint64_t>(values[i] > threshold) << i;
#endif
  return bits;
}

/// Collects runs from stretches that come in order.
class RunWriter {
 public:
  void add(std::int64_t start, std::int64_t length) {
    if (!m_runs.empty() && m_runs.back().start + m_runs.back().length == start) m_runs.back().length += length;
    else m_runs.push_back({start, length});
  }
  void addBits(std::int64_t start, std::uint64_t bits) {
    if (bits == ~std::uint64_t{0}) {
      add(start, kBlock);
      return;
    }
    while (bits != 0) {
      const int skip = __builtin_ctzll(bits);
      const std::uint64_t rest = ~(bits >> skip);
      const int length = __builtin_ctzll(rest);  // rest is not 0: a full block was dealt with above
      add(start + skip, length);
      if (skip + length >= 64) return;
      bits &= ~std::uint64_t{0} << (skip + length);
    }
  }
  std::vector<Mask::Run> take() { return std::move(m_runs); }

 private:
  std::vector<Mask::Run> m_runs;
};

}  // namespace

Mask maskAbove(std::span<const float> values, Size size, float threshold) {
  if (static_cast<std::int64_t>(values.size()) != size.count())
    throw Error(ErrorKind::BadInput, "size-mismatch", "A prediction does not have as many values as its image has pixels.");
  RunWriter runs;
  std::size_t i = 0;
  for (; i + kBlock <= values.size(); i += kBlock) {
    const float* ahead = values.data() + std::min(i + kAhead, values.size() - kBlock);
    if (const std::uint64_t bits = bitsAbove(values.data() + i, ahead, threshold); bits != 0)
      runs.addBits(static_cast<std::int64_t>(i), bits);
  }
  for (; i < values.size(); ++i)
    if (values[i] > threshold) runs.add(static_cast<std::int64_t>(i), 1);
  return Mask(size, runs.take());
}

void requireConsistent(const Prediction& prediction) {
  const bool sizes = prediction.size.x >= 0 && prediction.size.y >= 0 && prediction.size.z >= 0 && prediction.classCount >= 0;
  if (!sizes || prediction.probabilities.size() !=
                    static_cast<std::size_t>(prediction.size.count()) * static_cast<std::size_t>(prediction.classCount))
    throw Error(ErrorKind::BadInput, "size-mismatch",
                "A prediction does not have as many values as its image has pixels and its study classes.");
}

std::vector<Mask> masksAbove(const Prediction& prediction, float threshold, int threads) {
  requireConsistent(prediction);
  std::vector<Mask> masks(static_cast<std::size_t>(prediction.classCount));
  parallelFor(prediction.classCount, threads, [&](int index) {
    masks[static_cast<std::size_t>(index)] = maskAbove(prediction.classMap(index), prediction.size, threshold);
  });
  return masks;
}

}  // namespace roundel
