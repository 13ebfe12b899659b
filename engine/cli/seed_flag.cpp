#include "cli/seed_flag.h"

#include <CLI/CLI.hpp>

#include <charconv>

namespace roundel::cli {

void addSeed(CLI::App& app, std::uint64_t& seed, const std::string& sentence) {
  const auto problemWith = [](const std::string& text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    return result.ec == std::errc() && result.ptr == end ? std::string() : "a seed is a whole number from 0 to 2^64 - 1, not " + text;
  };
  app.add_option("--seed", seed, sentence)->capture_default_str()->check(CLI::Validator(problemWith, ""));
}

}  // namespace roundel::cli
