#include "cli/waiting.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <string_view>

namespace roundel::cli {

void waitWithoutSpinning(int argumentCount, char** arguments) {
  static constexpr std::array<std::string_view, 7> kComputing{"run", "train", "sweep", "predict", "segment", "demo", "bakeoff"};
  const auto computes = [](const char* word) { return std::find(kComputing.begin(), kComputing.end(), word) != kComputing.end(); };
  const std::span<char*> words(arguments, static_cast<std::size_t>(argumentCount));
  if (std::none_of(words.begin(), words.end(), computes)) return;
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  if (::setenv("GOMP_SPINCOUNT", "1000", 0) != 0) return;
  ::execv("/proc/self/exe", arguments);  // comes back only where it failed: then they spin
}

}  // namespace roundel::cli
