#include "core/random.h"

#include <cmath>
#include <numbers>

namespace roundel {

std::uint64_t splitmix(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

Random::Random(std::uint64_t seed, std::string_view stage, std::uint64_t step, std::uint64_t sample)
    : m_key(splitmix(splitmix(splitmix(splitmix(seed) ^ fnv1a(stage)) ^ step) ^ sample)) {}

std::uint64_t Random::next() { return splitmix(m_key + 0x9E3779B97F4A7C15u * ++m_counter); }

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::int64_t Random::below(std::int64_t count) {
  // The bias of the product method is below count / 2^53: nothing for the counts used here.
  return static_cast<std::int64_t>(uniform() * static_cast<double>(count));
}

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace roundel
