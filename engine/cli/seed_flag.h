#pragma once
#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace roundel::cli {

/// Adds --seed: a whole number from 0 to 2^64 - 1, as written; anything else is wrong usage. (CLI11 by itself turns -1 and numbers that
/// are too large into the largest seed.)
void addSeed(CLI::App& app, std::uint64_t& seed, const std::string& sentence);

}  // namespace roundel::cli
