#pragma once
#include <cstdint>
#include <string_view>

namespace roundel {

/// splitmix64's mixing step: a bijection of 64-bit numbers that looks random.
std::uint64_t splitmix(std::uint64_t z);
/// FNV-1a of a text: a stable number for a name.
std::uint64_t fnv1a(std::string_view text);

/// Randomness that is a function of where it is used, never of what was drawn before: (seed, stage, step, sample).
///
/// A run that is resumed therefore needs no stream replayed. Two generators with the same four words give the same numbers.
class Random {
 public:
  Random(std::uint64_t seed, std::string_view stage, std::uint64_t step = 0, std::uint64_t sample = 0);

  std::uint64_t next();
  /// In [0, 1).
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// In [0, count); count > 0.
  std::int64_t below(std::int64_t count);
  /// Standard normal (Box-Muller).
  double normal();

 private:
  std::uint64_t m_key;
  std::uint64_t m_counter = 0;
};

}  // namespace roundel
