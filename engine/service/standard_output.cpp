#include "service/standard_output.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/error.h"

namespace roundel {

int takeStandardOutput() {
  const int own = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (own < 0)
    throw Error(ErrorKind::Resource, "no-output", "Standard output is closed.", {.remedy = "Start roundel serve with pipes at both ends."});
  if (::dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) return own;
  const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nothing >= 0) {
    ::dup2(nothing, STDOUT_FILENO);
    ::close(nothing);
  }
  return own;
}

}  // namespace roundel
