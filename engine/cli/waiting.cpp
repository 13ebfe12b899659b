#include "cli/waiting.h"

#include <unistd.h>

#include <cstdlib>

namespace roundel::cli {

void waitWithoutSpinning(char** arguments) {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  if (::setenv("GOMP_SPINCOUNT", "1000", 0) != 0) return;
  ::execv("/proc/self/exe", arguments);  // comes back only where it failed: then they spin
}

}  // namespace roundel::cli
